"""The page of one member of the staff, drawn with whichever of its forms was sent."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from starlette.responses import Response

from models.customers.search import customers_of
from models.staff.administration import NotAnAdministrator
from models.staff.log import history
from models.staff.member import Member, member_by_id
from models.staff.stand_ins import stand_ins_of
from routes.staff.form import NONE, HandOverForm, LeavingForm, MemberForm, ResetForm, StandInForm, others
from routes.staff.words import said
from routes.web.answers import page
from routes.web.errors import not_found
from routes.web.fields import Option
from routes.web.visit import Visit

SHOWN = 30
Pairs = Iterable[tuple[str, object]]
T = TypeVar("T")


def find(visit: Visit, id: int) -> Member:
    """The member of the staff; raises not_found."""
    found = member_by_id(visit.db, id, visit.today)
    if found is None:
        raise not_found()
    return found


def administer(change: Callable[[], T]) -> T:
    """Change something of the staff; whoever is no administrator by now finds nothing here."""
    try:
        return change()
    except NotAnAdministrator:
        raise not_found() from None


@dataclass
class Forms:
    """The forms of the page: about whom it is, the customers, leaving, stand-ins, and a lost second factor."""

    details: MemberForm
    hand_over: HandOverForm
    leaving: LeavingForm
    stand_in: StandInForm
    reset: ResetForm

    @property
    def errors(self) -> bool:
        """Whether one of them has something to say, so that focus goes there."""
        return any(form.errors or form.form_errors for form in vars(self).values())


def forms(visit: Visit, member: Member, *, sent: str = "") -> Forms:
    """All of them, as they come; one holds what was `sent`. Whoever cannot sign in has no role."""
    people = cache(lambda: others(visit, member.id))
    first, nobody = Option("", "Velg"), Option(NONE, "Ingen, kundene står uten kundeansvarlig")

    draft = visit.draft() or []  # of one of them: no two have a field of the same name

    def pairs(name: str, stored: Pairs = draft) -> Pairs | None:
        return None if name == sent else stored

    of_details = draft if "full_name" in dict(draft) else _stored(member)
    details: MemberForm = MemberForm.of(visit, pairs("details", of_details))
    hand_over: HandOverForm = HandOverForm.of(visit, pairs("hand_over"))
    leaving: LeavingForm = LeavingForm.of(visit, pairs("leaving"))
    stand_in: StandInForm = StandInForm.of(visit, pairs("stand_in"))
    reset: ResetForm = ResetForm.of(visit, pairs("reset"))
    hand_over.to.find_choices = leaving.heir.find_choices = lambda: [first, *people(), nobody]
    stand_in.stand_in.find_choices = lambda: [first, *people()]
    if member.user_id is None:
        del details.role
    return Forms(details, hand_over, leaving, stand_in, reset)


def draw(visit: Visit, member: Member, shown: Forms, *, status: int = 200) -> Response:
    """The page, with its forms."""
    return page(
        visit,
        "staff/show.html",
        status=status,
        member=member,
        forms=shown,
        customers=customers_of(visit.db, (member.id,)),
        stand_ins=stand_ins_of(visit.db, member.id, visit.today),
        history=history(visit.db, member.id, SHOWN),
        said=said,
        is_oneself=member.id == visit.user.account_manager_id,
    )


def _stored(member: Member) -> list[tuple[str, object]]:
    values = ("full_name", member.name), ("email", member.email), ("phone", member.phone)
    return [*values, ("role", member.role.value if member.role else "")]
