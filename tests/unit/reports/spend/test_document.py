import json
from typing import Any

from chargehand.core.usage import Role
from chargehand.cost.prices import Prices
from chargehand.reports.spend.document import document
from chargehand.reports.spend.quality import Targets
from chargehand.reports.spend.reading import Duplicate, Reading, Unread
from chargehand.reports.spend.totals import Spending, add_up
from tests.unit.reports.samples import HAIKU, LOCAL, call
from tests.unit.reports.spend.stored import run, spending


def told(spent: Spending) -> dict[str, Any]:  # Any: JSON
    document_: dict[str, Any] = json.loads(document(spent))  # Any: as above
    return document_


def test_it_holds_every_figure() -> None:
    reading = Reading(
        runs=(run("a", repository="owner/name", estimate="0.02"), run("b", mode="scripted")),
        duplicates=(Duplicate(name="copy.json", of="a.json"),),
        overlapping=(Duplicate(name="again.json", of="a.json"),),
        unread=(Unread(name="x.json", reason="it is not JSON"),),
    )
    found = told(add_up(reading, Targets(), Prices()))
    figures = {"runs": 1, "calls": 2, "cost_usd": "0.0100", "unpriced_calls": 0}
    single = {
        "runs": 1,
        "cost_usd": "0.0100",
        "instead_usd": "0.04",
        "saved_usd": "0.0300",
        "saved_share": "0.750000",
    }
    assert (found["schema_version"], found["tool"]["name"]) == (1, "chargehand")
    assert (found["from"], found["to"]) == ("2026-11-22T10:00:00+00:00", "2026-11-22T10:00:00+00:00")
    assert found["total"] == {
        **figures,
        "cached_calls": 0,
        "orchestrator_usd": "0.0090",
        "orchestrator_share": "0.900000",
    }
    assert found["instead"]["single_pass"] == single
    assert found["by_month"][0] == {
        "name": "2026-11",
        **figures,
        "single_pass": single,
        "all_orchestrator": found["instead"]["all_orchestrator"],
    }
    assert found["by_day"] == [{"name": "2026-11-22", **figures}]
    assert found["by_repository"] == [{"name": "owner/name", **figures}]
    assert [each["name"] for each in found["by_lens"]] == [None, "security"]
    assert found["targets"]["simple_lines"] == 100
    assert found["targets"]["results"][0] == {
        "kind": "simple",
        "target_usd": "0.01",
        "runs": 1,
        "within": 1,
        "unknown": 0,
        "median_usd": "0.0100",
        "highest_usd": "0.0100",
    }
    assert found["estimates"]["median_error"] == "1.000000"
    assert found["cache"] == {
        "prompt_tokens": 3000 + 3000,
        "read_tokens": 4200,
        "written_tokens": 0,
        "hit_rate": "0.700000",
    }
    assert found["failures"]["calls"] == 0
    assert found["repriced"]["before"][0]["prices_from"] == "genai-prices 0.2.3"
    assert found["not_spent"] == [{"mode": "scripted", "runs": 1, "list_usd": "0.0100"}]
    assert found["duplicates"] == [{"name": "copy.json", "of": "a.json"}]
    assert found["overlapping"] == [{"name": "again.json", "of": "a.json"}]
    assert found["unread"] == [{"name": "x.json", "reason": "it is not JSON"}]


def test_money_is_plain_digits_to_the_last_one() -> None:
    made = (call(Role.WORKER, "x-1", HAIKU, "0.00000000000000000001"),)
    assert told(spending(run("a", made=made)))["total"]["cost_usd"] == "0.00000000000000000001"


def test_what_is_not_known_is_null() -> None:
    found = told(spending(run("a", made=(call(Role.WORKER, "x-1", LOCAL, None),))))
    assert found["total"]["cost_usd"] is None
    assert found["by_model"][0]["cost_usd"] is None
    assert found["repriced"] is None
    nothing = told(spending(run("a", mode="replayed")))
    assert (nothing["from"], nothing["total"]["orchestrator_share"]) == (None, None)
