"""The JSON Schemas that ship with the package, and what each objects to."""

import json
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator

Document = Any  # Any: what json.loads gives

SCHEMAS: dict[str, Document] = {
    path.name.partition(".")[0]: json.loads(path.read_text("utf-8"))
    for path in files("chargehand").joinpath("reports/schemas").iterdir()
}


def objections(name: str, found: Document) -> list[str]:
    """Return what the schema of this name has against a document."""
    errors = Draft202012Validator(SCHEMAS[name]).iter_errors(found)
    return [f"{error.json_path}: {error.message}" for error in errors]
