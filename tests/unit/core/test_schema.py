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
    ours = schema_of(answer)
    for name, definition in expected.get("$defs", {}).items():
        if "enum" in definition:  # the SDK drops the type beside an enum
            definition.setdefault("type", ours["$defs"][name]["type"])
    for definition in (expected, *expected.get("$defs", {}).values()):
        for field in definition.get("properties", {}).values():
            if "enum" in field:
                field.setdefault("type", "string")
    assert ours == expected


def test_a_field_that_is_called_title_stays() -> None:
    assert "title" in schema_of(WorkerAnswer)["$defs"]["ClaimAnswer"]["properties"]


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
