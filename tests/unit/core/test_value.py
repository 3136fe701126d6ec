import pytest
from pydantic import ValidationError

from chargehand.core.value import Value


class Point(Value):
    x: int
    names: tuple[str, ...] = ()


def test_a_value_evolves_into_another_one() -> None:
    point = Point(x=1, names=("a",))
    assert point.evolve(x=2) == Point(x=2, names=("a",))
    assert point == Point(x=1, names=("a",))


@pytest.mark.parametrize("changes", [{"y": 2}, {"x": "two"}, {"names": "a"}])
def test_what_could_not_be_built_cannot_evolve(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Point(x=1).evolve(**changes)
