"""Tells a pointer of Git LFS from the content that it stands for."""

import re

from chargehand.core.diff import FileDiff

POINTER = "version https://git-lfs.github.com/spec/v1"


def is_pointer(file: FileDiff) -> bool:
    """Tell whether the lines of a file are a pointer of Git LFS and no more."""
    if len(file.hunks) != 1 or file.hunks[0].new_start > 1 or len(file.hunks[0].body) > 2_000:
        return False
    lines = [line.text for line in file.lines() if line.kind != "-"]
    return bool(lines) and lines[0] == POINTER and all(_is_key(line) for line in lines)


def _is_key(line: str) -> bool:
    return re.fullmatch(r"(?:version|oid|size|ext-\d-\w+) \S+", line) is not None
