"""The user guide as a page and as a PDF (N5), and the accessibility statement."""

from starlette.responses import Response

from routes.web.answers import page
from routes.web.errors import not_found
from routes.web.visit import Visit

PDF = "guide/guide.pdf"


def show(visit: Visit) -> Response:
    """The guide as a page."""
    return page(visit, "guide/show.html")


def pdf(visit: Visit, file: str) -> Response:
    """The same guide for print, under the brand's file name (U20)."""
    settings = visit.portal.settings
    if file != settings.guide_file:
        raise not_found()
    return Response(
        visit.portal.static.read(PDF),
        headers={
            "content-disposition": f'inline; filename="{settings.guide_file}"',
            "cache-control": "public, max-age=3600",
        },
        media_type="application/pdf",
    )


def accessibility(visit: Visit) -> Response:
    """The accessibility statement (tilgjengelighetserklæring)."""
    return page(visit, "guide/accessibility.html")
