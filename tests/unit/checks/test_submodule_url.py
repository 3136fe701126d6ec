import pytest

from chargehand.checks.submodule_url import find_submodule_urls
from chargehand.core.finding import Claim, Severity
from tests.unit.changes import added, changed, diff_of

OLD = ['[submodule "lib"]', "\tpath = lib", "\turl = https://git.example/lib"]


def claims(old: list[str], new: list[str], path: str = ".gitmodules") -> list[Claim]:
    return list(find_submodule_urls(diff_of(changed(path, old, new))))


@pytest.mark.parametrize("line", ["\turl = https://b.example/lib", "URL=../lib", '[submodule "lib"] url = x'])
def test_each_new_address_is_claimed(line: str) -> None:
    (claim,) = claims(OLD, [*OLD[:2], line])
    assert (claim.rule, claim.severity) == ("security/submodule-url", Severity.LOW)
    assert (claim.line, claim.quote) == (3, line)
    assert len(list(find_submodule_urls(diff_of(added(".gitmodules", *OLD, *OLD))))) == 2


def test_other_keys_other_files_and_removed_addresses_are_not_claimed() -> None:
    assert claims(OLD, [OLD[0], "\tpath = other", OLD[2]]) == []
    assert claims(OLD, [*OLD, "\tbranch = main", "\t# url = x"]) == []
    assert claims(OLD, OLD[:2]) == []
    assert claims([], OLD, "vendor/.gitmodules") == []
