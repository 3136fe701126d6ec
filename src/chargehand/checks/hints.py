"""Whether a text is worth a closer look, told by words: most of a large diff is not."""


def holds_any(text: str, hints: tuple[str, ...]) -> bool:
    """Tell whether the text holds one of the hints, which are in small letters, in any letters."""
    lowered = text.lower()
    for hint in hints:  # noqa: SIM110 # `any` takes twice the time, and this runs for each line
        if hint in lowered:
            return True
    return False
