"""Whether a text was made by a machine, at random, or is made of words."""

import re

# Pairs of letters that words are full of; of random letters they are one in five.
_COMMON = (
    "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me "
    "de hi ri ro ic ne ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot "
    "il tr ly nc et ut ss so rs un lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai "
    "sh ir su id os iv ia am fi ci vi pl ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke ui ap ey ok "
    "rd "
)
_PAIRS = frozenset(_COMMON.split())
_LETTERS = re.compile(r"[A-Za-z]{2,}")
_HEX = re.compile(r"[0-9a-f]{14,}|[0-9A-F]{14,}")
_TURN = re.compile(r"(?<=[A-Za-z])[0-9]|(?<=[0-9])[A-Za-z]")
SHORTEST_RANDOM = 12


def is_random(text: str) -> bool:
    """Tell a text of random letters and digits from words, names and numbers."""
    core = re.sub(r"[^A-Za-z0-9]", "", text)
    if len(core) < SHORTEST_RANDOM or len(set(core)) < 7:
        return False
    turns = len(_TURN.findall(core))
    if _HEX.fullmatch(core):
        return turns >= 4
    share = _share_of_words(text)
    if turns < 2 or turns * 14 < len(core):
        has_both = core.lower() != core != core.upper()
        return has_both and share < 0.3 and not _is_in_words(core)
    return share < (0.65 if turns * 4 >= len(core) else 0.45)


def _share_of_words(text: str) -> float:
    pairs = [
        run[place : place + 2].lower() for run in _LETTERS.findall(text) for place in range(len(run) - 1)
    ]
    return sum(pair in _PAIRS for pair in pairs) / len(pairs) if pairs else 0.0


def _is_in_words(core: str) -> bool:
    return len(re.findall(r"[A-Z][a-z]{2,}", core)) * 5 > len(core)
