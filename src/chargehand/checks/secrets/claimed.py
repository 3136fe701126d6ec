"""Which secrets somebody is told of, and how gravely; all that are found are masked, told or not."""

import re

from chargehand.checks.paths import is_prose, is_sample, is_test
from chargehand.checks.secrets.assignments import has_bare_values, is_shell
from chargehand.checks.secrets.detection import Secret
from chargehand.checks.secrets.false_positives import is_unlike_code
from chargehand.checks.secrets.places import Place
from chargehand.checks.secrets.private_keys import KIND
from chargehand.core.finding import Confidence, Severity

# Words in the paths of private keys that are made for tests.
_TEST_KEYS = frozenset({"test", "tests", "testing", "localhost", "snakeoil", "dummy", "fake"})
# What starts services of its own, with passwords that end with them.
_OF_JOBS = re.compile(
    r"(?:^|/)(?:\.github/workflows/.*|\.circleci/.*|\.gitlab-ci.*|\.travis|\.drone|azure-pipelines.*"
    r"|bitbucket-pipelines|(?:docker-)?compose[\w.-]*)\.ya?ml$",
    re.IGNORECASE,
)
# A key that identifies a project in a page and opens nothing by itself, and what stands beside it: Firebase's
# settings for a page, and a search by Algolia.
_FOR_BROWSERS = (("Google API key", "authDomain"), ("Secret Keyword", "indexName"))
# A password that looks so is the hash of one.
_HASH = re.compile(r"[0-9a-f]{32,}|\$\d?[a-z]{0,2}\$.{20,}", re.IGNORECASE)
_PASSWORD = re.compile(r"\bpassword[\"']?\s?[=:]", re.IGNORECASE)
# YAML or a template in a line of Python: an example in a manual. In code a name and a colon assign nothing.
_IN_MANUAL = re.compile(r"\s*(?:- )?[A-Za-z][\w.-]*:\s+[\"'][^,{]*|.*\}\}[\"']?")


def is_news(secret: Secret, place: Place) -> bool:
    """Tell whether somebody is to hear of a secret that comes.

    Not of a word with digits in a job's file, of what every visitor of a page gets, of a password's hash, or
    of an example in a manual.
    """
    beside = "\n".join((place.text, *place.below))
    if any(secret.kind == kind and sign in beside for kind, sign in _FOR_BROWSERS):
        return False
    if not secret.is_exact and _HASH.fullmatch(secret.value) and _PASSWORD.search(place.text):
        return False
    if not secret.is_exact and place.row.path.endswith(".py") and _IN_MANUAL.fullmatch(place.text):
        return False
    return secret.is_exact or is_unlike_code(secret.value) or not _OF_JOBS.search(place.row.path)


def is_to_rotate(secret: Secret, place: Place, *, is_deleted: bool) -> bool:
    """Tell whether somebody is to hear of a secret that goes: it may open something, besides tests.

    A guess in code that goes as a whole is mostly an example in its manual.
    """
    path = place.row.path
    if secret.kind == KIND:
        return not (is_harmless(path) or _is_test_key(path, secret))
    if secret.is_exact:
        return is_news(secret, place)
    if is_harmless(path):
        return False
    return is_news(secret, place) and (not is_deleted or has_bare_values(path) or is_shell(path))


def grade(path: str, secret: Secret) -> tuple[Severity, Confidence]:
    """Return how grave it is that a secret stands in a file, and how sure that it is one."""
    if not secret.is_exact:
        return Severity.MEDIUM, Confidence.MEDIUM
    if is_harmless(path) or _is_test_key(path, secret):
        return Severity.MEDIUM, Confidence.LOW
    return Severity.HIGH, Confidence.HIGH


def is_harmless(path: str) -> bool:
    """Tell where a secret mostly opens nothing: in tests, in text for people, in examples."""
    return is_test(path) or is_prose(path) or is_sample(path)


def _is_test_key(path: str, secret: Secret) -> bool:
    """Tell a private key whose path says that it protects nothing; people keep many of these."""
    return secret.kind == KIND and not _TEST_KEYS.isdisjoint(re.split(r"[^a-z]+", path.lower()))
