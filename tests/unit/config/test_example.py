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
    unset = {name for name, field in Settings.model_fields.items() if field.default is None}
    assert settings.model_fields_set == Settings.model_fields.keys() - unset - {
        "lenses",
        "prices",
        "suppressions",
    }
    bounds = {"max_changed_lines", "max_line_bytes"}
    assert settings.paths.model_fields_set == TABLES["paths"].model_fields.keys() - bounds
    assert settings.plan.model_fields_set == TABLES["plan"].model_fields.keys()
    assert settings.gate.model_fields_set == TABLES["gate"].model_fields.keys() - {"confidence"}
    assert settings.comments.model_fields_set == TABLES["comments"].model_fields.keys()
    assert settings.checks.model_fields_set == TABLES["checks"].model_fields.keys()


def test_with_what_is_commented_out_the_example_loads_and_is_complete(tmp_path: Path) -> None:
    settings = loaded(re.sub(r"(?m)^#(?=\S)", "", EXAMPLE), tmp_path)
    assert settings.model_fields_set == Settings.model_fields.keys()
    assert settings.models.model_fields_set == TABLES["models"].model_fields.keys()
    (suppression,) = settings.suppressions
    assert suppression.model_fields_set == TABLES["suppressions"].model_fields.keys()
    assert settings.gate.model_fields_set == TABLES["gate"].model_fields.keys()
    told = {name for lens in settings.lenses.values() for name in lens.model_fields_set}
    assert told == TABLES["lenses"].model_fields.keys()
    (price,) = settings.prices.values()
    assert price.model_fields_set == TABLES["prices"].model_fields.keys()
    assert settings.active_lenses()[-1].name == "api-stability"


def test_the_page_names_every_setting_and_every_variable() -> None:
    keys = [*Settings.model_fields, *(key for table in TABLES.values() for key in table.model_fields)]
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
