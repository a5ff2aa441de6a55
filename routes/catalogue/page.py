"""The catalogue on one page: statuses with what they mean, and product groups. One entry is changed in `entry`."""

from starlette.responses import Response

from models.catalogue.entry import Kind
from models.catalogue.log import newest
from models.catalogue.words import catalogue_of
from routes.catalogue.changes import said
from routes.web.answers import page
from routes.web.visit import Visit

_SHOWN = 10
TITLES = {Kind.STATUS: "Ordrestatuser", Kind.PRODUCT_GROUP: "Produktgrupper"}
"""What the entries of a kind are called together."""


def index(visit: Visit) -> Response:
    """All statuses and all product groups, in their order."""
    catalogue = catalogue_of(visit.db)
    return page(
        visit,
        "catalogue/index.html",
        part="results",
        sections=[(kind, title, catalogue.of(kind)) for kind, title in TITLES.items()],
        news=catalogue.news,
        changes=[(noted, said(noted)) for noted in newest(visit.db, _SHOWN)],
    )
