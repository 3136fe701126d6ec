"""The prompts: the Markdown files of this folder, with named fields filled in."""

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from string import Template

from chargehand.lenses import BUILT_IN_LENSES, severity_of

_FRAME = re.compile(r"^<material ([0-9a-f]{16})>\n(.*?)\n</material \1>$", re.MULTILINE | re.DOTALL)


def render(name: str, **fields: str) -> str:
    """Return the text of `name`.md with its fields filled in.

    Values are taken as they are: a `$` in one is never a field. A field that is missing, or that the
    file does not have, raises TypeError.
    """
    template = Template(_text(name))
    wanted = fields_of(template)
    if wanted != fields.keys():
        raise TypeError(f"{name}.md takes the fields {sorted(wanted)}, not {sorted(fields)}")
    return template.substitute(fields)


def worker_instructions(project: str = "") -> str:
    """Return what every worker reads first, with the instructions of the project if it has any."""
    own = render("worker_project", instructions=project.strip()) if project.strip() else ""
    return render("worker", scale=render("scale").strip(), project=own).rstrip() + "\n"


@cache
def judge_instructions(
    lenses: frozenset[str] = frozenset(BUILT_IN_LENSES), *, is_about_one: bool = False
) -> str:
    """Return what the judge reads first: the scale of the workers, and how each lens grades by it.

    For a judge that `is_about_one` claim, which nothing can be merged into, they are shorter.
    """
    asked = (lens for lens in BUILT_IN_LENSES if lens in lenses)
    own = {lens: severity_of(lens).removeprefix("Severity is ") for lens in asked}
    grading = "\n".join(f"{lens}: {severity}" for lens, severity in own.items() if severity)
    name = "judge_one" if is_about_one else "judge"
    return render(name, scale=render("scale").strip(), grading=grading and f"{grading}\n")


def fields_of(template: Template) -> frozenset[str]:
    """Return the names of the fields; a `$` that begins none raises ValueError."""
    found = [match.groupdict() for match in template.pattern.finditer(template.template)]
    if any(each["invalid"] is not None for each in found):
        raise ValueError(f"a $ in the template begins no field: {template.template!r}")
    return frozenset(name for each in found if (name := each["named"] or each["braced"]))


def frame(text: str, name: str = "material") -> str:
    """Return untrusted text between two lines that it cannot forge, since it does not hold their tag."""
    tag = _tag_for(text)
    return f"<{name} {tag}>\n{text}\n</{name} {tag}>"


def framed_in(*texts: str) -> Iterator[str]:
    """Yield the untrusted text of each frame in the parts of a prompt."""
    for text in texts:
        yield from (found[2] for found in _FRAME.finditer(text))


@cache
def _text(name: str) -> str:
    return files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8")


def _tag_for(text: str) -> str:
    """Return 16 hex digits that do not occur in `text`, the same ones for the same text."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    while digest[:16] in text:
        digest = hashlib.sha256(digest.encode()).hexdigest()
    return digest[:16]
