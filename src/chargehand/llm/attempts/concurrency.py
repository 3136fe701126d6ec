"""How many calls at once a server is asked to bear, going by which it answered and which it turned away."""

from chargehand.core.value import Value

# A single call that is turned away between answers says nothing: servers do that at random, too.
REJECTIONS = 2
MOST_ROUNDS = 8
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 20.0
# All pause for no longer than this in all while nothing is answered: then each prompt waits by itself.
MOST_PAUSED_S = 60.0


class ConcurrencyLimit(Value):
    """How many `slots` there are, of `most`, and what was seen since that number last changed.

    One more slot is tried after `rounds` times as many answers as there are slots, after each one if that
    is 0. `ceiling` is what was left when calls were last turned away; running into the same one again
    doubles the rounds, getting past it halves them.

    `turned_away` counts calls since the last answer; `lone` those of them that were alone in flight, and
    `paused_s` how long all were to pause because of these.
    """

    slots: int
    most: int
    rounds: int = 1
    answers: int = 0
    ceiling: int | None = None
    turned_away: int = 0
    lone: int = 0
    paused_s: float = 0.0


def answered(limit: ConcurrencyLimit, in_flight: int) -> ConcurrencyLimit:
    """Return the limit after an answer that came while `in_flight` calls, itself among them, were out.

    Only answers in a full limit count: those say that the server bears so many.
    """
    is_full = limit.slots <= in_flight and limit.slots < limit.most
    answers = limit.answers + 1 if is_full else limit.answers
    seen = limit.evolve(answers=answers, turned_away=0, lone=0, paused_s=0.0)
    return _grown(seen) if is_full and answers >= limit.rounds * limit.slots else seen


def turned_away(
    limit: ConcurrencyLimit, others: int, retry_after_s: float | None = None
) -> tuple[ConcurrencyLimit, float]:
    """Return the limit after the server had too many, and for how long nobody else should begin.

    The `others` in flight are all that it bears. Where there are none, it is not their number but time
    that helps: then all pause.
    """
    pause_s = _pause_s(limit, retry_after_s) if others == 0 else 0.0
    seen = limit.evolve(
        turned_away=limit.turned_away + 1,
        lone=limit.lone + (others == 0),
        paused_s=limit.paused_s + pause_s,
    )
    return (_shrunk(seen, max(1, others)) if seen.turned_away >= REJECTIONS else seen), pause_s


def _grown(limit: ConcurrencyLimit) -> ConcurrencyLimit:
    slots = limit.slots + 1
    is_past = limit.ceiling is not None and slots > limit.ceiling + 1 and limit.rounds > 1
    rounds = limit.rounds // 2 if is_past else limit.rounds
    return limit.evolve(slots=slots, answers=0, rounds=rounds)


def _shrunk(limit: ConcurrencyLimit, slots: int) -> ConcurrencyLimit:
    if limit.lone >= REJECTIONS:  # an outage: what was known of the server before need not hold after it
        return limit.evolve(slots=1, answers=0, rounds=0)
    if slots >= limit.slots:
        return limit
    again = min(max(1, limit.rounds * 2), MOST_ROUNDS)
    rounds = again if slots == limit.ceiling else 1
    return limit.evolve(slots=slots, answers=0, rounds=rounds, ceiling=slots)


def _pause_s(limit: ConcurrencyLimit, retry_after_s: float | None) -> float:
    backoff_s = min(FIRST_PAUSE_S * 2.0 ** min(limit.lone, 10), LONGEST_PAUSE_S)
    pause_s = max(backoff_s, retry_after_s or 0.0)
    return pause_s if limit.paused_s + pause_s <= MOST_PAUSED_S else 0.0
