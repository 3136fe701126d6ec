"""Which secrets texts hold that are no lines of a change: what a tool, a forge or a file of ours says."""

from collections.abc import Mapping, Sequence

from chargehand.checks.secrets import search
from chargehand.core.diff import Diff, FileDiff, Hunk
from chargehand.core.masking import NO_MASK, Mask


def mask_with(texts: Sequence[str], mask: Mask, name: str) -> Mask:
    """Return `mask` with the secrets that only these texts hold; of those, markers say `name`, not a file."""
    lines = [line for text in texts for line in text.split("\n")]
    number, body = len(lines), "\n".join(f" {line}" for line in lines)
    hunk = Hunk(old_start=1, old_count=number, new_start=1, new_count=number, section="", body=body)
    said = FileDiff(path=name, status="modified", hunks=(hunk,))
    return mask.joined(search(Diff(files=(said,))).mask)


def masked_text(text: str) -> str:
    """Return a text that stands by itself, such as an error, without the secrets that it quotes."""
    return mask_with((text,), NO_MASK, "message").text(text)


def keys_in(said: str) -> Mapping[str, str]:
    """Return the keys of a known form in what a model or a server says, each with its marker.

    Nothing is guessed, as in all text for people: a quote of what the change shows has to stay a quote.
    """
    return mask_with((said,), NO_MASK, "docs/answer").everywhere
