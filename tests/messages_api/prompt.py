"""Decides what a prompt consists of: its blocks in the order in which they are hashed, and its texts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.messages_api.wire import Json, compact

_LENS = re.compile(r"Lens: (\S.*)")


@dataclass(frozen=True)
class Block:
    """One block. `turn` counts messages, 0 before the first; `ttl` is set where it carries a breakpoint."""

    text: str
    content: str
    turn: int = 0
    ttl: str | None = None


def blocks_of(body: Json) -> tuple[Block, ...]:
    """Return tools, then system, then messages; a top-level breakpoint sits on the last block."""
    found = [*_tools(body), *_system(body), *_messages(body)]
    whole = body.get("cache_control")
    if whole and found:
        last = found[-1]
        found[-1] = Block(last.text, last.content, last.turn, whole.get("ttl", "5m"))
    return tuple(found)


def material(body: Json) -> str:
    """Return every text but the first, joined by LF: instructions come first, with examples of their own."""
    texts = [block.text for block in (*_system(body), *_messages(body))]
    return "\n".join(texts[1:] or texts)


def last_user_text(body: Json) -> str:
    """Return the last text block of the last user turn."""
    turns = [message for message in body["messages"] if message["role"] == "user"]
    texts = [block["text"] for turn in turns[-1:] for block in as_blocks(turn["content"]) if "text" in block]
    return str(texts[-1]) if texts else ""


def lens_of(body: Json) -> str | None:
    """Return NAME where the last user text begins with the line `Lens: NAME`."""
    match = _LENS.match(last_user_text(body))
    return match.group(1).strip() if match else None


def as_blocks(content: object) -> list[Json]:
    """Return the blocks of a system prompt or a turn; a string is one text block."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return list(content) if isinstance(content, list) else []


def _tools(body: Json) -> Iterator[Block]:
    for tool in body.get("tools") or ():
        yield _block(tool, 0)


def _system(body: Json) -> Iterator[Block]:
    for block in as_blocks(body.get("system")):
        yield _block(block, 0)


def _messages(body: Json) -> Iterator[Block]:
    for turn, message in enumerate(body["messages"], 1):
        for block in as_blocks(message["content"]):
            yield _block(block, turn, message["role"])


def _block(block: Json, turn: int, role: str = "") -> Block:
    control = block.get("cache_control")
    bare = {key: value for key, value in block.items() if key != "cache_control"}
    text = block["text"] if block.get("type") == "text" else compact(bare)
    return Block(text, role + compact(bare), turn, control.get("ttl", "5m") if control else None)
