"""Decides which JSON schemas the grammar compiler takes, and what the least instance of one is."""

import re
from collections.abc import Iterator

from tests.messages_api.wire import BadRequest, Json

MAX_OPTIONAL = 24
MAX_UNIONS = 16
MAX_STRICT_TOOLS = 20

_BOUNDS = frozenset(
    {
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("minLength", "maxLength", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
    }
)
_LEAST: dict[object, object] = {"integer": 0, "number": 0, "boolean": False, "string": ""}
_UNKNOWN_TO_GRAMMAR = re.compile(r"\(\?[=!<]|\\[1-9bB]")


def refuse_unsupported(schemas: list[Json]) -> None:
    """Raise `BadRequest` where the schemas of one request cannot be compiled together."""
    nodes = [node for schema in schemas for node in _nodes(schema)]
    for node in nodes:
        _check_keywords(node)
        _check_object(node)
        _check_enum(node)
    for schema in schemas:
        _check_references(schema)
    optional = sum(len(set(node.get("properties", ())) - set(node.get("required", ()))) for node in nodes)
    unions = sum("anyOf" in node or isinstance(node.get("type"), list) for node in nodes)
    if optional > MAX_OPTIONAL or unions > MAX_UNIONS:
        raise BadRequest(
            "Schema is too complex for compilation: "
            f"{optional} optional parameters (limit {MAX_OPTIONAL}), {unions} unions (limit {MAX_UNIONS})"
        )


def complete(schema: Json, value: object, root: Json | None = None) -> object:
    """Return `value` with every required property that it lacks, each the least that there is.

    A property that the schema does not have is a `ValueError`: no grammar would let it through.
    """
    top = root or schema
    node = _resolved(schema, top)
    if isinstance(value, dict) and "properties" in node:
        unknown = set(value) - set(node["properties"])
        if unknown:
            raise ValueError(f"the schema of the answer has no {min(unknown)!r}")
        missing = [name for name in node.get("required", ()) if name not in value]
        filled = {name: least(node["properties"][name], top) for name in missing}
        given = {name: complete(node["properties"].get(name, {}), each, top) for name, each in value.items()}
        return {**given, **filled}
    if isinstance(value, list) and "items" in node:
        return [complete(node["items"], each, top) for each in value]
    return value


def least(schema: Json, root: Json | None = None) -> object:
    """Return the least instance of a schema: "", 0, [], the first choice of an enum."""
    top = root or schema
    node = _resolved(schema, top)
    choices = node.get("enum", [node["const"]] if "const" in node else [])
    if choices:
        return choices[0]
    if node.get("type") == "object":
        return complete(node, {}, top)
    if node.get("type") == "array":
        return [least(node["items"], top)] * int(node.get("minItems", 0))
    return _LEAST.get(node.get("type"))


def _nodes(node: object) -> Iterator[Json]:
    """Yield a schema and every schema in it, references not followed."""
    if not isinstance(node, dict):
        raise BadRequest("output_config.format.schema: every schema must be an object")
    yield node
    for holder in ("properties", "$defs"):
        for each in node.get(holder, {}).values():
            yield from _nodes(each)
    for keyword in ("anyOf", "allOf", "oneOf"):
        for each in node.get(keyword, ()):
            yield from _nodes(each)
    if "items" in node:
        yield from _nodes(node["items"])


def _check_keywords(node: Json) -> None:
    bounds = _BOUNDS & set(node)
    if bounds:
        raise _unsupported(f"property '{min(bounds)}' is not supported")
    if node.get("minItems", 0) not in (0, 1):
        raise _unsupported("'minItems' values other than 0 or 1 are not supported")
    if _UNKNOWN_TO_GRAMMAR.search(str(node.get("pattern", ""))):
        raise _unsupported("lookaround, backreferences and word boundaries in 'pattern' are not supported")


def _check_object(node: Json) -> None:
    if (node.get("type") == "object" or "properties" in node) and node.get(
        "additionalProperties"
    ) is not False:
        raise _unsupported("for 'object' type, 'additionalProperties' must be explicitly set to false")


def _check_enum(node: Json) -> None:
    if any(isinstance(member, (dict, list)) for member in node.get("enum", ())):
        raise _unsupported("enum members must be strings, numbers, booleans or null")


def _check_references(schema: Json) -> None:
    """Refuse references to elsewhere, and definitions that come back to themselves."""
    definitions = schema.get("$defs", {})
    todo: list[tuple[Json, tuple[str, ...]]] = [(schema, ("#",))]
    while todo:
        start, trail = todo.pop()
        inner = {key: value for key, value in start.items() if key != "$defs"}
        for reference in {node["$ref"] for node in _nodes(inner) if "$ref" in node}:
            if reference in trail:
                raise _unsupported(f"recursive reference {reference!r}")
            name = reference.removeprefix("#/$defs/")
            if name not in definitions:
                raise _unsupported(f"reference {reference!r} is external or points nowhere")
            todo.append((definitions[name], (*trail, reference)))


def _resolved(schema: Json, root: Json) -> Json:
    node = schema
    while "$ref" in node:
        node = root["$defs"][node["$ref"].removeprefix("#/$defs/")]
    for choice in node.get("anyOf", ()):
        return _resolved(choice, root)
    return node


def _unsupported(problem: str) -> BadRequest:
    return BadRequest(f"output_config.format.schema: {problem}")
