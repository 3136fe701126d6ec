"""The example and the page about settings tell the truth, and all of it."""

import re
from pathlib import Path

from chargehand.change import NoRepository
from chargehand.change.diff.rules import OVERRIDABLE
from chargehand.checks import CHECKS
from chargehand.config import VARIABLES, Settings, find_config, load_settings
from chargehand.config.tables import TABLES
from chargehand.core.change import Change, Rules

ROOT = Path(__file__).parents[3]
EXAMPLE = (ROOT / "examples/chargehand.toml").read_text()
PAGE = (ROOT / "docs/configuration.md").read_text()


def loaded(text: str, folder: Path) -> Settings:
    (folder / ".chargehand.toml").write_text(text)
    checkout = NoRepository(cwd=folder, reason="none")
    return load_settings(
        find_config(checkout, Change(source="stdin", diff=b"", rules=Rules(origin="folder"))), {}, {}
    )


def test_the_example_as_it_stands_is_the_defaults(tmp_path: Path) -> None:
    assert loaded(EXAMPLE, tmp_path) == Settings()


def test_every_setting_that_has_a_default_is_set_in_the_example(tmp_path: Path) -> None:
    settings = loaded(EXAMPLE, tmp_path)
    unset = {name for name, default in Settings() if default is None}
    assert vars(settings).keys() == set(Settings.field_names()) - unset - {
        "lenses",
        "prices",
        "suppressions",
    }
    bounds = {"max_changed_lines", "max_line_bytes"}
    assert vars(settings.paths).keys() == set(TABLES["paths"].field_names()) - bounds
    assert vars(settings.plan).keys() == set(TABLES["plan"].field_names()) - {"focus_lines"}
    assert vars(settings.gate).keys() == set(TABLES["gate"].field_names()) - {"confidence"}
    assert vars(settings.comments).keys() == set(TABLES["comments"].field_names())
    assert vars(settings.checks).keys() == set(TABLES["checks"].field_names())


def test_with_what_is_commented_out_the_example_loads_and_is_complete(tmp_path: Path) -> None:
    settings = loaded(re.sub(r"(?m)^#(?=\S)", "", EXAMPLE), tmp_path)
    assert vars(settings).keys() == set(Settings.field_names())
    assert vars(settings.models).keys() == set(TABLES["models"].field_names())
    (suppression,) = settings.suppressions
    assert vars(suppression).keys() == set(TABLES["suppressions"].field_names())
    assert vars(settings.gate).keys() == set(TABLES["gate"].field_names())
    told = {name for lens in settings.lenses.values() for name in vars(lens)}
    assert told == set(TABLES["lenses"].field_names())
    (price,) = settings.prices.values()
    assert vars(price).keys() == set(TABLES["prices"].field_names())
    assert settings.active_lenses()[-1].name == "api-stability"


def test_the_page_names_every_setting_and_every_variable() -> None:
    keys = [*Settings.field_names(), *(key for table in TABLES.values() for key in table.field_names())]
    for name in (*keys, *VARIABLES):
        assert f"`{name}`" in PAGE or f"[{name}" in PAGE, name


def test_the_page_and_the_example_name_every_check_and_every_reason() -> None:
    for name in (*CHECKS, *(reason.value for reason in OVERRIDABLE)):
        assert f"`{name}`" in PAGE
        assert name in EXAMPLE


def test_the_page_names_the_defaults() -> None:
    settings = Settings()
    for name in ("fleet", "fail_on", "on_incomplete", "threads"):
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` "))
        assert str(getattr(settings, name)) in row.split("|")[3]
    assert '| `on_unread` | `"fail"`, `"warn"`, or a table of patterns | `"fail"` |' in PAGE
    for name in ("small_change_files", "small_change_lines"):
        assert f"`{name}` ({getattr(settings.plan, name)})" in PAGE
