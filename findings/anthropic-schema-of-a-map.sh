#!/usr/bin/env bash
# anthropic 2.14.0 with pydantic 2.14.4: transform_schema() turns a map into an object that must be empty.
# One would guess: a field `dict[str, int]` becomes an object with any keys and whole numbers as values, or is
# refused because structured outputs cannot say that.
# What happens: it becomes an object without properties that allows no others, so `{}` is the only valid
# answer. A tuple loses its items, which move into the description, and allows anything.
# Why it matters here: an answer that the schema forces to be empty parses well and reads as "found nothing".
# Write maps as a list of pairs with named fields.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -I -m venv venv
venv/bin/python -I -m pip install --quiet --disable-pip-version-check \
    anthropic==2.14.0 pydantic==2.14.4 jsonschema==4.25.1

cat >transform.py <<'PYTHON'
import json

import anthropic
import jsonschema
from pydantic import BaseModel

class Answer(BaseModel):
    findings_by_file: dict[str, int]
    span: tuple[int, int]

before, after = Answer.model_json_schema(), anthropic.transform_schema(Answer)
for name in ("findings_by_file", "span"):
    field = after["properties"][name]
    print(name, "type", field["type"], "properties", field.get("properties"), "items", field.get("items"))
for answer in ({"findings_by_file": {"a.py": 2}, "span": [1, 2]}, {"findings_by_file": {}, "span": ["x"]}):
    valid = [jsonschema.Draft202012Validator(schema).is_valid(answer) for schema in (before, after)]
    print(json.dumps(answer), "valid before and after:", *valid)
PYTHON
seen=$(venv/bin/python -I transform.py)

expected='findings_by_file type object properties {} items None
span type array properties None items None
{"findings_by_file": {"a.py": 2}, "span": [1, 2]} valid before and after: True False
{"findings_by_file": {}, "span": ["x"]} valid before and after: False True'
diff -u <(echo "$expected") <(echo "$seen") || {
    echo "changed: the lines with + are new" >&2
    exit 1
}
echo "as described: $(basename "$0")"
