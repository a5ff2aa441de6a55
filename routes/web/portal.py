"""The running portal: what visits share, such as the database, the templates and the tabs.

One request is a `Visit`; the portal is put together in `app.create_app`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from models.core.clock import Clock
from models.core.database import Database
from models.core.lanes import Turns
from models.core.scope import Right
from models.core.sealed import Keyring
from models.core.settings import Settings
from models.core.signed import PASSWORD_LINK, PERSONAL_LINK, Signer
from models.users.sessions import SignedIn
from routes.web.http.cookie import Cookies
from routes.web.http.links import Links
from routes.web.http.static import StaticFiles
from routes.web.templates import Pages, environment

Handler = Callable[..., Response]
Who = Callable[[SignedIn | None], bool]
"""Whether a place lets somebody in; None is nobody who is signed in."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of the frame: its label, the route it opens, and who has it (N1, X3)."""

    label: str
    route: str
    who: Who
    holds: tuple[str, ...] = ()
    """Routes of other places that lie under it, or the address that those of several begin with."""
    alone: bool = False
    """Whether the places below its address lie under other tabs."""
    places: tuple["Tab", ...] = ()
    """The places that stand side by side under it (H1)."""


@dataclass(frozen=True, slots=True)
class PlacedTab:
    """A tab with the addresses that it has in this portal, which are the same for every visit."""

    label: str
    href: str
    who: Who
    at: frozenset[str]
    """Where one is on it,"""
    below: tuple[str, ...]
    """and what the addresses below it begin with."""
    places: tuple["PlacedTab", ...]

    @classmethod
    def of(cls, tab: Tab, links: Links) -> "PlacedTab":
        """Find its addresses."""
        own = links.path(tab.route)
        held = [place if place.startswith("/") else links.path(place) for place in tab.holds]
        below = tuple(f"{place}/" for place in (held if tab.alone else [own, *held]))
        return cls(
            tab.label, own, tab.who, frozenset({own, *held}), below, tuple(cls.of(place, links) for place in tab.places)
        )

    def is_current(self, path: str) -> bool:
        """Whether one is on it, or below it."""
        return path in self.at or path.startswith(self.below)


_AT_DESK = "Kunde, bestillingsnummer, ord i en bestilling, fakturanummer, eller en ansatts navn eller e-post"
_TO_READERS = "Kunde, bestillingsnummer, ord i en bestilling, eller fakturanummer"
"""Who serves nobody has no customers of one's own, whose people the box finds; they are found on a customer's page."""


def found_by(visitor: SignedIn | None) -> tuple[str, str]:
    """What somebody may find by what one holds in the hand (number 14): in a field's few words, and all of it."""
    if visitor is not None and visitor.is_at_desk:
        return ("Kunde, nummer, navn …", _AT_DESK) if visitor.is_serving else ("Kunde, nummer …", _TO_READERS)
    orders, invoices, employees = (
        visitor is not None and visitor.may(right) for right in (Right.ORDERS, Right.INVOICES, Right.EMPLOYEES)
    )
    few = [("Nummer", orders or invoices), ("KID", invoices), ("navn", employees)]
    everything = [
        *(("bestillingsnummer", orders), ("fakturanummer", invoices), ("KID", invoices)),
        *(("egen referanse", orders or invoices), ("ord i en bestilling", orders)),
        *(("navn", employees), ("telefonnummer", employees)),
    ]
    short, words = ([word for word, seen in each if seen] for each in (few, everything))
    named = " eller ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
    return ", ".join(short)[:1].upper() + ", ".join(short)[1:] + " …", named[:1].upper() + named[1:]


@dataclass(frozen=True)
class Portal:
    """The running portal: what visits share."""

    settings: Settings
    database: Database
    clock: Clock
    keyring: Keyring
    cookies: Cookies
    signer: Signer
    """Signs personal links to appointments,"""
    password_signer: Signer
    """and those with which a password is chosen."""
    links: Links
    tabs: tuple[PlacedTab, ...]
    searches: tuple[Tab, ...]
    static: StaticFiles
    pages: Pages
    wake_postman: Callable[[], object]
    is_stopping: Callable[[], bool]
    bodies: Turns
    """Large bodies that are read at the same time,"""
    calls: Turns
    """those of programs,"""
    lists: Turns
    """and slow work on what somebody sent."""

    @classmethod
    def of(
        cls,
        settings: Settings,
        clock: Clock,
        links: Links,
        *,
        tabs: tuple[Tab, ...],
        searches: tuple[Tab, ...],
        wake_postman: Callable[[], object],
        is_stopping: Callable[[], bool],
    ) -> "Portal":
        """The portal of one installation; what the map has and what the postman offers is given."""
        static = StaticFiles()
        return cls(
            settings=settings,
            database=_database(settings),
            clock=clock,
            keyring=Keyring(settings.field_keys),
            cookies=Cookies(settings),
            signer=Signer(settings.secret_keys, purpose=PERSONAL_LINK),
            password_signer=Signer(settings.secret_keys, purpose=PASSWORD_LINK),
            links=links,
            static=static,
            pages=Pages(environment(settings, links, static)),
            tabs=tuple(PlacedTab.of(tab, links) for tab in tabs),
            searches=searches,
            wake_postman=wake_postman,
            is_stopping=is_stopping,
            bodies=Turns(in_all=6, of_each=2),
            calls=Turns(in_all=2, of_each=2),
            lists=Turns(in_all=16, of_each=4),
        )


def _database(settings: Settings) -> Database:
    return Database(
        settings.database_url,
        asynchronous=True,
        connections=settings.connections,
        slow_statement_ms=settings.slow_statement_ms,
    )
