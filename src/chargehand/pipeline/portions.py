"""What the tasks of a reader read: chunks of a group's files, and the parts that each task answers for."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from chargehand.change.context.kin import kin
from chargehand.change.diff.chunks import excerpts_of, make_chunks
from chargehand.change.diff.focus import parts_of, portions
from chargehand.core.coverage import applies
from chargehand.core.diff import Diff
from chargehand.core.plan import Chunk, Excerpt, Lens
from chargehand.pipeline.beside import selected
from chargehand.pipeline.planning import Planning


class Share(NamedTuple):
    """What one reader reads of a group: these files, without the parts that it read before."""

    paths: tuple[str, ...]
    read_before: frozenset[Excerpt]


class Portion(NamedTuple):
    """What one task reads: a chunk, and the parts of it that the task answers for."""

    number: int
    chunk: Chunk
    parts: tuple[Excerpt, ...]


def share_of(paths: Sequence[str], lens: Lens, read_before: frozenset[Excerpt] | None) -> Share:
    """Return what is left to read of the files at `paths` that a lens looks at."""
    inside = tuple(path for path in paths if applies(lens, path))
    known = frozenset(inside)
    return Share(
        paths=inside, read_before=frozenset(part for part in read_before or () if part.path in known)
    )


def portions_of(shares: Sequence[Share], diff: Diff, planning: Planning) -> dict[Share, list[Portion]]:
    """Return the portions of each share, numbered; chunks of the same text have one number."""
    found: dict[Share, list[Portion]] = {}
    numbers: dict[tuple[Excerpt, ...], int] = {}
    number = 0
    for share in dict.fromkeys(shares):
        found[share] = []
        for made in _chunks(share, diff, planning):
            number_of_text = numbers.setdefault(made.excerpts, len(numbers) + 1)
            tokens = made.tokens + selected(made, diff).tokens
            chunk = made.evolve(number=number_of_text, tokens=tokens)
            for parts in portions(chunk, diff, planning.focus_lines, leave_out=share.read_before):
                number += 1
                found[share].append(Portion(number, chunk, parts))
    return found


def _chunks(share: Share, diff: Diff, planning: Planning) -> tuple[Chunk, ...]:
    """Return the chunks of a share; if there must be several, what belongs together is kept together."""
    done = _read_whole(share.read_before, diff, planning)
    made = partial(
        make_chunks, diff, measure=planning.measure, max_tokens=planning.chunk_tokens, leave_out=done
    )
    plain = made([share.paths])
    if len(plain) < 2:
        return plain
    places = {path: place for place, path in enumerate(share.paths)}
    files = sorted((f for f in diff.reviewable if f.path in places), key=lambda file: places[file.path])
    size = sum(len(hunk.body) for file in files for hunk in file.hunks)
    families = kin(files, size * planning.chunk_tokens // sum(chunk.tokens for chunk in plain))
    return made([[path for family in families for path in family]], kin=families)


def _read_whole(read_before: frozenset[Excerpt], diff: Diff, planning: Planning) -> set[Excerpt]:
    """Return the excerpts of which every part was read before."""
    if not read_before:
        return set()
    return {
        excerpt
        for excerpt, file in excerpts_of(diff, planning.measure, planning.chunk_tokens)
        if read_before.issuperset(parts_of(excerpt, file, planning.focus_lines))
    }
