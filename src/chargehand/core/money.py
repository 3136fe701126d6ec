"""How US dollars are written: rounded for people, rounded up for caps, and in full for programs."""

from decimal import ROUND_UP, Decimal

DECIMALS = 4


def usd(amount: Decimal | None, decimals: int = DECIMALS) -> str:
    """Return dollars for people to read; what is not known, or not nothing, is never shown as 0."""
    if amount is None:
        return "unknown"
    smallest = Decimal(1).scaleb(-decimals)
    if 0 < amount < smallest:
        return f"under ${smallest}"
    return f"${amount:,.{decimals}f}"


def usd_rounded_up(amount: Decimal) -> str:
    """Return dollars that are no less than `amount`, such as a cap to set."""
    return f"${amount.quantize(Decimal(1).scaleb(-DECIMALS), ROUND_UP)}"


def usd_exact(amount: Decimal | None) -> str:
    """Return dollars with all their digits, such as a cap as the user set it."""
    return f"${amount:f}" if amount is not None else "unknown"


def decimal_string(amount: Decimal | None) -> str | None:
    """Return dollars for programs: every digit, no exponent; None if they are not known."""
    return None if amount is None else f"{amount:f}"
