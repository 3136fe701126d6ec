"""The kinds of values that settings take: within which bounds, and what is said of a wrong one."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from chargehand import __version__
from chargehand.core.checked_value import After, Before, Within
from chargehand.core.finding import TOOL
from chargehand.core.inline import REVIEW_NAME
from chargehand.core.patterns import can_match

MAX_INSTRUCTIONS = 20_000
NEVER, OFF = "never", "off"
# The type of the error about a file that is written for a newer version.
NEWER = "newer_version"


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("should be a number")  # noqa: TRY004 (pydantic collects only this one)
    return value


def _model_id(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}", text):
        raise ValueError("should be the id of a model, such as claude-haiku-5-5")
    return text


def _category(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}", text) or "//" in text or text.endswith("/"):
        raise ValueError("should be a word such as chargehand or chargehand/backend")
    return text


def _lens_name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", text):
        raise ValueError("should be a name of small letters, digits and hyphens, such as api-stability")
    if text == TOOL:
        raise ValueError('is what other tools say ("sarif_in"), so a lens has another name')
    return text


def _review_name(text: str) -> str:
    if not re.fullmatch(REVIEW_NAME, text):
        raise ValueError("should be up to 30 small letters, digits and hyphens, such as web")
    return text


def check_patterns(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the patterns; raise ValueError for one that names no path, which git would pass over."""
    for pattern in patterns:
        if re.match(r"!?\.{1,2}/", pattern):
            raise ValueError(f'"{pattern}" matches no file: patterns begin at the top, without ./ or ../')
        if not can_match(pattern):
            raise ValueError(f'"{pattern}" matches no file: it is empty, a comment, or not closed')
    return patterns


def _by_pattern(value: object) -> object:
    return {"*": value} if isinstance(value, str) else value


def _patterns_by_name(words: "dict[str, Word]") -> "dict[str, Word]":
    check_patterns(tuple(words))
    return words


def _lens_paths(patterns: tuple[str, ...]) -> tuple[str, ...]:
    if patterns and all(pattern.startswith("!") for pattern in patterns):
        raise ValueError('these only take files away, so it would look at none; begin with "/*"')
    return patterns


def _rule_id(text: str) -> str:
    of_tool = rf"{TOOL}/[a-z0-9-]{{1,40}}(/[A-Za-z0-9._/-]{{1,120}})?"
    if not re.fullmatch(rf"{of_tool}|[a-z][a-z0-9-]{{0,39}}/[a-z0-9-]{{1,80}}", text):
        raise ValueError("should be the id of a rule, such as tests/missing or tool/ruff/F401")
    return text


def _pattern(text: str) -> str:
    return check_patterns((text,))[0]


def _version(text: str) -> str:
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6}){0,2}", text):
        raise ValueError("should be a version such as 1.4 or 1.4.2")
    if version_numbers(text) > version_numbers(__version__):
        from pydantic_core import PydanticCustomError  # noqa: PLC0415 - start-up time

        said = (
            "it asks for chargehand {wanted} or newer, and this is {ours}: pin a version that is new enough. "
            "Then what else the file sets is known"
        )
        raise PydanticCustomError(NEWER, said, {"wanted": text, "ours": __version__})
    return text


def version_numbers(version: str) -> tuple[int, ...]:
    """Return the numbers that a version begins with, all three of them."""
    found = [int(each) for each in re.findall(r"\d+", version)[:3]]
    return (*found, 0, 0)[:3]


def of_form(pattern: str, said: str) -> After:
    """Return the bound that a text fits a pattern as a whole; `said` says what it should be."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(said)
        return text

    return After(check)


def _day(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _lines(value: object) -> object:
    return tuple(filter(None, map(str.strip, value.split("\n")))) if isinstance(value, str) else value


PathText = Annotated[str, Within(min_length=1, max_length=4096)]
PathTexts = Annotated[tuple[PathText, ...], Before(_lines)]
Share = Annotated[Decimal, Before(_number), Within(ge=0, le=1)]
Usd = Annotated[Decimal, Before(_number), Within(ge=0)]
Category = Annotated[str, After(_category)]
ModelId = Annotated[str, After(_model_id)]
Instructions = Annotated[str, Within(max_length=MAX_INSTRUCTIONS)]
Patterns = Annotated[tuple[str, ...], After(check_patterns)]
Word = Literal["fail", "warn"]
OnUnread = Annotated[dict[str, Word], Before(_by_pattern), After(_patterns_by_name)]
LensName = Annotated[str, After(_lens_name)]
# The name of an account, an address or a label; `*` stands for anything.
Who = Annotated[str, Within(min_length=1, max_length=200)]
ReviewName = Annotated[str, After(_review_name)]
WholeNumber = Annotated[int, Before(_number)]
Limit = Annotated[WholeNumber, Within(gt=0)]
LensPaths = Annotated[Patterns, After(_lens_paths)]
RuleId = Annotated[str, After(_rule_id)]
Grade = Literal["off", "critical", "high", "medium", "low"]
Reach = Literal["critical", "high", "medium", "low", "never"]
Pattern = Annotated[str, After(_pattern)]
Version = Annotated[str, After(_version)]
Day = Annotated[str, Before(_day), of_form(r"(\d{4}-\d\d-\d\d)?", "should be a day such as 2027-06-30")]
