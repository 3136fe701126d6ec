"""Which rulings of earlier runs hold for the claims of this one."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Literal

from pydantic import ValidationError

from chargehand.core.finding import Finding, Severity
from chargehand.core.value import Value
from chargehand.llm.cache.store import CacheStore, key_of
from chargehand.pipeline.answers import Ruling
from chargehand.pipeline.prompts import judge_instructions


class _KeptRuling(Value):
    """A ruling as it is kept, on as many claims as were `alike`; `target` names what took them in."""

    action: Literal["stand", "merge", "regrade", "dismiss"]
    severity: Severity
    reason: str = ""
    target: str = ""
    alike: int = 1


class RulingCache:
    """The rulings and summaries that one judge left on a store; without a store there are none.

    A claim is put aside or graded anew only if the judge ruled on exactly these words, this code and
    this grade. That it stands is also remembered for its line, rule and grade, so that new words for an
    old finding cost nothing: to let a finding stand unasked hides nothing. Unless it `keeps`, earlier rulings
    hold, and nothing is added. `evidence` is what the judge sees of a claim beside its words and its code.
    """

    def __init__(
        self,
        store: CacheStore | None,
        judge: str,
        *,
        keeps: bool = True,
        evidence: Callable[[Finding], str] | None = None,
    ) -> None:
        self._store = store
        self._evidence = evidence
        self._kept_in = store if keeps else None
        self._judge = (judge, judge_instructions())

    def recall(self, claims: Sequence[Finding]) -> dict[int, Ruling | None]:
        """Return the rulings that hold, by the index of the claim; None: it stands as it is.

        Rulings number claims from 1. A claim that was merged stands again if its target is gone.
        """
        if self._store is None:
            return {}
        keys = [self._key(claim) for claim in claims]
        times, names = Counter(keys), _names(claims, keys)
        met = {
            index: precedent
            for index, (claim, key) in enumerate(zip(claims, keys, strict=True))
            if (precedent := self._precedent(claim, key, names[index], times[key]))
        }
        there = {name: index for index, name in enumerate(names)}
        return {index: _ruling(index, each, there.get(each.target)) for index, each in met.items()}

    def keep(self, claims: Sequence[Finding], judged: Collection[int], rulings: Mapping[int, Ruling]) -> None:
        """Remember what was ruled on the `judged` ones of `claims`; without a ruling they stand.

        Claims that read the same and were ruled on differently are known again only where they stood.
        """
        if self._kept_in is None:
            return
        keys = [self._key(claim) for claim in claims]
        names = _names(claims, keys)
        alike: dict[str, list[int]] = {}
        for index, key in enumerate(keys):
            alike.setdefault(key, []).append(index)
        for key, indexes in alike.items():
            if all(index in judged for index in indexes):
                made = {n: self._made(n, len(indexes), claims, rulings, names) for n in indexes}
                is_one = len({(each.action, each.severity, each.target) for each in made.values()}) == 1
                for index, each in made.items():
                    self._kept_in.put(key if is_one else names[index], each.model_dump_json())
        for index in judged:
            if index not in rulings and claims[index].anchor == "line":
                self._kept_in.put(self._lasting_key(claims[index]), "stands")

    def summary(self, standing: Iterable[Finding]) -> str | None:
        """Return what the judge once wrote about exactly these findings, None if it did not."""
        return self._store.get(self._summary_key(standing)) if self._store else None

    def keep_summary(self, standing: Iterable[Finding], summary: str) -> None:
        """Remember the summary of these findings."""
        if self._kept_in:
            self._kept_in.put(self._summary_key(standing), summary)

    def _precedent(self, claim: Finding, key: str, name: str, times: int) -> _KeptRuling | None:
        """Return what was ruled on the very same claim, else that its like was found to stand."""
        exact = self._kept(key)
        if exact and times <= exact.alike:
            return exact
        if name != key and (own := self._kept(name)):
            return own
        has_stood = claim.anchor == "line" and self._store and self._store.get(self._lasting_key(claim))
        return _KeptRuling(action="stand", severity=claim.severity) if has_stood else None

    def _kept(self, key: str) -> _KeptRuling | None:
        value = self._store.get(key) if self._store else None
        try:
            return _KeptRuling.model_validate_json(value) if value else None
        except ValidationError:
            return None

    def _made(
        self,
        index: int,
        alike: int,
        claims: Sequence[Finding],
        rulings: Mapping[int, Ruling],
        names: Sequence[str],
    ) -> _KeptRuling:
        ruling = rulings.get(index)
        if ruling is None:
            return _KeptRuling(action="stand", severity=claims[index].severity, alike=alike)
        target = names[ruling.into - 1] if ruling.action == "merge" else ""
        return _KeptRuling(
            action=ruling.action, severity=ruling.severity, reason=ruling.reason, target=target, alike=alike
        )

    def _key(self, claim: Finding) -> str:
        """Return the key of all that the judge is shown of `claim` but its number and its line's."""
        shown = (claim.rule, claim.severity.value, claim.confidence.value, claim.path)
        also = (said for each in claim.merged for said in (each.rule, each.title))
        seen = (claim.title, claim.message, claim.code, self._evidence(claim) if self._evidence else "")
        return key_of("ruling", *self._judge, *shown, *seen, *also)

    def _lasting_key(self, claim: Finding) -> str:
        return key_of("stands", *self._judge, *_lasting(claim))

    def _summary_key(self, standing: Iterable[Finding]) -> str:
        identities = sorted(_lasting(each) for each in standing)
        return key_of("summary", *self._judge, *identities)


def _names(claims: Sequence[Finding], keys: Sequence[str]) -> list[str]:
    """Return what each claim is known by: its key, and its place too if others read the same."""
    times = Counter(keys)
    return [
        key if times[key] == 1 else key_of("place", key, times[key], claim.start_line, claim.scope, claim.nth)
        for claim, key in zip(claims, keys, strict=True)
    ]


def _lasting(claim: Finding) -> tuple[str, ...]:
    """Return what stays of a claim if it is only worded anew."""
    place = (claim.path, claim.scope, claim.quote, str(claim.nth))
    return (*place, claim.rule, claim.severity.value)


def _ruling(index: int, precedent: _KeptRuling, target: int | None) -> Ruling | None:
    if precedent.action == "stand" or (precedent.action == "merge" and target is None):
        return None
    return Ruling(
        claim=index + 1,
        action=precedent.action,
        into=0 if target is None else target + 1,
        severity=precedent.severity,
        reason=precedent.reason,
    )
