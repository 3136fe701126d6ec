import pickle
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Literal

import pytest
from pydantic import ValidationError

from chargehand.core.checked_value import After, Beside, CheckedValue, Within
from chargehand.core.plain_value import PlainValue, no_entries
from chargehand.core.shape import read, to_json, written
from chargehand.core.value import Value


class Inner(PlainValue):
    x: int
    secret: str = ""
    unshown = ("secret",)


class Outer(PlainValue):
    inner: Inner
    names: tuple[str, ...] = ()
    pair: tuple[str, int] = ("", 0)
    kind: Literal["a", "b"] = "a"
    cost: Decimal | None = None
    seconds: float = 0.0
    table: Mapping[str, Inner] = no_entries()
    call: Callable[[], object] | None = None


class Around(Value):
    outer: Outer


INNER = Inner(x=1)
OUTER = Outer(inner=INNER)


def even(number: int, beside: dict[str, int]) -> int:
    if number % 2 or number < beside.get("least", 0):
        raise ValueError("is odd or too small")
    return number


class Bounded(CheckedValue):
    least: Annotated[int, Within(ge=2)] = 2
    number: Annotated[int, Beside(even)] = 4
    name: Annotated[str, After(str.strip)] = ""

    def check(self) -> None:
        if self.name == "none":
            raise ValueError("names nothing")


@pytest.mark.parametrize(
    "changes",
    [
        {"inner": {"x": 1}},
        {"names": ["a"]},
        {"names": ("a", 1)},
        {"pair": ("a", "b")},
        {"pair": ("a",)},
        {"kind": "c"},
        {"cost": 1},
        {"seconds": "1"},
        {"table": {"a": 1}},
        {"table": {1: INNER}},
        {"call": 1},
        {"nothing": 1},
    ],
)
def test_what_its_class_does_not_say_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(TypeError, match=f"Outer.* {'field' if 'nothing' in changes else 'type'} "):
        OUTER.evolve(**changes)


def test_it_is_frozen_and_known_by_its_fields() -> None:
    with pytest.raises(TypeError, match="Inner lacks x"):
        Inner()  # type: ignore[call-arg]  # that is the test
    with pytest.raises(AttributeError, match="frozen"):
        INNER.x = 2  # type: ignore[misc]  # as above
    with pytest.raises(AttributeError, match="frozen"):
        del INNER.x
    assert Outer(inner=Inner(x=1), names=(), seconds=0.0) == OUTER
    assert Inner(x=1) != Inner(x=2)
    assert len({Inner(x=1), Inner(x=1, secret="")}) == 1
    assert repr(Inner(x=1, secret="s")) == "Inner(x=1)"
    assert pickle.loads(pickle.dumps(OUTER)) == OUTER  # noqa: S301 - it was written in this line


def test_pydantic_reads_and_writes_it_inside_of_its_own() -> None:
    tables = {"inner": {"x": "1"}, "names": ["a"], "table": {"k": {"x": 2}}}
    outer = read(Outer, tables)
    assert outer == Outer(inner=INNER, names=("a",), table={"k": Inner(x=2)})
    assert Around.model_validate({"outer": tables}).outer == Around(outer=outer).outer == outer
    assert written(INNER) == {"x": 1, "secret": ""}
    assert to_json(INNER) == '{"x":1,"secret":""}'
    assert Around(outer=OUTER).model_dump(exclude_unset=True) == {"outer": {"inner": {"x": 1}}}
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        read(Outer, {"inner": {"x": 1, "y": 2}})


def test_bounds_are_checked_where_something_is_given() -> None:
    assert dict(Bounded(name=" a ")) == {"least": 2, "number": 4, "name": "a"}
    for wrong, said in (
        ({"least": 1}, "greater than or equal to 2"),
        ({"number": 5}, "odd"),
        ({"least": 8, "number": 6}, "too small"),
        ({"name": "none"}, "names nothing"),
        ({"other": 1}, "Extra inputs"),
    ):
        with pytest.raises(ValidationError, match=said):
            read(Bounded, wrong)
