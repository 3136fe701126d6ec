"""Writes the model of a lens into a file of settings, and changes nothing else in it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import tomli

from chargehand.config.file import SHARED, read_config_text
from chargehand.core.errors import InputError
from chargehand.reports.write import write

_MODEL = re.compile(r"\s*model\s*=.*")


def as_toml(models: Mapping[str, str], prefix: str = "") -> str:
    """Return the settings as they stand in a file."""
    return "\n".join(
        f"[{prefix}lenses.{lens}]\nmodel = {json.dumps(model)}\n" for lens, model in models.items()
    )


def write_models(path: Path, models: Mapping[str, str]) -> None:
    """Set these models in the file at `path`, which is made if it is not there.

    Raises InputError if that cannot be done line by line, and then leaves the file as it is.
    """
    prefix = "tool.chargehand." if path.name == SHARED else ""
    text = read_config_text(path) if path.exists() else ""
    changed = text
    for lens, model in models.items():
        changed = _with_model(changed, f"[{prefix}lenses.{lens}]", model)
    if not _is_meant(text, changed, models, prefix):
        raise InputError(
            f"{path} was not changed: its settings of lenses do not stand in tables of their own. Write "
            "there:\n" + as_toml(models, prefix)
        )
    write(path, changed)


def _with_model(text: str, header: str, model: str) -> str:
    rows = text.split("\n")
    setting = f"model = {json.dumps(model)}"
    at = next((index for index, row in enumerate(rows) if row.split("#")[0].strip() == header), None)
    if at is None:
        return f"{text.rstrip()}\n\n{header}\n{setting}\n".lstrip("\n")
    end = next(
        (index for index in range(at + 1, len(rows)) if rows[index].lstrip().startswith("[")), len(rows)
    )
    old = next((index for index in range(at + 1, end) if _MODEL.fullmatch(rows[index])), None)
    if old is None:
        rows.insert(at + 1, setting)
    else:
        rows[old] = setting
    return "\n".join(rows)


def _is_meant(before: str, after: str, models: Mapping[str, str], prefix: str) -> bool:
    """Tell whether the text sets these models, and everything else as before."""
    try:
        old, new = tomli.loads(before), tomli.loads(after)
    except tomli.TOMLDecodeError:
        return False
    for tree in (old, new):
        table = tree
        for name in (*prefix.split(".")[:-1], "lenses"):
            table = table.setdefault(name, {})
        for lens in models:
            settings = table.setdefault(lens, {})
            if tree is new and settings.get("model") != models[lens]:
                return False
            settings.pop("model", None)
    return old == new
