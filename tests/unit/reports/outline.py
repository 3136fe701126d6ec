"""What a page of ours is made of, read back by a parser of HTML that others wrote."""

import re
from html.parser import HTMLParser

VOID = {"meta", "br", "wbr"}
FETCHING = {
    "script",
    "link",
    "img",
    "iframe",
    "object",
    "embed",
    "form",
    "base",
    "use",
    "image",
    "audio",
    "video",
}
LOADING = {"src", "srcset", "action", "xlink:href", "background", "style", "ping"}


class Outline(HTMLParser):
    """Reads a page as a browser does, and notes its elements, attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self.feed(text)
        self.close()

    @property
    def text(self) -> str:
        """All text but that of the style."""
        return "\n".join(words for path, words in self.texts if path and path[-1] != "style")

    def all(self, name: str) -> list[dict[str, str | None]]:
        """Return the attributes of each element of that name."""
        return [attributes for each, attributes in self.elements if each == name]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), f"{tag} names an attribute twice"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((tuple(self.open), data))


def check_harmless(page: str) -> Outline:
    """Fail if an element stays open, or if the page could load, send or run anything."""
    outline = Outline(page)
    assert outline.open == []
    assert not {name for name, _ in outline.elements} & FETCHING
    keys = {key for _, attributes in outline.elements for key in attributes}
    assert not keys & LOADING
    assert not any(key.startswith("on") for key in keys)
    for link in outline.all("a"):
        assert re.match(r"#|https?://", link["href"] or "")
    style = "".join(words for path, words in outline.texts if path[-1:] == ("style",))
    assert not re.search(r"url\(|@import|expression|</", style)
    return outline


def check_accessible(page: str) -> None:
    """Fail if a screen reader or a keyboard lacks something, as far as that shows without a browser."""
    outline = Outline(page)
    assert outline.all("html") == [{"lang": "en"}]
    assert len(outline.all("main")) == len(outline.all("h1")) == 1
    assert page.partition("</head>")[0].count("<title>") == 1
    levels = [int(name[1]) for name, _ in outline.elements if re.fullmatch("h[1-6]", name)]
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False)), levels
    ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for name, attributes in outline.elements:
        assert attributes.get("aria-labelledby", ids[0] if ids else None) in [*ids, None]
        assert attributes.get("tabindex", "0") == "0"
        if "tabindex" in attributes or name == "nav":
            assert attributes.get("aria-label")
        if name == "svg":
            assert attributes.get("aria-hidden") == "true" or attributes.get("role") == "img"
        if name == "th":
            assert attributes.get("scope") in {"row", "col"}
        if (attributes.get("href") or "").startswith("#"):
            assert (attributes["href"] or "")[1:] in ids
    for element in ("a", "summary", "th", "h1", "h2", "h3", "h4", "caption", "title"):
        _check_named(page, element)
    assert len(outline.all("table")) == len(outline.all("caption"))


def _check_named(page: str, element: str) -> None:
    for inside in re.findall(rf"<{element}(?: [^>]*)?>(.*?)</{element}>", page, re.DOTALL):
        assert re.sub("<[^>]*>", "", inside).strip(), f"a {element} has no name"
