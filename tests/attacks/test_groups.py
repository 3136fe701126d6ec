"""Each group of attacks has its section in docs/security.md, which says what is defended and what is not."""

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "security.md"


def test_each_group_has_a_section_and_each_section_that_names_a_group_has_one() -> None:
    files = {path.name for path in HERE.glob("test_*.py")} - {Path(__file__).name}
    sections = PAGE.read_text("utf-8").split("\n## ")[1:]
    named = [
        re.findall(r"^Tried in `tests/attacks/(\w+\.py)`\.$", section, re.MULTILINE) for section in sections
    ]
    assert sorted(name for names in named for name in names) == sorted(files)
    for section, names in zip(sections, named, strict=True):
        assert not names or "**Not defended.**" in section
