"""The bill on the review's page: what was paid, and what the same work would have cost otherwise."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from chargehand.core.counting import count
from chargehand.core.money import usd
from chargehand.core.review import Review
from chargehand.core.targets import Target
from chargehand.core.usage import Bill, Call, Role
from chargehand.reports.amounts import (
    LENSES_SHOWN,
    assumed,
    expected,
    is_compared,
    kind,
    known,
    saving,
    share,
    so_far,
    target_met,
    total,
    unmade,
)
from chargehand.reports.html.prose import inline
from chargehand.reports.page.bars import Part, bar
from chargehand.reports.page.markup import Html, block, tag, text

_ORCHESTRATOR = tuple(role.value for role in Role if role.is_orchestrator)


def bill_section(review: Review) -> Iterator[Html]:
    """Yield the bill as bars beside their figures, what else is to be known of it, and what it is made of."""
    made = review.bill
    if made.calls:
        yield _sums(made, review.calls)
    yield from (tag("p", inline(sentence)) for sentence in _said(made, review.calls))
    if made.calls:
        yield block("details", tag("summary", text("By role, model and lens")), *_parts(made, review.calls))


def _sums(made: Bill, calls: Sequence[Call]) -> Html:
    own = [call for call in calls if call.role.is_orchestrator]
    theirs = [call for call in calls if not call.role.is_orchestrator]
    instead = made.counterfactuals
    most = max(
        made.total_usd, instead.single_pass_usd or Decimal(0), instead.all_orchestrator_usd or Decimal(0)
    )
    parts = (Part("orchestrator", made.orchestrator_usd), Part("workers", made.workers_usd))
    rows = (
        _row("Orchestrator: plan and judge", parts[:1], most, *_amount(made.orchestrator_usd, own, made)),
        _row("Workers, escalations, triage", parts[1:], most, *_amount(made.workers_usd, theirs, made)),
        _row("This review", parts, most, total(made), expected(made), is_sum=True),
        *(_target(made.target, most) if made.target else ()),
        *(
            _row(name, (Part(part, amount or Decimal(0)),), most, usd(amount), _compared(made, amount))
            for name, part, amount in (
                ("Instead: one plain pass of the strong model", "between", instead.single_pass_usd),
                ("Instead: every call on the strong model", "behind", instead.all_orchestrator_usd),
            )
            if is_compared(made)
        ),
    )
    return _table(
        "What this review cost, and would have cost otherwise", ("For", "Cost", "Share or saving"), rows
    )


def _target(target: Target, most: Decimal) -> Iterator[Html]:
    yield _row(f"Target for a {kind(target)}", (), most, usd(target.usd), target_met(target))


def _compared(made: Bill, instead: Decimal | None) -> str:
    return f"this review: {saving(made, instead) or 'unknown'}"


def _amount(amount: Decimal, calls: Sequence[Call], made: Bill) -> tuple[str, str]:
    """Return what some calls cost, and which part of the whole that is."""
    paid = known(amount, calls)
    return usd(paid), "–" if paid is None else share(paid, made.total_usd)


def _said(made: Bill, calls: Sequence[Call]) -> Iterator[str]:
    if not made.calls:
        yield f"No model was asked: {unmade(made)}." if unmade(made) else "No model was asked."
    if made.unpriced:
        models = ", ".join(f"`{model}`" for model in made.unpriced)
        yield f"The price of {models} is unknown, so every sum with its calls is a lower bound."
    if unsure := assumed(calls):
        yield f"Of this, {unsure}."
    if made.pr:
        yield f"All runs on {made.pr.subject}: {so_far(made.pr)}."
    if made.calls:
        yield _tokens(made)


def _tokens(made: Bill) -> str:
    usage = made.usage
    thinking = f", {usage.thinking_tokens:,} of them thinking" if usage.thinking_tokens else ""
    earlier = f" · {unmade(made)}" if unmade(made) else ""
    return (
        f"{count(made.calls, 'call')}{earlier} · {count(usage.prompt_tokens, 'token')} in, "
        f"{share(usage.cache_read_tokens, usage.prompt_tokens)} of them read from the cache · "
        f"{usage.output_tokens:,} out{thinking} · prices: {made.prices_from}"
    )


def _parts(made: Bill, calls: Sequence[Call]) -> Iterator[Html]:
    for word, amounts in (("role", made.by_role), ("model", made.by_model), ("lens", made.by_lens)):
        most = max(amounts.values(), default=Decimal(0))
        rows = []
        for name, amount in list(amounts.items())[:LENSES_SHOWN]:
            paid = _amount(amount, [call for call in calls if _named(call, word) == name], made)
            kind = "orchestrator" if word == "role" and name in _ORCHESTRATOR else "workers"
            rows.append(_row(name, (Part(kind, amount),), most, *paid))
        if len(amounts) > LENSES_SHOWN:
            rows.append(
                _row(
                    f"… and {len(amounts) - LENSES_SHOWN:,} more, which the JSON report has",
                    (),
                    most,
                    "",
                    "",
                )
            )
        if rows:
            yield _table(f"What each {word} cost", (word.capitalize(), "Cost", "Share"), rows)


def _named(call: Call, word: str) -> str | None:
    return {"role": call.role.value, "model": call.paid_model, "lens": call.lens}[word]


def _table(caption: str, heads: Sequence[str], rows: Sequence[Html]) -> Html:
    named = (tag("th", text(head), scope="col") for head in heads)
    return block(
        "table",
        tag("caption", text(caption), class_="unseen"),
        tag("thead", tag("tr", *named)),
        block("tbody", *rows),
        class_="bill",
    )


def _row(
    name: str, parts: Sequence[Part], most: Decimal, cost: str, beside: str, *, is_sum: bool = False
) -> Html:
    cells = (
        tag("th", text(name), bar(parts, most), scope="row"),
        tag("td", text(cost)),
        tag("td", text(beside)),
    )
    return tag("tr", *cells, class_="sum" if is_sum else "part")
