import pytest

from chargehand.checks.link_target import find_link_targets
from chargehand.core.diff import FileDiff
from chargehand.core.finding import Claim, Severity
from tests.unit.changes import changed, diff_of


def link(path: str, target: str, old: str | None = None) -> FileDiff:
    file = changed(path, [] if old is None else [old], [target])
    return file.evolve(modes=("" if old is None else "120000", "120000"))


def claims(*files: FileDiff) -> list[Claim]:
    return list(find_link_targets(diff_of(*files)))


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("passwd", "/etc/passwd"),
        ("a/b", "../../secrets"),
        ("a/b", "../.."),
        ("a", ".."),
        ("a", "./../x"),
        ("home", "~/.ssh"),
        ("drive", "C:\\Users"),
        ("share", "\\\\server\\share"),
        ("a/b", "folder/../../b"),
        ("a/b/c", "d/../x"),
        ("a/b/c", "d/./../x"),
        ("hooks", ".git/hooks"),
        ("a/hooks", "../.GIT/hooks"),
    ],
)
def test_a_link_that_can_lead_out_of_the_tree_is_claimed_at_its_target(path: str, target: str) -> None:
    (claim,) = claims(link(path, target))
    assert (claim.rule, claim.severity) == ("security/link-target", Severity.MEDIUM)
    assert (claim.path, claim.line, claim.quote) == (path, 1, target)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("a/b", "../c"),
        ("a/b", "c"),
        ("a/b/c", "../../d/e"),
        ("a", "./b"),
        ("a/b", "./../c"),
        ("a", "..b"),
        ("a", ".gitignore"),
        ("a/b", "..."),
    ],
)
def test_a_link_inside_of_the_tree_is_not_claimed(path: str, target: str) -> None:
    assert claims(link(path, target)) == []


def test_only_links_that_the_change_makes_or_turns_are_looked_at() -> None:
    assert len(claims(link("a", "/new", old="old"))) == 1
    assert claims(link("a", "new", old="/old")) == []
    assert claims(changed("a", [], ["/etc/passwd"]).evolve(modes=("", "100644"))) == []
    assert claims(changed("a", ["/old"], []).evolve(modes=("120000", ""))) == []
    assert claims(FileDiff(path="b", old_path="a", status="renamed", modes=("120000", "120000"))) == []
