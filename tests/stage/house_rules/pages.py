"""What holds for every page and every fragment that any test sees: valid HTML, labels, the frame, who hears a refusal.

Where it leads is in `wiring`, which numbers nothing may say in `emitted`.
"""

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Callable

import html5lib
from bs4 import BeautifulSoup, Tag

from models.values.language import LANGUAGES
from models.values.national_id import is_valid
from tests.stage.house_rules.wiring import all_is_wired
from tests.stage.shared import shared
from tests.stage.times import TODAY

_FRAGMENT_OF = {"tr": "tbody", "td": "tr", "li": "ul", "option": "select"}
_PARTIAL = re.compile(r"<hx-partial\b[^>]*>(.*?)</hx-partial>", re.DOTALL)
"""What htmx reads as a template of its own, also below a row of a table."""
_TRUE_OR_NOT = set("autofocus checked disabled hidden multiple novalidate readonly required selected".split())
_PLAIN = r"[^<>\"&\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
_WORDS = re.compile(rf">{_PLAIN}*[^\s<>\"&\x00-\x20\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]{_PLAIN}*<")
_VALUES = re.compile(rf'="{_PLAIN}*"')
_TOKENS = re.compile(r'(<input type="hidden" name="(?:csrf_token|idempotency_key)" value=")[\w.-]+(">)')
"""What differs each time that a page is drawn, and what no rule but that on identity numbers looks into."""

_NUMBER = re.compile(r"(?<![0-9])([0-9]{6})[ .-]?([0-9]{5})(?![0-9])")


def check(html: str, *, document: bool) -> BeautifulSoup:
    """Check a whole document or a fragment, and return it parsed; raises AssertionError."""
    return keep(html, document=document) or parsed(html)


def _once(known_by: str, rule: Callable[..., None], html: str, *, document: bool) -> None:
    """Ask a rule of what the run has not seen yet; what it is known by is all that the rule looks at."""
    passed = shared() / "pages" / hashlib.sha256(f"{document} {rule.__name__} {known_by}".encode()).hexdigest()
    if not passed.exists():
        rule(html, document=document)
        passed.parent.mkdir(exist_ok=True)
        passed.touch()


def _skeleton(html: str) -> str:
    """A page without its plain words, which decide nothing about whether it is valid: elements, attributes, order.

    Words with an ampersand or a control character stay, and so does whether there are any.
    """
    return _VALUES.sub('=""', _WORDS.sub(">a word<", html))


def keep(html: str, *, document: bool) -> BeautifulSoup | None:
    """The same, but it is returned only where it had to be parsed: the same page is held to the rules once in a run.

    Each single one is searched for identity numbers.
    """
    no_identity_number(html)
    without_tokens = _TOKENS.sub(r"\1a token\2", html)
    passed = shared() / "pages" / hashlib.sha256(f"{document} {without_tokens}".encode()).hexdigest()
    if passed.exists():
        return None
    _once(_skeleton(html), valid, html, document=document)
    soup = parsed(html)
    all_rules(soup, document=document)
    passed.parent.mkdir(exist_ok=True)
    passed.touch()
    return soup


def parsed(html: str) -> BeautifulSoup:
    """The page as tests look into it."""
    return BeautifulSoup(html, "html.parser")


def all_rules(soup: BeautifulSoup, *, document: bool) -> None:
    """All that is looked for in a parsed page."""
    tags = list(soup.find_all(True))
    ids_are_unique(tags)
    controls_have_labels(tags)
    forms_work_without_script(tags)
    nothing_inline(tags)
    values_are_valid(tags)
    all_is_wired(tags, document=document)
    if document:
        frame(soup, tags)


def valid(html: str, *, document: bool) -> None:
    """The HTML standard's parser finds no error."""
    parser = html5lib.HTMLParser()
    if document:
        parser.parse(html)
    else:
        first = re.match(r"\s*<(\w+)", html)
        parser.parseFragment(_PARTIAL.sub("", html), container=_FRAGMENT_OF.get(first.group(1) if first else "", "div"))
        for partial in _PARTIAL.findall(html):
            valid(partial, document=False)
    assert not parser.errors, f"invalid HTML: {parser.errors[:3]}\n{html[:400]}"


def ids_are_unique(tags: list[Tag]) -> None:
    """No id stands twice."""
    ids = Counter(str(tag["id"]) for tag in tags if tag.has_attr("id"))
    twice = [name for name, times in ids.items() if times > 1 and not _in_partial(tags, name)]
    assert not twice, f"ids that stand twice: {twice}"


def _in_partial(tags: list[Tag], name: str) -> bool:
    """The same id may come once in a part and once in an <hx-partial> that replaces it elsewhere."""
    return any(tag.find_parent("hx-partial") for tag in tags if tag.get("id") == name)


def controls_have_labels(tags: list[Tag]) -> None:
    """Each control has a visible label, and a name that is sent."""
    labelled = {tag.get("for") for tag in tags if tag.name == "label" and tag.has_attr("for")}
    for control in tags:
        if control.name not in {"input", "select", "textarea"} or control.get("type") == "hidden":
            continue
        is_labelled = control.get("id") in labelled or control.find_parent("label")
        assert is_labelled or control.get("aria-label"), f"no label: {control}"
        assert control.get("name"), f"no name: {control}"


def forms_work_without_script(tags: list[Tag]) -> None:
    """Each form has a method and an action; each POST form carries its token; each htmx link has an href."""
    for form in (tag for tag in tags if tag.name == "form"):
        assert form.get("action"), f"a form without action: {form.get('id')}"
        assert form.get("method") in {"get", "post"}, f"a form without method: {form.get('id')}"
        assert "#" not in form["action"] or form["method"] == "post", "w3m drops the query of an action with a fragment"
        if form["method"] == "post":
            token = form.select_one("input[name=csrf_token]")
            assert token is not None, f"a form without token: {form.get('id')}"
            assert token.get("value")
        if form.get("hx-post"):
            assert form["hx-post"] == form["action"]
    for tag in tags:
        empty = [name for name in ("hx-get", "hx-post", "hx-target", "hx-include") if tag.get(name) == ""]
        assert not empty, f"{tag.name} {tag.get('id')} says nothing in {empty}: htmx then takes the whole page"
        waits = {"form": "findAll button", "button": "this"}.get(tag.name)
        alone = tag.has_attr("hx-post") and waits != tag.get("hx-disable")
        assert not alone or waits is None, f"{tag.name} {tag.get('id')} can be pressed while it is at work"
        assert not tag.has_attr("hx-disable:inherited"), "what is handed down disables what hands it down"
        if tag.name == "a" and tag.has_attr("hx-get"):
            assert tag.get("href") == tag["hx-get"]
        if tag.name == "button":
            assert tag.find_parent("form") or tag.get("type") == "button" or tag.get("form"), str(tag)


def values_are_valid(tags: list[Tag]) -> None:
    """What is true by being there has no other value, and a moment for programs goes to the second."""
    for tag in tags:
        for name in _TRUE_OR_NOT & set(tag.attrs):
            assert tag[name] in {"", name}, f'{tag.name} has {name}="{tag[name]}"'
        if tag.has_attr("datetime"):
            assert re.fullmatch(r"[-\d]+(T\d\d:\d\d(:\d\d)?([+]\d\d:\d\d|Z)?)?|\d\d:\d\d", str(tag["datetime"])), tag


def nothing_inline(tags: list[Tag]) -> None:
    """The content security policy would refuse it."""
    for tag in tags:
        bad = [name for name in tag.attrs if name == "style" or name.startswith(("on", "hx-on"))]
        assert not bad, f"{tag.name} has {bad}"
        if tag.name == "script":
            assert tag.get("src")
            assert not tag.get_text(strip=True)


def refused(html: str, *, document: bool) -> None:
    """The same refusal, whoever gets it, is looked at once in a run."""
    _once(_TOKENS.sub(r"\1a token\2", html), refusal, html, document=document)


def refusal(html: str, *, document: bool) -> None:
    """Who is refused hears why: in the title of a document, from a fragment in #status, or where the focus goes.

    A page that is nothing but a refusal, without a form to put right, is called what it is.
    """
    soup = parsed(html)
    if document:
        begins = (soup.title.get_text() if soup.title else "").startswith(("Feil: ", "Error: "))
        assert begins or not soup.select("main form"), "the title of a refused page begins with Feil"
        return
    said = [partial.get_text(strip=True) for partial in soup.select('hx-partial[hx-target="#status"]')]
    focused = [tag.get_text(strip=True) or tag.get("aria-invalid") for tag in soup.select("[autofocus]")]
    assert any([*said, *focused]), f"a refusal that nobody hears: {html[:400]}"


def no_identity_number(html: str) -> None:
    """AR6: no response says a valid identity number as people write one; other digits follow each other by chance."""
    written = ("".join(found.groups()) for found in _NUMBER.finditer(html))
    assert not any(is_valid(number, today=TODAY, synthetic=True) for number in written), "an identity number is said"


def frame(soup: BeautifulSoup, tags: list[Tag]) -> None:
    """N5, N6: one h1 that begins the title, a skip link, an empty status region, the guide.

    A place that a personal link opens is no part of the customers' portal: it is in the holder's language, without
    the guide, and asks not to be found.
    """
    personal = soup.select_one("meta[name=robots][content=noindex]") is not None
    headings = [tag for tag in tags if tag.name == "h1"]
    assert len(headings) == 1
    title = soup.title.get_text() if soup.title else ""
    name = re.sub("^(Feil|Error): ", "", title)  # what is refused says so first
    assert name.startswith(headings[0].get_text(" ", strip=True)), f"{title!r} does not begin with the h1"
    assert soup.html
    assert soup.html.get("lang") in (LANGUAGES if personal else {"nb"})
    assert soup.select_one("main#main")
    status = soup.select_one("#status[role=status]")
    assert status is not None
    assert not status.get_text(strip=True)
    assert ("Klikk her for brukerveiledning:" in soup.get_text()) != personal
    assert not (personal and soup.select("#tabs, [href='/login'], form[action='/logout']"))
    assert any(tag.get("href") == "#main" for tag in tags)
    levels = [int(tag.name[1]) for tag in tags if re.fullmatch("h[1-6]", tag.name)]
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), f"heading levels jump: {levels}"
