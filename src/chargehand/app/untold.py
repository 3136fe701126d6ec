"""What is said of secrets that are masked although no finding tells of them: nothing is hidden in silence."""

from collections import Counter

from chargehand.checks.check import Searched
from chargehand.checks.secrets import CHECK
from chargehand.config import Settings
from chargehand.core.counting import count

_MOST_KINDS = 5


def untold_secrets(searched: Searched, settings: Settings) -> tuple[str, ...]:
    """Return a sentence about the values, none if findings tell of each."""
    is_off = CHECK.name in settings.disabled_checks()
    kinds = Counter((*searched.untold, *(searched.told if is_off else ())))
    number = sum(kinds.values())
    if not number:
        return ()
    shown = kinds.most_common(_MOST_KINDS)
    named = [kind if times == 1 else f"{kind} ({times:,})" for kind, times in shown]
    if others := number - sum(times for _, times in shown):
        named.append(count(others, "other"))
    are = "is" if number == 1 else "are"
    values = f"{count(number, 'value')} in and around the change {are} masked"
    return (f"{values}, and no finding tells of {'it' if number == 1 else 'them'}: {', '.join(named)}.",)
