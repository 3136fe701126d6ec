"""Which texts a mask hides, each once, wherever it hides them."""

from chargehand.core.masking import Mask


def texts_of(mask: Mask) -> list[str]:
    """Return the texts without the quotes in which some are looked for."""
    bare = (text for text in mask.everywhere if not text.startswith(("'", '"', "`", ":")))
    return list(dict.fromkeys((*bare, *(text for markers in mask.in_row.values() for text in markers))))
