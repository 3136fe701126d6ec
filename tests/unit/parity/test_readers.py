"""How readers' words become figures: who agrees, what is settled, and which findings are about one defect."""

import pytest

from chargehand.parity.readers.agreement import agreement, settled
from chargehand.parity.readers.item import Item, Rating
from chargehand.parity.readers.pool import tallies
from chargehand.parity.score.tally import ALL, Count
from tests.unit.parity.samples import said


def test_agreement_leaves_out_what_chance_would_give() -> None:
    one: dict[str, Rating] = {"a": "right", "b": "right", "c": "wrong", "d": "wrong", "e": "right"}
    other: dict[str, Rating] = {"a": "right", "b": "wrong", "c": "wrong", "d": "wrong", "x": "right"}
    found = agreement(one, other)
    assert (found.number, found.same) == (4, 3)
    assert found.kappa == pytest.approx(0.5)
    assert agreement(one, one).kappa == 1
    assert agreement({"a": "right"}, {"a": "right"}).kappa is None
    assert agreement(one, {}).words == "0 of 0 findings"


def test_what_most_say_is_settled_and_a_draw_is_not() -> None:
    readers: list[dict[str, Rating]] = [
        {"a": "right", "b": "right", "c": "unsure"},
        {"a": "right", "b": "wrong", "c": "wrong"},
        {"a": "wrong"},
    ]
    assert settled(readers) == {"a": "right", "b": "unsure", "c": "wrong"}


def test_right_findings_near_each_other_are_one_defect_that_all_fleets_could_have_found() -> None:
    items = [
        _item("1", 0, 10),
        _item("2", 1, 12),
        _item("3", 1, 30, lens="security"),
        _item("4", 1, 20),
        _item("5", 0, 25),
        _item("6", 0, 10, case="b"),
    ]
    ratings: dict[str, Rating] = {
        "1": "right",
        "2": "right",
        "3": "right",
        "4": "wrong",
        "5": "unsure",
        "6": "wrong",
    }
    first, second = tallies(items, ratings, 2)
    assert first[ALL] == {
        "a": Count(known=2, found=1, made=1, hit=1),
        "b": Count(known=0, found=0, made=1, hit=0),
    }
    assert second[ALL]["a"] == Count(known=2, found=2, made=3, hit=2)
    assert second["lens security"]["a"] == Count(known=1, found=1, made=1, hit=1)


def _item(name: str, fleet: int, line: int, case: str = "a", lens: str = "correctness") -> Item:
    return Item(id=name, case=case, fleet=fleet, said=said(line, lens=lens))
