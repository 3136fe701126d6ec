"""Decides what a page of ours may do: show itself, and nothing else."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from chargehand.core.escaping import html_for_log
from chargehand.reports.page.markup import NOTHING, Html, block, tag, text


def document(title: str, style: str, *content: Html, script: str = "") -> str:
    """Return a whole page with the style of all pages and its own.

    Its policy forbids to load or send anything, and every script and style but these: not even an attribute
    could add some.
    """
    rules = f"{base_style()}{style}"
    head = block(
        "head",
        Html('<meta charset="utf-8">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{_policy(rules, script)}">'),
        Html('<meta name="referrer" content="no-referrer">'),
        tag("title", Html(html_for_log(text(title)))),
        tag("style", Html(rules)),
    )
    # Where a page is printed, CI runners read its source.
    run = Html(f"<script>{script}</script>") if script else NOTHING
    body = Html(html_for_log(block("body", *content, run)))
    return f"<!doctype html>\n{block('html', head, body, lang='en')}\n"


def base_style() -> str:
    """Return the style that all pages share."""
    return files(__package__).joinpath("base.css").read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    scripts = f" script-src 'sha256-{_digest(script)}';" if script else ""
    return (
        f"default-src 'none'; style-src 'sha256-{_digest(style)}';{scripts} base-uri 'none'; "
        "form-action 'none'"
    )


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()
