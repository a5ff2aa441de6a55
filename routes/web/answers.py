"""The three answers: a place, a changed part, or another URL. The only module that writes HX headers.

A place (`orders/index.html`) extends the layout and has a URL. A part (`orders/_results.html`) is a file of its
own whose root element carries the part's name as id. How a template becomes text is in `templates`.
"""

import hashlib
import time
from typing import Any

from starlette.responses import Response

from routes.web.errors import Refused
from routes.web.http.asked import SAFE_METHODS, Asked
from routes.web.http.cookie import Flash
from routes.web.keys import FRESH_KEY, new_key
from routes.web.portal import PlacedTab, found_by
from routes.web.visit import Visit

_VARY = "HX-Request, HX-Request-Type, HX-Target"


def page(
    here: Visit,
    place: str,
    *,
    part: str | tuple[str, ...] = (),
    status: int = 200,
    at: str | None = None,
    no_store: bool = False,
    **context: Any,
) -> Response:
    """Answer with a place that has a URL.

    `part` names the parts of the place that can be asked for alone (`results` is `_results.html` beside the place,
    `units/unit-options` is `units/_unit_options.html`). htmx gets the part alone if it is what the request replaces;
    else title and main. Everybody else gets the whole document. `at` is the URL under which a part that was searched
    for is found again, where that is another than the one asked for. `no_store` is for places where an
    identity number is typed: no browser keeps them.
    """
    wanted = _wanted(here.asked, (part,) if isinstance(part, str) else part)
    shared = _shared(here, frame=not here.asked.partial, part_only=wanted is not None)
    template = _part_file(place, wanted) if wanted else place
    response = _html(here, _drawn(here, template, {**shared, "status": status, **context}), status)
    if no_store:
        response.headers["cache-control"] = "no-store"
        del response.headers["etag"]
    if wanted:
        _put_into(here, response, wanted.rpartition("/")[2])
        if at is not None:
            response.headers["hx-push-url"] = at
    elif here.asked.partial:
        _put_into_main(here, response, status)
    return response


def swap(
    here: Visit,
    part: str,
    *,
    or_go: str,
    say: str | None = None,
    tone: str = "good",
    stay: bool = False,
    into: str | None = None,
    **context: Any,
) -> Response:
    """Answer a change with the part that it changed, and say so; without htmx, go to the place at `or_go`.

    The part's template gets `flash`; htmx is also given `frame/_said.html`, which puts it into #flash and #status, and
    the address of the place, also where the change was made on a page of its own. A part that was only asked for again
    says nothing. `stay` leaves the address alone: the part stands in several places. `into` is the id of the part where
    more than what was asked for has changed.
    """
    if not here.asked.partial:
        return go(here, or_go, say=say, tone=tone)
    here.flash = Flash(say, tone) if say else None
    shared = _shared(here, frame=False, part_only=True)
    pieces = _drawn(here, part, {**shared, **context})
    if not say:
        return _html(here, pieces, 200)
    said = _drawn(here, "frame/_said.html", shared)
    response = _html(here, [*pieces[:-1], pieces[-1] + said[0], *said[1:]], 200)
    if into:
        _put_into(here, response, into)
    if not stay:
        response.headers["hx-replace-url"] = or_go
    return response


def nothing_new() -> Response:
    """Answer a part that asks for itself again: it is left as it is."""
    return Response(status_code=204, headers=_private())


def go(here: Visit, path: str, *, say: str | None = None, tone: str = "good", frame: bool = False) -> Response:
    """Answer a change with the way to another place; the browser follows, with its HX headers if it has some.

    `frame` says that what surrounds the place is another now, as after sign-in: htmx loads the whole document. What is
    said stands above the heading, so the way leads to no place further down, where it would not be seen.
    """
    path = path.partition("#")[0] if say else path
    if frame and here.asked.partial:
        response = Response(status_code=204, headers={"HX-Redirect": path, **_private()})
    else:
        response = Response(status_code=303, headers={"Location": path, **_private()})
    if say:
        here.portal.cookies.write_flash(response, Flash(say, tone))
    return response


def refused(here: Visit, why: Refused) -> Response:
    """The page of a refusal; inside a part htmx puts it where the whole place was."""
    closed = here.is_personal and why.status in {404, 410}
    response = page(
        here,
        "frame/link_over.html" if closed else "frame/error.html",
        status=why.status,
        title=why.title,
        sentence=why.sentence,
        action=_way_out(here),
    )
    if why.wait is not None:
        response.headers["retry-after"] = str(why.wait)
    return response


def sign_in(here: Visit, back_to: str) -> Response:
    """Lead to the sign-in and back afterwards, as a whole page also for htmx (N7)."""
    target = here.url("sign_in", next=here.local(back_to, here.local(back_to.partition("?")[0], "/")))
    if here.asked.partial:
        return Response(status_code=401, headers={"HX-Redirect": target, **_private()})
    return Response(status_code=303, headers={"Location": target, **_private()})


def _wanted(asked: Asked, names: tuple[str, ...]) -> str | None:
    """Which of the parts of a place htmx asks for alone, if it is one of them."""
    return next((name for name in names if asked.target == name.rpartition("/")[2]), None)


def _put_into(here: Visit, response: Response, part: str) -> None:
    """Have htmx replace the element with the id of the part, where it asked for another."""
    if here.asked.target != part:
        response.headers["hx-retarget"] = f"#{part}"
        response.headers["hx-reswap"] = "outerHTML"


def _put_into_main(here: Visit, response: Response, status: int) -> None:
    """Have htmx replace the whole place; its address is kept where it can be opened again."""
    response.headers["hx-retarget"] = "#main"
    response.headers["hx-reswap"] = "outerHTML show:top"
    shown = here.request.method in SAFE_METHODS and status == 200
    response.headers["hx-push-url"] = here.path if shown else "false"


def _drawn(here: Visit, template: str, context: dict[str, Any]) -> list[str]:
    """What a template becomes; the time that it takes is told apart from the other work (Server-Timing)."""
    started = time.perf_counter()
    pieces = here.portal.pages.render(template, context)
    here.render_seconds += time.perf_counter() - started
    return pieces


def _shared(here: Visit, *, frame: bool, part_only: bool) -> dict[str, Any]:
    flash, path = here.flash, here.request.url.path
    current = next((tab for tab in here.portal.tabs if tab.is_current(path)), None)
    return {
        "frame": frame,
        "part_only": part_only,
        "visit": here if here.signed_in else None,
        "tabs": [
            {"label": tab.label, "href": tab.href, "current": tab.is_current(path)}
            for tab in here.portal.tabs
            if tab.who(here.signed_in)
        ],
        "places": _side_by_side(here, current, path) if current else {},
        "searchable": found_by(here.signed_in) if frame and _may_search(here) else None,
        "flash": flash,
        "announce": flash.text if flash and not frame else "",
    }


def _may_search(here: Visit) -> bool:
    return any(search.who(here.signed_in) for search in here.portal.searches)


def _side_by_side(here: Visit, tab: PlacedTab, path: str) -> dict[str, Any]:
    """What stands under a tab, where there is more than one place to choose from; the nearest is where one is."""
    seen = [place for place in tab.places if place.who(here.signed_in)]
    if len(seen) < 2:
        return {}
    around = [place for place in seen if place.is_current(path)]
    nearest = max(around, key=lambda place: len(place.href), default=None)
    links = [{"label": place.label, "href": place.href, "current": place == nearest} for place in seen]
    return {"of": tab.label, "links": links}


def _part_file(place: str, name: str) -> str:
    folder, _, part = name.rpartition("/")
    folder = folder or place.rpartition("/")[0]
    return f"{folder}/_{part.replace('-', '_')}.html"


def _html(here: Visit, pieces: list[str], status: int) -> Response:
    """The response, with an ETag that does not see the form's token and key, which are others each time."""
    headers = _private()
    if status == 200 and here.request.method in SAFE_METHODS and not here.flash and not here.is_personal:
        whose = here.form_subject if len(pieces) > 1 else ""  # a kept page's token is good for its session only
        digest = hashlib.blake2b("".join([*pieces, whose]).encode(), digest_size=12).hexdigest()
        headers["etag"] = f'W/"{digest}"'
        if headers["etag"] in here.request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
    token = here.portal.cookies.form_token(here.form_subject) if len(pieces) > 1 else ""
    text = token.join(pieces).replace(FRESH_KEY, new_key())
    return Response(text, status, headers, media_type="text/html")


def _private() -> dict[str, str]:
    return {"cache-control": "private, no-cache", "vary": _VARY}


def _way_out(here: Visit) -> tuple[str, str] | None:
    if here.is_personal:
        return None
    if here.signed_in is None:
        return (here.url("sign_in"), "Logg inn")
    return (here.home, "Gå til Oversikt" if here.is_at_desk else "Gå til Info")
