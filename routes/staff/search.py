"""Finding members of the staff: those who are here, and on request those who have left."""

from starlette.responses import Response

from models.staff.member import find_members
from routes.staff.form import ROLES
from routes.web.fields import Choice, Option, Text, at_most
from routes.web.forms import PortalForm
from routes.web.search import Listing, answer
from routes.web.visit import Visit


class StaffSearch(PortalForm):
    """What members of the staff are searched by."""

    q = Text("Fritekst:", [at_most(200)], description="Navn, e-post eller brukernavn")
    left = Choice("Vis:", default="", choices=[Option("", "De som er her nå"), Option("1", "Også de som har sluttet")])


class Members(Listing):
    """A page of members."""

    route = "desk_staff"
    nothing = "Ingen medarbeidere funnet"
    words = ("medarbeider", "medarbeidere")


def index(visit: Visit) -> Response:
    """Find a member of the staff."""
    search: StaffSearch = StaffSearch.of(visit)
    return answer(
        visit,
        Members,
        "staff/index.html",
        search,
        lambda after: find_members(
            visit.db, search.q.data or "", visit.today, also_left=bool(search.left.data), after=after
        ),
        roles=ROLES,
    )
