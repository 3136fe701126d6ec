"""Decides what a page of ours may do: show itself, and nothing else."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from chargehand.core.escaping import html_for_log
from chargehand.reports.page.markup import Html, block, tag, text


def document(title: str, style: str, *content: Html) -> str:
    """Return a whole page with the style of all pages and its own.

    Its policy forbids to load or send anything, and every script, and every style but this one: not even
    an attribute could add some.
    """
    rules = f"{base_style()}{style}"
    head = block(
        "head",
        Html('<meta charset="utf-8">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{_policy(rules)}">'),
        Html('<meta name="referrer" content="no-referrer">'),
        tag("title", Html(html_for_log(text(title)))),
        tag("style", Html(rules)),
    )
    # Where a page is printed, CI runners read its source.
    body = Html(html_for_log(block("body", *content)))
    return f"<!doctype html>\n{block('html', head, body, lang='en')}\n"


def base_style() -> str:
    """Return the style that all pages share."""
    return files(__package__).joinpath("base.css").read_text(encoding="utf-8")


def _policy(style: str) -> str:
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
