import re
from decimal import Decimal

from chargehand.core.usage import Call, Role
from chargehand.reports import markdown
from chargehand.reports.markdown.cost import SLICES, cost_chart
from tests.unit.reports.samples import HAIKU, OPUS, call, finding, judged, review

CALLS = (
    call(Role.PLAN, "plan", OPUS, "0.01"),
    call(Role.WORKER, "security-1", HAIKU, "0.002"),
    call(Role.WORKER, "tests-1", HAIKU, "0.0031"),
)
SLICE = re.compile(r'    "([A-Za-z0-9._:/@+ -]+)" : ([1-9]\d*)')


def slices(calls: tuple[Call, ...]) -> dict[str, int]:
    """Return the slices, where the chart is what Mermaid reads and nothing else."""
    first, title, *lines, last = cost_chart(calls).split("\n")
    assert (first, title, last) == ("```mermaid", "pie title Cost by role and model", "```")
    found = [SLICE.fullmatch(line) for line in lines]
    return {each[1]: int(each[2]) for each in found if each} if all(found) else {}


def test_each_role_and_model_is_a_slice_the_largest_first() -> None:
    assert list(slices(CALLS).items()) == [
        ("plan claude-opus-5-5", 10_000),
        ("worker claude-haiku-5-5", 5_100),
    ]


def test_there_is_no_chart_of_nothing_or_of_one_slice() -> None:
    unpriced = call(Role.WORKER, "tests-1", "gateway/local", None)
    free = call(Role.WORKER, "tests-1", "gateway/local", "0")
    for calls in ((), CALLS[:1], CALLS[1:], (unpriced, free), (CALLS[0], unpriced, free)):
        assert cost_chart(calls) == ""


def test_the_smallest_amount_is_a_slice_all_the_same() -> None:
    assert slices((CALLS[0], call(Role.JUDGE, "judge", OPUS, "0.000000001")))["judge claude-opus-5-5"] == 1


def test_a_model_id_cannot_end_its_label_or_the_fence() -> None:
    hostile = 'x" : 9\n```\n<script>%%{init}%%;#quot;\u202e' + "y" * 300
    found = slices((CALLS[0], call(Role.WORKER, "tests-1", hostile, "0.001")))
    assert len(found) == 2
    assert max(map(len, found)) < 80


def test_many_models_are_a_few_slices_and_the_others() -> None:
    calls = tuple(call(Role.WORKER, "tests-1", f"model-{n}", f"0.{n:03}") for n in range(1, 21))
    found = slices(calls)
    assert len(found) == SLICES + 1
    assert sum(found.values()) == sum((each.cost_usd or Decimal(0) for each in calls), Decimal(0)) * 1_000_000
    assert "others" in found


def test_the_chart_stays_where_a_page_is_cut() -> None:
    many = tuple(finding(title=f"Finding {n}", message="long " * 200) for n in range(200))
    page = markdown.render(*judged(review(findings=many, calls=CALLS)), limit=20_000)
    assert len(page.encode()) <= 20_000
    assert "are left out here" in page
    assert cost_chart(CALLS) in page
