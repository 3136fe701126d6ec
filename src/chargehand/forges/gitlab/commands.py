"""Decides how text of others is kept from being a command: GitLab runs `/merge` at the start of a line.

It would run it with our token: https://docs.gitlab.com/user/project/quick_actions/
"""

import re

_COMMAND = re.compile(r"^([ \t]*(?:>[ \t>]*)?)/(?=[A-Za-z_])")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")


def without_commands(body: str) -> str:
    """Return the body with no line that GitLab could take for a quick action; it looks the same.

    It passes over blocks of code between three backticks. Between more of them (there are three within) a
    code line that looks like a command is indented, and nobody can commit the block any more: what is shown
    would not be what was meant.
    """
    written: list[str] = []
    opened, start = "", 0
    for line in body.split("\n"):
        fence = _FENCE.match(line)
        if not opened:
            written.append(_COMMAND.sub(r"\1\\/", line))
            if fence:
                opened, start = fence[1], len(written) - 1
        elif fence and fence[1].startswith(opened) and not fence[2].strip():
            opened = ""
            written.append(line)
        elif opened != "```" and _COMMAND.match(line):
            written[start] = opened
            written.append(f"\u2060{line}")
        else:
            written.append(line)
    return "\n".join(written)
