"""What htmx does with an answer, as far as the portal asks for it: finds the target, and swaps the answer in.

Who asks, and with which headers, is in `browsing`.
"""

from bs4 import BeautifulSoup, Tag


def target_of(source: Tag, soup: BeautifulSoup) -> Tag:
    """What the answer to a request of `source` is for."""
    target = str(_inherited(source, "hx-target") or f"#{source.get('id')}")
    element = soup.select_one(target)
    assert isinstance(element, Tag), f"htmx finds no target {target}"
    return element


def swap_into(soup: BeautifulSoup, fragment: BeautifulSoup, target: str) -> None:
    """Put the answer where htmx would: partials to their targets, a title into the head, the rest to the target."""
    partials = [partial.extract() for partial in fragment.select("hx-partial")]
    title = fragment.find("title", recursive=False)
    if isinstance(title, Tag) and soup.title:
        soup.title.replace_with(title.extract())
    place = soup.select_one(target)
    assert place is not None, f"htmx finds no {target}"
    _replace(place, fragment)
    for partial in partials:
        place = soup.select_one(str(partial["hx-target"]))
        if place is None:
            continue
        if str(partial.get("hx-swap", "innerHTML")).startswith("outer"):
            _replace(place, partial)
        else:
            place.clear()
            place.extend(list(partial.children))


def _inherited(source: Tag, name: str) -> str | None:
    """An attribute of htmx, the element's own or one that an element around it hands down."""
    if source.get(name):
        return str(source[name])
    above = source.find_parent(lambda tag: tag.has_attr(f"{name}:inherited"))
    return str(above[f"{name}:inherited"]) if isinstance(above, Tag) else None


def _replace(place: Tag, new: Tag) -> None:
    for child in list(new.children):
        place.insert_before(child.extract())
    place.extract()
