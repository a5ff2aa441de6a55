"""The kinds of alerts: who may be told of each, and how those are told who have not said what they wish.

A new kind is a member with its line in `ABOUT`; what tells of it calls `waiting.alert`.
"""

from dataclasses import dataclass
from enum import StrEnum

from models.core.scope import Right
from models.customers.account_managers import MailWish


class Kind(StrEnum):
    """What users are told of."""

    NEW_TIMES = "new_times"
    CHANGED_TIMES = "changed_times"
    DEADLINE = "deadline"
    ANSWER = "answer"
    REPORT = "report"
    NEW_INVOICE = "new_invoice"
    OVERDUE_INVOICE = "overdue_invoice"
    INVOICE_ANSWER = "invoice_answer"


@dataclass(frozen=True, slots=True)
class About:
    """What there is to know of a kind."""

    label: str
    hint: str
    rights: tuple[Right, ...]
    """Whoever has one of them in the unit may be told."""
    default: MailWish


_OF_BOOKINGS = (Right.ORDERS, Right.EMPLOYEES)
ABOUT: dict[Kind, About] = {
    Kind.NEW_TIMES: About(
        "Nye timer", "Når det er lagt ut timer for en avdeling du ser.", _OF_BOOKINGS, MailWish.MORNING
    ),
    Kind.CHANGED_TIMES: About(
        "Flyttet eller avlyst", "Når tider er flyttet, har fått nytt sted eller er avlyst.", _OF_BOOKINGS, MailWish.EACH
    ),
    Kind.DEADLINE: About(
        "Frist om tre dager", "Når påmeldingen snart stenger, og det er ledige plasser.", _OF_BOOKINGS, MailWish.MORNING
    ),
    Kind.ANSWER: About(
        "Svar på bestillinger",
        "Når vi skriver på en bestilling du har sendt eller skrevet på.",
        (Right.ORDERS,),
        MailWish.EACH,
    ),
    Kind.REPORT: About("Nye rapporter", "Når det er lagt ut en rapport du kan lese.", (Right.REPORTS,), MailWish.EACH),
    Kind.NEW_INVOICE: About(
        "Nye fakturaer", "Når det er kommet en faktura til en betaler du ser.", (Right.INVOICES,), MailWish.MORNING
    ),
    Kind.OVERDUE_INVOICE: About(
        "Forfalte fakturaer",
        "Dagen etter forfall, én gang for hver faktura som ikke er betalt.",
        (Right.INVOICES,),
        MailWish.MORNING,
    ),
    Kind.INVOICE_ANSWER: About(
        "Svar om fakturaer", "Når vi svarer på en faktura du har spurt om.", (Right.INVOICES,), MailWish.EACH
    ),
}
