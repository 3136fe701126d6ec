"""What stands beside a change in requests: its tokens, its cost, and the share of called functions it shows.

    python benchmarks/context.py CLONE [COMMIT | BASE..HEAD]... [--tokens 4000] [--missing]

Without ranges the last ten commits are taken. No model is asked and the clone is not changed.

Grammars (tree-sitter) tell which functions are called on added lines, and universal-ctags, which has to be
installed, which of them the repository defines: the code that is measured uses neither. A called name counts
as shown if a definition of that name is in a request together with a line that calls it. *Once*: of the
names that the repository defines once. A name that a library defines too counts if the repository has it.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from chargehand.app.job import Job
from chargehand.app.material import read_material
from chargehand.app.outputs import Outputs
from chargehand.app.preparing import crew_of, planning_of
from chargehand.app.run import Run
from chargehand.budget.estimate import estimate
from chargehand.change import Range, find_change, find_repository
from chargehand.change.diff.chunks import files_behind
from chargehand.config import Settings
from chargehand.config.tables import ContextSettings
from chargehand.core.change import Rules
from chargehand.core.context import NO_CONTEXT, Kind
from chargehand.core.diff import Diff
from chargehand.pipeline.beside import selected
from chargehand.pipeline.planner import static_plan

TAGS = ("ctags", "-R", "--output-format=json", "--fields=+n", "-f", "-", ".")
DEFINED = {
    *("function", "method", "func", "macro", "singletonMethod", "constructor", "generator"),
    *("class", "struct", "interface", "trait", "enum", "type", "typedef", "alias", "talias", "module"),
}
# By the ending of a file: the grammar, and the endings of the files that can define what it calls.
GRAMMARS = {
    ".py": ("tree_sitter_python", "language", ".py .pyi"),
    ".js": ("tree_sitter_javascript", "language", ".js .jsx .mjs .cjs .ts .tsx"),
    ".ts": ("tree_sitter_typescript", "language_typescript", ".js .jsx .mjs .cjs .ts .tsx"),
    ".go": ("tree_sitter_go", "language", ".go"),
    ".java": ("tree_sitter_java", "language", ".java"),
    ".rs": ("tree_sitter_rust", "language", ".rs"),
    ".rb": ("tree_sitter_ruby", "language", ".rb"),
    ".c": ("tree_sitter_c", "language", ".c .h"),
    ".h": ("tree_sitter_c", "language", ".c .h"),
    ".php": ("tree_sitter_php", "language_php", ".php"),
}
CALLS = ("call", "invocation", "creation_expression", "new_expression")
CALLEE = ("function", "name", "method", "constructor", "type", "macro")

Places = Mapping[str, Sequence[tuple[str, int, int]]]
Tags = Mapping[str, Sequence[tuple[str, int]]]


class Shown(NamedTuple):
    """What requests hold: tokens by kind, and by path the lines shown with it, with context and without."""

    tokens: Mapping[str, int]
    places: Places
    without: Places


def main() -> None:
    """Print a line for each range, and the sums."""
    asked = _arguments()
    ranges = asked.ranges or _git(asked.clone, "rev-list", "--no-merges", "-n10", "HEAD").split()
    sums: Counter[str] = Counter()
    costs = [Decimal(0), Decimal(0)]
    for each in ranges:
        base, _, head = each.partition("..") if ".." in each else (f"{each}^", "", each)
        counts, usd = _measure(asked, base, head)
        sums.update(counts)
        costs = [had + new for had, new in zip(costs, usd, strict=True)]
    print(f"all: {_line(sums, costs)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("clone", type=Path, help="a git directory")
    parser.add_argument("ranges", nargs="*")
    parser.add_argument("--tokens", type=int, default=ContextSettings().tokens)
    parser.add_argument("--missing", action="store_true", help="list called functions that are not shown")
    return parser.parse_args()


def _measure(asked: argparse.Namespace, base: str, head: str) -> tuple["Counter[str]", Sequence[Decimal]]:
    """Print what one range brings, and return its counts, and what workers cost without and with context."""
    settings = Settings(context=ContextSettings(tokens=asked.tokens))
    environ = {**os.environ, "GIT_DIR": str(asked.clone.resolve()), "GIT_WORK_TREE": tempfile.gettempdir()}
    checkout = find_repository(Path(tempfile.gettempdir()), environ)
    selection = Range(base=base, head=head)
    job = Job(selection=selection, settings=settings, flags={}, outputs=Outputs())
    change = find_change(selection, checkout)
    change = change.evolve(rules=Rules(origin="commit", commit=change.base))  # as in a CI job
    run = Run(job=job, checkout=checkout, change=change, settings=settings)
    seconds = _seconds(run.evolve(settings=Settings(context=ContextSettings(enabled=False))))
    seconds = _seconds(run) - seconds
    crew = crew_of(settings)
    planning = planning_of(settings, crew)
    diff = read_material(run).for_models(planning)
    shown = _shown(diff, [task.chunk for task in static_plan(diff, crew.lenses, planning).tasks])
    counts = _called_and_shown(asked, head, diff, shown)
    counts.update({f"tokens of {kind}": number for kind, number in shown.tokens.items()})
    bills = [estimate(each, crew, planning, run.prices) for each in (diff.evolve(context=NO_CONTEXT), diff)]
    costs = [each.expected.bill.workers_usd for each in bills] if diff.reviewable else [Decimal(0)] * 2
    lines = sum(file.added + file.removed for file in diff.reviewable)
    print(f"{head[:12]}: {lines} lines, {seconds:.1f} s, {_line(counts, costs)}", flush=True)
    return counts, costs


def _seconds(run: Run) -> float:
    started = time.perf_counter()
    read_material(run)
    return time.perf_counter() - started


def _shown(diff: Diff, chunks: Sequence[Any]) -> Shown:
    tokens: Counter[str] = Counter()
    places: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    without: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for chunk in {chunk.number: chunk for chunk in chunks}.values():
        selection = selected(chunk, diff)
        tokens["the change"] += chunk.tokens - selection.tokens
        own = [
            (file.path, hunk.new_start, hunk.new_start + hunk.new_count)
            for held, file in files_behind(chunk, diff)
            for hunk in file.hunks[held.first : held.last + 1]
        ]
        beside = [
            (each.path, each.line, each.last + 1) for each in selection.shown if each.kind is Kind.DEFINITION
        ]
        for passage in selection.shown:
            tokens[passage.kind.value] += passage.tokens
        for path in chunk.paths:
            places[path] += own + beside
            without[path] += own
    return Shown(tokens, places, without)


def _called_and_shown(asked: argparse.Namespace, head: str, diff: Diff, shown: Shown) -> "Counter[str]":
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        folder = _checked_out(asked.clone, head, Path(scratch))
        tags = _tags(folder)
        for path, name in _called(diff, folder):
            where = [
                place
                for place in tags.get(name, ())
                if Path(place[0]).suffix in GRAMMARS[Path(path).suffix][2].split()
            ]
            if not where:
                continue
            is_shown, was_shown = (_holds(places[path], where) for places in (shown.places, shown.without))
            counts.update(called=1, shown=int(is_shown), hunks=int(was_shown))
            counts.update(once=int(len(where) == 1), once_shown=int(is_shown and len(where) == 1))
            if asked.missing and not is_shown:
                print(f"   {name} in {path}: {len(where)} times, such as {where[0][0]}:{where[0][1]}")
    return counts


def _holds(places: Sequence[tuple[str, int, int]], where: Sequence[tuple[str, int]]) -> bool:
    return any(
        path == shown and start <= line < stop for path, line in where for shown, start, stop in places
    )


def _checked_out(clone: Path, head: str, folder: Path) -> Path:
    """Write the files of a commit, those that `git archive` would leave out as well."""
    tree = folder / "tree"
    environ = {**os.environ, "GIT_DIR": str(clone.resolve()), "GIT_WORK_TREE": str(folder)}
    environ["GIT_INDEX_FILE"] = str(folder / "index")
    for command in (("read-tree", head), ("checkout-index", "-a", "-q", f"--prefix={tree}/")):
        subprocess.run(("git", *command), env=environ, cwd=folder, check=False, capture_output=True)
    return tree


def _tags(folder: Path) -> Tags:
    done = subprocess.run(TAGS, cwd=folder, capture_output=True, check=True)
    found = defaultdict(list)
    for tag in map(json.loads, done.stdout.splitlines()):
        is_method = tag.get("kind") == "member" and tag["path"].endswith(".py")  # in C it is a field
        if is_method or tag.get("kind") in DEFINED:
            found[tag["name"]].append((tag["path"].removeprefix("./"), tag["line"]))
    return found


def _called(diff: Diff, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each name that added lines of a file call, once."""
    for file in diff.reviewable:
        if file.status != "deleted" and Path(file.path).suffix in GRAMMARS and (folder / file.path).is_file():
            added = {line.new_number for line in file.lines() if line.kind == "+"}
            names = {name for name, line in _calls(folder / file.path) if line in added}
            yield from ((file.path, name) for name in sorted(names))


def _calls(path: Path) -> Iterator[tuple[str, int]]:
    library = import_module("tree_sitter")
    module, function, _ = GRAMMARS[path.suffix]
    language = library.Language(getattr(import_module(module), function)())
    waiting = [library.Parser(language).parse(path.read_bytes()).root_node]
    while waiting:
        node = waiting.pop()
        waiting += node.children
        if any(word in node.type for word in CALLS):
            callee = _last_name(next(filter(None, map(node.child_by_field_name, CALLEE)), None))
            if callee is not None:
                yield callee.text.decode("utf-8", "replace"), callee.start_point[0] + 1


def _last_name(node: Any) -> Any:  # Any: tree-sitter's nodes
    """Return the name at the end of what is called, such as `c` of `a.b.c`; None if it ends otherwise."""
    while node is not None and node.named_children:
        inner = [each for each in node.named_children if not each.type.endswith(("arguments", "parameters"))]
        if not inner:
            return None
        node = inner[-1]
    is_name = node is not None and ("identifier" in node.type or node.type in ("constant", "name"))
    return node if is_name else None


def _line(counts: "Counter[str]", costs: Sequence[Decimal]) -> str:
    tokens = ", ".join(
        f"{name[10:]} {number:,}" for name, number in counts.items() if name.startswith("tokens of ")
    )
    times = f"{costs[1] / costs[0]:.2f} times ${costs[0]:.5f}" if costs[0] else "no cost"
    return (
        f"workers {times}; of called functions {_share(counts, 'shown', 'called')} shown "
        f"({_share(counts, 'hunks', 'called')} by hunks alone; once {_share(counts, 'once_shown', 'once')}); "
        f"tokens: {tokens}"
    )


def _share(counts: "Counter[str]", part: str, whole: str) -> str:
    share = f" ({counts[part] / counts[whole]:.0%})" if counts[whole] else ""
    return f"{counts[part]} of {counts[whole]}{share}"


def _git(clone: Path, *arguments: str) -> str:
    command = ("git", "--git-dir", str(clone), *arguments)
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
