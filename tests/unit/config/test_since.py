from chargehand.config.load import _KEYS
from chargehand.config.since import BROUGHT, newer_settings, oldest_that_knows, since_of
from chargehand.config.values import version_numbers

LATER = {**BROUGHT, "0.2.0": {"": "frobnicate", "lenses": "effort"}, "0.10.0": {"prices": "batch"}}


def test_each_setting_has_the_version_that_brought_it_and_nothing_else_has() -> None:
    known = {f"{table}.{key}".removeprefix(".") for table, keys in _KEYS.items() for key in keys}
    assert since_of().keys() == known
    assert list(BROUGHT) == sorted(BROUGHT, key=version_numbers)


def test_an_older_version_does_not_know_what_a_newer_one_brought() -> None:
    table = {
        "threads": 4,
        "frobnicate": 1,
        "lenses": {"own": {"instructions": "x", "effort": "low"}, "style": {"enabled": False}},
        "prices": {"a.b": {"input": 1, "batch": 2}},
        "gate": {"rules": {"frobnicate": "off"}},
        "suppressions": [{"rule": "style/naming", "reason": "x"}],
    }
    assert newer_settings(table, "0.1.0", LATER) == {
        "frobnicate": "0.2.0",
        "lenses.effort": "0.2.0",
        "prices.batch": "0.10.0",
    }
    assert newer_settings(table, "0.9.0", LATER) == {"prices.batch": "0.10.0"}
    assert newer_settings(table, "0.10.0", LATER) == {}
    assert oldest_that_knows(table, LATER) == "0.10.0"
    assert oldest_that_knows({"threads": 4}, LATER) == "0.1.0"
    assert len(newer_settings(table, "0.0.9")) == 11


def test_what_no_version_knows_and_tables_of_the_wrong_shape_say_nothing() -> None:
    assert newer_settings({"nonsense": 1, "lenses": 3, "prices": {"a": 3}, "suppressions": {}}, "0.1.0") == {}
