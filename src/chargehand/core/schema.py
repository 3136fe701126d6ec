"""The JSON schema of an answer in the dialect that the Messages API takes."""

import json
from functools import cache
from typing import Any

from pydantic import BaseModel

# Instructions stand in the prompts; here they would be paid for twice.
_NOISE = frozenset({"title", "description", "default"})
# The API refuses these: platform.claude.com/docs/en/build-with-claude/structured-outputs
_BOUNDS = frozenset(
    {
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "minItems",
        "maxItems",
        "uniqueItems",
    }
)


@cache
def schema_of(answer: type[BaseModel]) -> dict[str, Any]:  # Any: a JSON schema
    """Return the schema that is sent for `answer`: objects closed, fields required that have no default.

    What pydantic defines apart stands where it is used, which is shorter: each is used once or twice. Raises
    TypeError for a map, whose keys the API cannot describe. The caller must not change the result.
    """
    whole = answer.model_json_schema()
    return _schema(whole, whole.get("$defs", {}))


@cache
def schema_text(answer: type[BaseModel]) -> str:
    """Return the schema as compact JSON."""
    return json.dumps(schema_of(answer), separators=(",", ":"), sort_keys=True)


def _schema(node: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:  # Any: a JSON schema
    node = defs[node["$ref"].rpartition("/")[2]] if "$ref" in node else node
    kept: dict[str, Any] = {}  # Any: a JSON schema
    for key, value in node.items():
        if key == "properties":
            kept[key] = {name: _schema(each, defs) for name, each in value.items()}
        elif key == "items":
            kept[key] = _schema(value, defs)
        elif key in {"anyOf", "oneOf", "allOf"}:
            kept["anyOf" if key == "oneOf" else key] = [_schema(each, defs) for each in value]
        elif key == "additionalProperties" and value is not False:
            raise TypeError("an answer holds a map; the API can only describe objects with known fields")
        elif key not in _NOISE | _BOUNDS | {"$defs"} and not (key == "type" and "enum" in node):
            kept[key] = value
    if kept.get("type") == "object":
        properties = node.get("properties", {})
        kept["required"] = [name for name, each in properties.items() if "default" not in each]
        kept["additionalProperties"] = False
    return kept
