"""How a sample is read and written: a change a line, in the form of public sets of golden findings."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chargehand.core.errors import InputError
from chargehand.core.escaping import one_line
from chargehand.core.files import read_bounded
from chargehand.core.finding import Severity
from chargehand.parity.sample.case import Case, Golden, Kind, Place

MOST_BYTES = 512 * 1024 * 1024
_MOST_NAME = 300

# The words that sets of golden findings use for what a lens of ours looks for; all others are correctness.
_LENSES = {
    "security": "security",
    "secrets": "security",
    "injection": "security",
    "vulnerability": "security",
    "documentation": "documentation",
    "docs": "documentation",
    "test": "tests",
    "tests": "tests",
    "testing": "tests",
    "style": "style",
    "naming": "style",
    "design": "style",
    "maintainability": "style",
    "readability": "style",
}


def read_sample(path: Path) -> tuple[Case, ...]:
    """Return the changes of a sample; raise InputError if it cannot be read or holds none, or one twice."""
    try:
        text = read_bounded(path, MOST_BYTES).decode("utf-8", "strict")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"Nothing was compared: the sample {path} cannot be read ({why}).") from error
    cases = tuple(
        _case(line, f"line {number} of {path}")
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip()
    )
    if not cases:
        raise InputError(
            f"Nothing was compared: {path} holds no change. `chargehand parity sample` cuts some."
        )
    if len({case.id for case in cases}) < len(cases):
        raise InputError(f"Nothing was compared: two changes of {path} have the same id.")
    return cases


def as_lines(cases: Sequence[Case]) -> str:
    """Return the sample as JSON Lines."""
    return "".join(f"{json.dumps(_stored(case), ensure_ascii=True)}\n" for case in cases)


class _Stored(BaseModel):
    model_config = ConfigDict(extra="ignore", defer_build=True)


_Line = Annotated[int, Field(ge=1, le=10**9)]
_Name = Annotated[str, Field(max_length=_MOST_NAME)]


class _Place(_Stored):
    file: Annotated[str, Field(min_length=1, max_length=4096)]
    start_line: _Line
    end_line: _Line


class _Golden(_Place):
    also: tuple[_Place, ...] = ()
    severity: Severity = Severity.MEDIUM
    lens: Annotated[str, Field(pattern=r"^([a-z][a-z0-9-]{0,39})?$")] = ""
    category: _Name = ""
    title: str
    description: str = ""
    keywords: tuple[str, ...] = ()


class _Case(_Stored):
    id: Annotated[str, Field(min_length=1, max_length=_MOST_NAME)]
    kind: Kind = "golden"
    diff: Annotated[str, Field(min_length=1)]
    golden: tuple[_Golden, ...] | None = None
    title: str = ""
    description: str = ""
    base: _Name = ""
    head: _Name = ""
    meta: dict[str, Any] = {}  # Any: each set has its own; only the request's words are taken


def _case(line: str, where: str) -> Case:
    try:
        stored = _Case.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        at = one_line(".".join(map(str, first["loc"])))[:_MOST_NAME]
        raise InputError(
            f"Nothing was compared: {where} is no change of a sample ({at or 'JSON'}: {first['msg']})."
        ) from error
    request = stored.meta.get("pr")
    words = request if isinstance(request, dict) else {}
    return Case(
        id=stored.id,
        kind=stored.kind,
        diff=stored.diff,
        golden=None if stored.golden is None else tuple(map(_golden, stored.golden)),
        title=stored.title or str(words.get("title", "")),
        description=stored.description or str(words.get("description", "")),
        base=stored.base,
        head=stored.head,
    )


def _golden(stored: _Golden) -> Golden:
    places = [
        Place(file=each.file, start_line=each.start_line, end_line=each.end_line)
        for each in (stored, *stored.also)
    ]
    return Golden(
        places=tuple(places),
        severity=stored.severity,
        lens=stored.lens or _LENSES.get(stored.category.lower(), "correctness"),
        category=stored.category,
        title=stored.title,
        description=stored.description,
        keywords=stored.keywords,
    )


def _stored(case: Case) -> Mapping[str, object]:
    golden = None if case.golden is None else [dict(_stored_golden(each)) for each in case.golden]
    return {**case.model_dump(mode="json", exclude={"golden"}), "golden": golden}


def _stored_golden(golden: Golden) -> Iterator[tuple[str, object]]:
    first, *others = [each.model_dump() for each in golden.places]
    yield from first.items()
    if others:
        yield "also", others
    yield from golden.model_dump(mode="json", exclude={"places"}).items()
