"""What holds for every page and every fragment that any test sees, whatever the test is about."""

import itertools
import re
from collections import Counter

import html5lib
from bs4 import BeautifulSoup

from models.values.language import LANGUAGES
from models.values.national_id import mask_in
from tests.stage.times import TODAY

_CONTROLS = "input:not([type=hidden]), select, textarea"
_FRAGMENT_OF = {"tr": "tbody", "td": "tr", "li": "ul", "option": "select"}


def check(html: str, *, document: bool) -> BeautifulSoup:
    """Check a whole document or a fragment, and return it parsed; raises AssertionError."""
    valid(html, document=document)
    soup = BeautifulSoup(html, "html.parser")
    ids_are_unique(soup)
    controls_have_labels(soup)
    forms_work_without_script(soup)
    nothing_inline(soup)
    no_identity_number(html)
    if document:
        frame(soup)
    return soup


def valid(html: str, *, document: bool) -> None:
    """The HTML standard's parser finds no error."""
    parser = html5lib.HTMLParser()
    if document:
        parser.parse(html)
    else:
        first = re.match(r"\s*<(\w+)", html)
        parser.parseFragment(html, container=_FRAGMENT_OF.get(first.group(1) if first else "", "div"))
    assert not parser.errors, f"invalid HTML: {parser.errors[:3]}\n{html[:400]}"


def ids_are_unique(soup: BeautifulSoup) -> None:
    """No id stands twice, and what refers to an id finds it (in a document)."""
    ids = Counter(str(tag["id"]) for tag in soup.select("[id]"))
    twice = [name for name, times in ids.items() if times > 1 and not _in_partial(soup, name)]
    assert not twice, f"ids that stand twice: {twice}"
    for attribute in ("aria-describedby", "aria-labelledby", "for"):
        for tag in soup.select(f"[{attribute}]"):
            missing = set(str(tag[attribute]).split()) - set(ids)
            assert not missing, f"{attribute} of {tag.name} names nothing: {missing}"


def _in_partial(soup: BeautifulSoup, name: str) -> bool:
    """The same id may come once in a part and once in an <hx-partial> that replaces it elsewhere."""
    return any(tag.find_parent("hx-partial") for tag in soup.select(f"[id='{name}']"))


def controls_have_labels(soup: BeautifulSoup) -> None:
    """Each control has a visible label, and a name that is sent."""
    for control in soup.select(_CONTROLS):
        labels = soup.select(f"label[for='{control.get('id')}']") or control.find_parents("label")
        assert labels or control.get("aria-label"), f"no label: {control}"
        assert control.get("name"), f"no name: {control}"


def forms_work_without_script(soup: BeautifulSoup) -> None:
    """Each form has a method and an action; each POST form carries its token; each htmx link has an href."""
    for form in soup.select("form"):
        assert form.get("action"), f"a form without action: {form.get('id')}"
        assert form.get("method") in {"get", "post"}, f"a form without method: {form.get('id')}"
        assert "#" not in form["action"] or form["method"] == "post", "w3m drops the query of an action with a fragment"
        if form["method"] == "post":
            token = form.select_one("input[name=csrf_token]")
            assert token is not None, f"a form without token: {form.get('id')}"
            assert token.get("value")
        if form.get("hx-post"):
            assert form["hx-post"] == form["action"]
    for link in soup.select("a[hx-get]"):
        assert link.get("href") == link["hx-get"]
    for button in soup.select("button"):
        assert button.find_parent("form") or button.get("type") == "button" or button.get("form"), str(button)


def nothing_inline(soup: BeautifulSoup) -> None:
    """The content security policy would refuse it."""
    for tag in soup.select("*"):
        bad = [name for name in tag.attrs if name == "style" or name.startswith(("on", "hx-on"))]
        assert not bad, f"{tag.name} has {bad}"
    for script in soup.select("script"):
        assert script.get("src")
        assert not script.get_text(strip=True)


def no_identity_number(html: str) -> None:
    """AR6: no valid identity number is in any response."""
    assert mask_in(html, today=TODAY)[1] == 0, "an identity number is in the response"


def frame(soup: BeautifulSoup) -> None:
    """N5, N6: one h1 that begins the title, a skip link, an empty status region, the guide.

    A place that a personal link opens is no part of the customers' portal: it is in the holder's language, without
    the guide, and asks not to be found.
    """
    personal = soup.select_one("meta[name=robots][content=noindex]") is not None
    headings = soup.select("h1")
    assert len(headings) == 1
    title = soup.title.get_text() if soup.title else ""
    assert title.startswith(headings[0].get_text(" ", strip=True)), f"{title!r} does not begin with the h1"
    assert soup.html
    assert soup.html.get("lang") in (LANGUAGES if personal else {"nb"})
    assert soup.select_one("a[href='#main']")
    assert soup.select_one("main#main")
    status = soup.select_one("#status[role=status]")
    assert status is not None
    assert not status.get_text(strip=True)
    assert ("Klikk her for brukerveiledning:" in soup.get_text()) != personal
    assert not (personal and soup.select("#tabs, [href='/login'], form[action='/logout']"))
    for tag in soup.select("a[href^='#']"):
        assert soup.select_one(f"[id='{str(tag['href'])[1:]}']"), f"a link to nothing: {tag}"
    levels = [int(tag.name[1]) for tag in soup.find_all(re.compile("^h[1-6]$"))]
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), f"heading levels jump: {levels}"
