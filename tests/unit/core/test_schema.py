from typing import Annotated, Any, Literal

import anthropic
import pytest
from pydantic import BaseModel, Field

from chargehand.core.schema import schema_of, schema_text
from chargehand.pipeline.answers import JudgeAnswer, PlanAnswer, WorkerAnswer


def without_prose(node: Any) -> Any:  # Any: a JSON schema
    if isinstance(node, list):
        return [without_prose(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: without_prose(each) for name, each in value.items()}
        if key in {"properties", "$defs"}
        else without_prose(value)
        for key, value in node.items()
        if key not in {"title", "description"}
    }


@pytest.mark.parametrize("answer", [PlanAnswer, WorkerAnswer, JudgeAnswer])
def test_what_is_sent_is_what_the_sdk_would_send_without_the_prose(answer: type[BaseModel]) -> None:
    expected = without_prose(anthropic.transform_schema(answer))
    assert schema_of(answer) == in_place(expected, expected.get("$defs", {}))


def in_place(node: Any, defs: Any) -> Any:  # Any: a JSON schema
    """Return it with each definition where it is used, and without a type beside an enum."""
    if isinstance(node, list):
        return [in_place(each, defs) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return in_place(defs[node["$ref"].removeprefix("#/$defs/")], defs)
    dropped = {"$defs", *(("type",) if "enum" in node else ())}
    return {key: in_place(each, defs) for key, each in node.items() if key not in dropped}


def test_a_field_that_is_called_title_stays() -> None:
    assert "title" in schema_of(WorkerAnswer)["properties"]["claims"]["items"]["properties"]


def test_bounds_that_the_api_refuses_are_left_out_and_what_has_a_default_may_be() -> None:
    class Odd(BaseModel):
        count: int = Field(default=1, ge=1, le=9)
        names: Annotated[list[str], Field(max_length=3)]
        kind: Literal["a"] | int

    assert schema_of(Odd) == {
        "type": "object",
        "properties": {
            "count": {"type": "integer"},
            "names": {"type": "array", "items": {"type": "string"}},
            "kind": {"anyOf": [{"const": "a", "type": "string"}, {"type": "integer"}]},
        },
        "required": ["names", "kind"],
        "additionalProperties": False,
    }


def test_a_map_is_refused() -> None:
    class Map(BaseModel):
        names: dict[str, int]

    with pytest.raises(TypeError, match="holds a map"):
        schema_of(Map)


def test_the_text_is_compact() -> None:
    assert " " not in schema_text(WorkerAnswer)
