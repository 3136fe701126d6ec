"""Decides which position GitLab takes, by the diff of the version that it names."""

import re

from tests.gitlab_api.diff import Changed, Shown, files_of
from tests.gitlab_api.errors import ApiError
from tests.gitlab_api.project import Json, Project

_REQUIRED = ("base_sha", "start_sha", "head_sha", "position_type")
_NO_LINE_CODE = 'Note {:line_code=>["can\'t be blank", "must be a valid line code"]}'


def checked(position: Json, project: Project) -> Json:
    """Return the position as GitLab keeps it; raise the error with which it refuses one."""
    for name in _REQUIRED:
        if not position.get(name):
            raise ApiError(400, f"position[{name}] is missing", key="error")
    if position["position_type"] not in ("text", "file"):
        raise ApiError(400, "position[position_type] does not have a valid value", key="error")
    file = _file(position, project)
    if file is None:
        raise ApiError(400, f"400 Bad request - {_NO_LINE_CODE}")
    if position["position_type"] == "text":
        _check_line(position, file)
        _check_range(position.get("line_range"), file)
    return {"line_range": None, "old_line": None, "new_line": None, **position}


def _file(position: Json, project: Project) -> Changed | None:
    """Return the file that a position is about, in the version whose three commits it names."""
    refs = {name: position[name] for name in _REQUIRED[:3]}
    paths = (position.get("old_path"), position.get("new_path"))
    for version in project.versions:
        if version.refs() == refs:
            named = (file for file in files_of(version.diff) if (file.old_path, file.new_path) == paths)
            return next(named, None)
    return None


def _check_line(position: Json, file: Changed) -> None:
    wanted = (position.get("old_line"), position.get("new_line"))
    if not any(_numbers(line) == wanted for line in file.lines):
        raise ApiError(400, f"400 Bad request - {_NO_LINE_CODE}")


def _numbers(line: Shown) -> tuple[int | None, int | None]:
    """Return what names a line: both numbers if it did not change, else that of its own side."""
    return (None if line.kind == "+" else line.old, None if line.kind == "-" else line.new)


def _check_range(given: Json, file: Changed) -> None:
    if given is None:
        return
    codes = {file.code(line) for line in file.lines}
    for end in ("start", "end"):
        code = (given.get(end) or {}).get("line_code")
        if not isinstance(code, str) or not re.fullmatch(r"[0-9a-f]{40}_\d+_\d+", code):
            raise ApiError(400, f"position[line_range][{end}][line_code] is missing", key="error")
        if code not in codes:
            raise ApiError(400, '400 Bad request - Note {:position=>["should be a valid json schema"]}')
