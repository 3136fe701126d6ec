"""How the place of a finding is named, and which page of a forge it leads to."""

from chargehand.core.change import Change
from chargehand.core.finding import Finding
from chargehand.reports.page.markup import Html, path_text, tag, text
from chargehand.reports.places import is_inside, place_of


def where(finding: Finding, change: Change) -> Html:
    """Return the place of a finding, which leads to the reviewed commit's lines if their page is known."""
    place = place_of(finding)
    if place is None:
        return text("no place in the diff")
    if place.is_whole_file:
        return linked(place.path, change, place.path, None, None)
    lines = f":{place.start_line}" + (f"-{place.end_line}" if place.end_line > place.start_line else "")
    return linked(place.path + lines, change, place.path, place.start_line, place.end_line)


def linked(shown: str, change: Change, path: str, start_line: int | None, end_line: int | None) -> Html:
    """Return a place as code, and as a link if it can lead anywhere; none is followed unless it is chosen."""
    code = tag("code", path_text(shown))
    if change.pages is None or change.head is None or not is_inside(path):
        return code
    address = change.pages.of(change.head, path, start_line, end_line)
    is_page = address.startswith(("https://", "http://"))
    return tag("a", code, href=address, rel="noopener noreferrer") if is_page else code
