"""The index finds what asking each suppression would find, in the same order."""

from hypothesis import given
from hypothesis import strategies as st

from chargehand.core.finding import Confidence, Finding, Severity
from chargehand.core.patterns import folder_of, matcher
from chargehand.core.suppression import Suppression
from chargehand.core.suppression_index import index_of

PARTS = st.sampled_from(["a", "b", "a b", "*", "**", "?", "é", "[ab]", "\\a", "!a", "#"])
PATTERNS = st.builds(
    lambda first, parts, last: first + "/".join(parts) + last,
    st.sampled_from(["", "/", "!", "#"]),
    st.lists(PARTS, min_size=1, max_size=3),
    st.sampled_from(["", "/", " ", "/ ", "\\ "]),
)
PATHS = st.lists(st.sampled_from(["a", "b", "a b", "é", "!a", "#"]), min_size=1, max_size=4).map("/".join)
PRINTS = st.sampled_from(["", "1" * 32, "2" * 32])
RULES = st.sampled_from(
    ["", "security/secret", "tool/ruff", "tool/ruff/F401", "tool/ruff/a/b", "style/other"]
)
GIVEN = st.lists(
    st.builds(
        Suppression,
        fingerprint=PRINTS,
        rule=RULES,
        path=st.one_of(st.just(""), PATTERNS),
        reason=st.just("r"),
    ).filter(lambda each: bool(each.fingerprint or each.rule or each.path)),
    max_size=8,
)


def finding(path: str, rule: str, first: str, second: str) -> Finding:
    return Finding(
        rule=rule,
        lens="security",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        title="t",
        message="m",
        path=path,
        start_line=None,
        end_line=None,
        anchor="file",
        model="m",
        fingerprint=first,
        fingerprint_v2=second,
    )


@given(GIVEN, PATHS, RULES.filter(bool), PRINTS, PRINTS)
def test_what_names_a_finding_or_a_file_is_found_in_the_order_in_which_it_was_given(
    known: list[Suppression], path: str, rule: str, first: str, second: str
) -> None:
    index, found = index_of(known), finding(path, rule, first, second)
    assert list(index.of_finding(found)) == [each for each in known if each.names(found)]
    covering = [each for each in known if each.path and matcher((each.path,))(path)]
    assert list(index.of_path(path)) == covering


@given(PATTERNS, PATHS)
def test_a_pattern_names_nothing_outside_of_its_folder(pattern: str, path: str) -> None:
    folder = folder_of(pattern)
    if matcher((pattern,))(path):
        assert folder == "" or path.startswith(f"{folder}/")
