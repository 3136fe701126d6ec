"""Who reads a change at a depth: which lenses are looked through in one call, and how often."""

from collections.abc import Mapping, Sequence

from chargehand.core.plan import Depth, Lens, Reader

SAMPLES: Mapping[Depth, int] = {"quick": 1, "standard": 1, "deep": 3}


def readers_of(lenses: Sequence[Lens], depth: Depth) -> tuple[Reader, ...]:
    """Return the readers, those of the first sample before the others, so that they get the money first."""
    groups = _together(lenses) if depth == "quick" else [[lens] for lens in lenses]
    return tuple(
        Reader(name=_name(group, sample), lenses=tuple(lens.name for lens in group), sample=sample)
        for sample in range(1, SAMPLES[depth] + 1)
        for group in groups
    )


def _together(lenses: Sequence[Lens]) -> list[list[Lens]]:
    """Return the lenses that one model can look through at once: they look at the same files."""
    groups: dict[tuple[str | None, tuple[str, ...]], list[Lens]] = {}
    for lens in lenses:
        groups.setdefault((lens.model, lens.paths), []).append(lens)
    return list(groups.values())


def _name(group: Sequence[Lens], sample: int) -> str:
    """Return `security`, `security.2` for its second sample, `security+3` with three others.

    No lens can be called so.
    """
    others = f"+{len(group) - 1}" if len(group) > 1 else ""
    return f"{group[0].name}{others}{f'.{sample}' if sample > 1 else ''}"
