"""Finds passwords, keys and tokens in a change: claims those that it adds or removes, and masks them all."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, takewhile
from typing import NamedTuple

from chargehand.checks.check import Searched, SecretsCheck, claim
from chargehand.checks.secrets.claimed import grade, is_harmless, is_news, is_to_rotate
from chargehand.checks.secrets.detection import Secret, detect
from chargehand.checks.secrets.false_positives import is_unlike_code
from chargehand.checks.secrets.key_bodies import KeyLine, key_lines
from chargehand.checks.secrets.places import Form, Place, places_in
from chargehand.checks.secrets.private_keys import KIND
from chargehand.checks.secrets.randomness import is_random
from chargehand.checks.secrets.repeated import repeated
from chargehand.core.counting import count
from chargehand.core.diff import Diff
from chargehand.core.finding import Claim, Confidence, Severity
from chargehand.core.markers import Hidden, Reach, mask_of
from chargehand.core.masking import NO_MASK, Mask, Row
from chargehand.core.time_limit import IsOver, Step, TimeIsUp, never, steps_until


class _Held(NamedTuple):
    """A line of the change, or what a hunk shows before it, with the secrets that it holds."""

    place: Place
    secrets: Sequence[Secret]


class _Found(NamedTuple):
    """What a file holds: lines with secrets, lines of private keys, and what is too much for a close look."""

    path: str
    held: Sequence[_Held]
    bodies: Sequence[KeyLine]
    beyond: Sequence[Place]
    unshown: int
    is_deleted: bool


def search(diff: Diff, is_over: IsOver = never, key: str = "") -> Searched:
    """Return what is secret in `diff`: the claims about it, and the mask of it.

    Every line is searched once: what is added is claimed, what is removed and stands nowhere else is claimed
    as low, and what is merely kept is masked only. If there are more lines than get a close look, a claim
    before all others says how many are left, and the mask hides these whole. No claim holds a secret. `key`
    makes the tags of markers.

    A file in which the time is up counts as not searched, with all that come after it. If it is up before all
    that was found has its marker, none counts.
    """
    try:
        return _searched(diff, list(_search(diff, is_over)), key, steps_until(is_over, TimeIsUp()))
    except TimeIsUp:
        return Searched((), NO_MASK, 0)


def _searched(diff: Diff, files: Sequence[_Found], key: str, step: Step) -> Searched:
    secrets = [each for found in files for each in _hidden(found)]
    # What stays is known by the place where it stays.
    again = repeated(secrets, diff.files[: len(files)], step)
    mask = mask_of(sorted((*secrets, *again), key=lambda each: each.row.side == "old"), diff, key, step)
    kept = {each.text for each in secrets if each.row.side == "new"}
    claims = (
        *_unseen([place for found in files for place in found.beyond]),
        *(said for found in files for said in _claims(found, kept)),
        *(said for found in files for said in _new_body(found)),
    )
    masked = tuple(_masked(each, row, mask) for each, row in claims)
    told, untold = _kinds(files, {row for _, row in claims})
    return Searched(masked, mask, len(files), sum(found.unshown for found in files), told, untold)


def _kinds(files: Iterable[_Found], claimed: set[Row]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the kinds of the values in lines that are claimed, and of those that stand in none of them."""
    told: dict[str, str] = {}
    others: dict[str, str] = {}
    for place, secrets in (held for found in files for held in found.held):
        known = told if place.row in claimed else others
        # A private key is known by its body.
        known |= {each.value.strip() or "\n".join(place.below): each.kind for each in secrets}
    return tuple(told.values()), tuple(kind for value, kind in others.items() if value not in told)


def _search(diff: Diff, is_over: IsOver) -> Iterator[_Found]:
    step = steps_until(is_over, TimeIsUp())
    for file, places in zip(diff.files, places_in(diff, is_over), strict=True):
        held = list(_held(takewhile(lambda _: not is_over(), places.looked_at)))
        try:
            bodies = list(key_lines(file.path, file.hunks, step))
        except TimeIsUp:
            return
        if is_over():
            return
        unshown = 0 if file.skip else len({place.row for place in places.beyond})
        yield _Found(file.path, held, bodies, places.beyond, unshown, file.status == "deleted")


def _hidden(found: _Found) -> Iterator[Hidden]:
    for place, secrets in found.held:
        for secret in secrets:
            is_sure = secret.is_exact or is_unlike_code(secret.value)
            reach: Reach = "everywhere" if is_sure else "as-text"
            yield Hidden(secret.value.strip(), secret.kind, place.row, reach, _may_be_in_name(secret))
    for each in found.bodies:
        row = Row.of(found.path, each.line)
        is_sure = each.is_full and is_random(each.text)
        yield Hidden(each.text, KIND, row, "everywhere" if is_sure else "row")
    for place in found.beyond:
        yield Hidden(_whole(place), "line not searched", place.row, "row")


def _may_be_in_name(secret: Secret) -> bool:
    """Tell a key by its form, and random, from a word or a path that its author could have made look so."""
    return secret.is_exact and "/" not in secret.value and is_random(secret.value)


def _whole(place: Place) -> str:
    return (place.line.text if place.line else place.text).strip()


def _held(places: Iterable[Place]) -> Iterator[_Held]:
    for _, group in groupby(places, key=lambda place: place.row):
        pieces = list(group)
        if found := [secret for piece in pieces for secret in detect(piece.candidate)]:
            yield _Held(pieces[0], found)


def _claims(found: _Found, kept: set[str]) -> Iterator[tuple[Claim, Row]]:
    for place, secrets in found.held:
        if place.is_added:
            if first := next((each for each in secrets if is_news(each, place)), None):
                yield _added(place, first), place.row
        elif place.row.side == "old":
            gone = [each for each in secrets if _stays(each, place).isdisjoint(kept)]
            if first := next(
                (each for each in gone if is_to_rotate(each, place, is_deleted=found.is_deleted)), None
            ):
                yield _removed(place, first), place.row


def _new_body(found: _Found) -> Iterator[tuple[Claim, Row]]:
    """Yield a claim if a key is put behind a head that was there before."""
    lines = (each for each in found.bodies if each.head == " " and each.line.kind == "+" and each.is_full)
    if first := next(lines, None):
        row = Row.of(found.path, first.line)
        place = Place(Form.KEY, row, first.text, first.line)
        yield _added(place, Secret(KIND, "", is_exact=True)), row


def _stays(secret: Secret, place: Place) -> set[str]:
    """Return the texts of which one is still there if the secret is: a key is known by its body."""
    return {secret.value.strip()} if secret.value else {text.strip() for text in place.below}


def _masked(said: Claim, row: Row, mask: Mask) -> Claim:
    return said.evolve(quote=mask.row(row, said.quote))


def _added(place: Place, first: Secret) -> Claim:
    severity, confidence = grade(place.row.path, first)
    return claim(
        CHECK,
        place.row.path,
        place.line,
        f"This looks like a secret ({first.kind}). Whoever can read the repository, now or later, has it: "
        "removing the line does not remove it from the history. Revoke it.",
        title=f"A secret is written in the change: {first.kind}",
        severity=severity,
        confidence=confidence,
    )


def _removed(place: Place, first: Secret) -> Claim:
    _, confidence = grade(place.row.path, first)
    said = claim(
        CHECK,
        place.row.path,
        place.line,
        f"The removed line held what looks like a secret ({first.kind}). It stays in the history, for "
        "whoever can read the repository. Rotate it, if that was not done yet.",
        title=f"A secret is removed and stays in the history: {first.kind}",
        severity=Severity.LOW,
        confidence=confidence,
    )
    return said.evolve(line=place.at, end_line=place.at)


def _unseen(beyond: Sequence[Place]) -> Iterator[tuple[Claim, Row]]:
    """Yield for each form a claim that the check stopped: what it did not look at is not said to be clean."""
    numbers = Counter(place.form for place in beyond)
    for form, number in numbers.items():
        first = next(place for place in beyond if place.form is form)
        path, line = first.row.path, first.line if first.row.side == "new" else None
        weighs_less = form is Form.GUESS or is_harmless(path)
        said = claim(
            CHECK,
            path,
            line,
            f"From here on, {count(number, 'more line')} of the change {form.value}. They are too many to "
            "look at each: whether a secret is among them is not known, and no model is shown them.",
            title=f"{count(number, 'line')} of the change not searched for secrets",
            severity=Severity.MEDIUM if weighs_less else Severity.HIGH,
            confidence=Confidence.LOW,
        )
        yield said, first.row


CHECK = SecretsCheck("secrets", ("security/secret",))
