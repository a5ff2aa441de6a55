"""The form of a notice: what it says, how it looks, and when it is shown."""

from collections.abc import Iterable
from datetime import date, timedelta

from wtforms.validators import ValidationError

from models.notices.notice import Words, read_link
from routes.web.fields import Choice, Day, Ids, Option, Read, Text, at_most, required
from routes.web.forms import PortalForm
from routes.web.words import date as day

TO_KNOW, IMPORTANT = Option("", "Til orientering"), Option("important", "Viktig")
_WHERE = "Velg en av kundens avdelinger."
_FOR_NOW = timedelta(days=30)
"""How long a notice is shown unless somebody says otherwise."""
_LONGEST = timedelta(days=366)


class NoticeForm(PortalForm):
    """What is asked of every notice."""

    title = Text("Overskrift", [required("Skriv en overskrift."), at_most(120)])
    text = Text(
        "Tekst",
        [required("Skriv hva du vil si."), at_most(2000)],
        description="Ren tekst. Linjeskift blir stående. Ikke skriv sensitive opplysninger her.",
    )
    link = Read("Lenke", read_link, description="Kan stå tom. Hele adressen, med https://")
    link_label = Text("Lenketekst", [at_most(100)], description="Hva lenken heter på siden.")
    tone = Choice("Hvor viktig", default="", choices=[TO_KNOW, IMPORTANT], description="Viktige står først.")
    first_day = Day("Vises fra", [required("Skriv datoen oppslaget vises fra.")])
    last_day = Day("Vises til og med", [required("Skriv den siste dagen oppslaget vises.")])

    def validate_last_day(self, field: Day) -> None:
        """A notice that nobody would see, or that would never go, is a mistake."""
        first, last = self.first_day.day, field.day
        if last is None:
            return
        if last < self.meta.today:
            raise ValidationError("Den dagen er passert. Velg en dag som kommer.")
        if first and last < first:
            raise ValidationError("Siste dag er før første dag. Bytt om eller rett en av dem.")
        if first and last - first > _LONGEST:
            raise ValidationError("Et oppslag vises i høyst ett år. Velg en tidligere dag.")

    @property
    def words(self) -> Words:
        """What it says, once the form is valid; a link without a name of its own is called by its address."""
        assert self.first_day.day
        assert self.last_day.day
        link = self.link.value
        label = (self.link_label.data or link.split("/")[2]) if link else ""
        return Words(
            title=" ".join((self.title.data or "").split()),
            text=self.text.data or "",
            link=link,
            link_label=label,
            is_important=bool(self.tone.data),
            first_day=self.first_day.day,
            last_day=self.last_day.day,
        )


class CustomerNoticeForm(NoticeForm):
    """A notice for one customer, or for one of its units and those below."""

    unit = Choice(
        "Bedrift/avdeling",
        validators=[required(_WHERE)],
        description="Vises også i avdelingene under.",
        refusal=_WHERE,
    )


class NoticesForm(NoticeForm):
    """A notice for several customers at once."""

    customer = Ids("Kunder")
    mine: frozenset[int] = frozenset()
    """The ids of those whom the sender serves."""

    def validate_customer(self, field: Ids) -> None:
        """It goes to at least one, and only to one's own."""
        if not field.data:
            raise ValidationError("Velg minst én kunde.")
        if not self.mine.issuperset(field.data):
            raise ValidationError("Velg blant kundene dine.")


def beginning(today: date, **filled: object) -> Iterable[tuple[str, object]]:
    """What stands in the form before anything is typed."""
    return [("first_day", day(today)), ("last_day", day(today + _FOR_NOW)), *filled.items()]
