"""What the doctor tells has no secrets: it quotes settings and names, which a change may have brought."""

from collections.abc import Callable, Iterator, Sequence

from chargehand.app.doctor.trouble import Examined, Run, Trouble, Write
from chargehand.checks.secrets.texts import mask_with
from chargehand.core.masking import NO_MASK


def without_secrets(examined: Sequence[Examined]) -> tuple[Examined, ...]:
    """Return what the checks say, with markers in the place of secrets.

    Each text is searched with all others: the lines of one setting may be told apart.
    """
    words = mask_with(tuple(_said(examined)), NO_MASK, "words").text
    return tuple(
        each.evolve(troubles=tuple(_masked(found, words) for found in each.troubles)) for each in examined
    )


def _said(examined: Sequence[Examined]) -> Iterator[str]:
    for each in examined:
        for found in each.troubles:
            yield from (found.said, *_texts(found.mend))


def _texts(mend: Run | Write) -> tuple[str, ...]:
    return (mend.line,) if isinstance(mend, Run) else (mend.line, mend.path, mend.branch)


def _masked(found: Trouble, words: Callable[[str], str]) -> Trouble:
    mend = found.mend
    shown = {"line": words(mend.line)}
    if isinstance(mend, Write):
        shown |= {"path": words(mend.path), "branch": words(mend.branch)}
    return found.evolve(said=words(found.said), mend=mend.evolve(**shown))
