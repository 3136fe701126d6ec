"""Every JSON Schema of ours is valid, strict, and describes every field."""

from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator

from tests.contract.our_schemas import SCHEMAS, Document


def objects(schema: Document, path: str) -> Iterator[tuple[str, Document]]:
    """Yield every schema of an object, with its path."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield path, schema
        for key, value in schema.items():
            yield from objects(value, f"{path}.{key}")
    elif isinstance(schema, list):
        for number, value in enumerate(schema):
            yield from objects(value, f"{path}[{number}]")


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_itself_valid(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_strict_and_describes_every_field(name: str) -> None:
    found = dict(objects(SCHEMAS[name], name))
    assert len(found) > 5
    for path, schema in found.items():
        if "properties" not in schema:  # sums by role, by model, by lens
            assert schema["additionalProperties"]["$ref"] in {"#/$defs/part", "#/$defs/money"}, path
            continue
        assert schema["additionalProperties"] is False, path
        assert schema["required"] == list(schema["properties"]), path
        assert all(field.get("description") for field in schema["properties"].values()), path
