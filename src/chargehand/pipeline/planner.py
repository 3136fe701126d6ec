"""Which tasks a review is split into: by the orchestrator, who sees a manifest, or by code."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chargehand.change.diff.chunk_text import describe
from chargehand.change.diff.chunks import excerpts_of
from chargehand.change.diff.focus import parts_of
from chargehand.core.coverage import applies
from chargehand.core.diff import Diff, FileDiff
from chargehand.core.errors import NoAnswer, OverBudget
from chargehand.core.escaping import one_line
from chargehand.core.plan import Lens, Plan, Task
from chargehand.core.prompt import Model, Prompt
from chargehand.core.usage import Role
from chargehand.pipeline.answers import Group, PlanAnswer
from chargehand.pipeline.planning import Planning
from chargehand.pipeline.portions import portions_of, share_of
from chargehand.pipeline.prompts import frame, render
from chargehand.pipeline.readers import readers_of
from chargehand.pipeline.suspicion import speaks

PLAN_TOKENS, LEAST_PLAN_TOKENS = 6000, 1500
SECTIONS_SHOWN = 6
FILES_WITH_SECTIONS = 100
FILES_PLANNED = 1000
SKIPPED_SHOWN = 50
HINT_LENGTH = 300


class FileGroup(NamedTuple):
    """Files to be read together; `lenses` by importance; `hint` says what to look for first."""

    paths: tuple[str, ...]
    lenses: tuple[str, ...]
    hint: str = ""


def make_plan(diff: Diff, lenses: Sequence[Lens], planning: Planning, model: Model) -> Plan:
    """Return a plan in which each reviewable file meets each lens that looks at it, but for reused answers.

    The orchestrator is asked unless what is left is small. When it gives no answer, or the money does not
    reach, the plan is the static one and `note` says why.
    """
    if is_small(diff, lenses, planning):
        return static_plan(diff, lenses, planning)
    if reason := _fallback_reason(diff, planning):
        return static_plan(diff, lenses, planning, note=reason)
    try:
        reply = model.ask(plan_prompt(diff, lenses, planning))
    except (NoAnswer, OverBudget) as error:
        return static_plan(diff, lenses, planning, note=f"the plan call gave no plan ({error})")
    answer = reply.answer_as(PlanAnswer)
    groups = complete(answer.groups, diff.reviewable, lenses)
    return Plan(tasks=_tasks(groups, diff, lenses, planning), author="orchestrator")


def is_small(diff: Diff, lenses: Sequence[Lens], planning: Planning) -> bool:
    """Tell whether a plan call for what is left to read would cost more than it is worth."""
    files = left_over(diff, lenses, planning) if planning.reused else diff.reviewable
    lines = sum(file.added + file.removed for file in files)
    return len(files) <= planning.small_files and lines <= planning.small_lines


def asks_for_plan(diff: Diff, lenses: Sequence[Lens], planning: Planning) -> bool:
    """Tell whether `make_plan` asks the orchestrator."""
    return not is_small(diff, lenses, planning) and not _fallback_reason(diff, planning)


def static_plan(diff: Diff, lenses: Sequence[Lens], planning: Planning, note: str = "") -> Plan:
    """Return the plan that needs no model: all files in order, all lenses in order."""
    groups = complete((), diff.reviewable, lenses)
    return Plan(tasks=_tasks(groups, diff, lenses, planning), author="static", note=note)


def plan_prompt(diff: Diff, lenses: Sequence[Lens], planning: Planning) -> Prompt:
    """Return what the orchestrator is asked for a plan."""
    names = "\n".join(f"{lens.name}: {lens.purpose}" for lens in lenses)
    shown = manifest(diff.reviewable, diff.skipped)
    return Prompt(
        role=Role.PLAN,
        task="plan",
        model=planning.orchestrator,
        instructions=render("plan"),
        question=render("plan_question", manifest=frame(shown), lenses=names),
        answer=PlanAnswer,
        max_tokens=PLAN_TOKENS,
        least_tokens=LEAST_PLAN_TOKENS,
    )


def manifest(files: Sequence[FileDiff], skipped: Sequence[FileDiff] = ()) -> str:
    """Return what the orchestrator sees of the change: numbered paths, facts, sizes and hunk sections.

    Files that no model reads follow without a number.
    """
    return "\n".join((*_manifest_lines(files), *_skipped_lines(skipped)))


def complete(
    answered: Sequence[Group], files: Sequence[FileDiff], lenses: Sequence[Lens]
) -> tuple[FileGroup, ...]:
    """Return the answered groups, with every file and lens that they leave out added.

    A file that is named twice counts in the first place. Unknown numbers and lenses are passed over.
    """
    paths = list(dict.fromkeys(file.path for file in files))
    known = [lens.name for lens in lenses]
    left = dict.fromkeys(paths)
    groups = []
    for group in answered:
        named = [files[n - 1].path for n in group.files if 1 <= n <= len(files)]
        taken = tuple(path for path in dict.fromkeys(named) if path in left)
        for path in taken:
            del left[path]
        if taken:
            wanted = [name for name in dict.fromkeys(map(str.lower, group.lenses)) if name in known]
            order = (*wanted, *(name for name in known if name not in wanted))
            groups.append(FileGroup(paths=taken, lenses=order, hint=_hint(group.focus)))
    if left:
        groups.append(FileGroup(paths=tuple(left), lenses=tuple(known)))
    return tuple(groups)


def _hint(answered: str) -> str:
    """Return what the planner would have looked for first, unless names of the change dictated an order."""
    hint = one_line(answered)[:HINT_LENGTH]
    return "" if speaks(hint) else hint


def left_over(diff: Diff, lenses: Sequence[Lens], planning: Planning) -> tuple[FileDiff, ...]:
    """Return the files of which some reader has yet to read some part."""
    by_name = {lens.name: lens for lens in lenses}
    readers = [(each.name, by_name[each.lenses[0]]) for each in readers_of(lenses, planning.depth)]
    paths = {
        part.path
        for excerpt, file in excerpts_of(diff, planning.measure, planning.chunk_tokens)
        for part in parts_of(excerpt, file, planning.focus_lines)
        for reader, lens in readers
        if applies(lens, part.path) and part not in planning.reused.get(reader, ())
    }
    return tuple(file for file in diff.reviewable if file.path in paths)


def _fallback_reason(diff: Diff, planning: Planning) -> str:
    too_many = f"more than {FILES_PLANNED} files are not planned"
    return planning.fallback_reason or (too_many if len(diff.reviewable) > FILES_PLANNED else "")


def _manifest_lines(files: Sequence[FileDiff]) -> Iterator[str]:
    for number, file in enumerate(files, 1):
        yield f"{number} {one_line(file.path)} ({describe(file)}) +{file.added} -{file.removed}"
        if len(files) > FILES_WITH_SECTIONS:
            continue
        sections = dict.fromkeys(one_line(hunk.section)[:80] for hunk in file.hunks if hunk.section)
        for section in list(sections)[:SECTIONS_SHOWN]:
            yield f"  @@ {section}"


def _skipped_lines(files: Sequence[FileDiff]) -> Iterator[str]:
    for file in files[:SKIPPED_SHOWN]:
        reason = file.skip.reason.value if file.skip else ""
        yield f"- {one_line(file.path)} ({describe(file)}, not read: {reason}) +{file.added} -{file.removed}"
    if len(files) > SKIPPED_SHOWN:
        yield f"- and {len(files) - SKIPPED_SHOWN} more files that are not read"


def _tasks(
    groups: Sequence[FileGroup], diff: Diff, lenses: Sequence[Lens], planning: Planning
) -> tuple[Task, ...]:
    """Return the tasks, the most important lens of every group first, and further samples after all.

    Readers of the same files of a group share its chunks, and so a cached prefix. So do the tasks of one
    reader over one chunk.
    """
    by_name = {lens.name: lens for lens in lenses}
    ranked = [
        ((reader.sample, min(map(group.lenses.index, reader.lenses))), group, reader, share)
        for group in groups
        for reader in readers_of(lenses, planning.depth)
        if (share := share_of(group.paths, by_name[reader.lenses[0]], planning.reused.get(reader.name))).paths
    ]
    shared = portions_of([share for _, _, _, share in ranked], diff, planning)
    ranked.sort(key=lambda each: each[0])
    return tuple(
        Task(id=f"{reader.name}-{number}", reader=reader, chunk=chunk, parts=parts, hint=group.hint)
        for _, group, reader, share in ranked
        for number, chunk, parts in shared[share]
    )
