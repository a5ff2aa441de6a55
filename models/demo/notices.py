"""The demo's notices: what the account managers say on Info, what they will say, and what is over."""

from dataclasses import asdict
from datetime import datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from models.core.clock import in_oslo, today_in_oslo
from models.customers.units import Unit
from models.notices.notice import Notice, Words, fingerprint_of


class Said(NamedTuple):
    """A notice; its days count from the day of loading."""

    by: str
    units: tuple[str, ...]
    """The tops of the branches that it is for; several are several customers."""
    days: tuple[int, int]
    title: str
    text: str
    is_important: bool = False
    link: str = ""
    link_label: str = ""


# fmt: off
NOTICES = [
    Said("Per-Arne Lie", ("Fjordbygg Entreprenør AS", "Havbris Sjømat AS"), (-3, 25), "Vaksine mot influensa på jobben",
        "Vi kommer gjerne til dere med vaksine mot sesonginfluensa.\nTa kontakt, så avtaler vi en dag.",
        link="https://www.fhi.no/va/influensavaksine/", link_label="Om vaksinen hos FHI"),
    Said("Per-Arne Lie", ("Fjordbygg Entreprenør AS",), (21, 50), "Stengt i romjulen",
        "Vi holder stengt mellom jul og nyttår. Haster det, ring vakttelefonen."),
    Said("Per-Arne Lie", ("Havbris Sjømat AS",), (-60, -30), "Nytt telefonnummer", "Du når meg nå på 12 34 50 02."),
    Said("Aisha Rahman", ("Brann og redning",), (-1, 30), "Attester for røykdykking må være gyldige",
        "Helsekontrollen må være gjort før attesten går ut.\nSi fra til meg i god tid om noen ikke kan møte.", True),
    Said("Aisha Rahman", ("Skole",), (-8, 20), "Kurs i stemmebruk",
        "Vi setter opp et kurs til for lærere. Ta kontakt hvis dere vil ha plass."),
]
# fmt: on


def add_notices(db: Session, units: dict[str, Unit], *, now: datetime) -> None:
    """Add the notices, each as one publication."""
    today = today_in_oslo(now)
    for number, said in enumerate(NOTICES, 1):
        first, last = (today + timedelta(days=days) for days in said.days)
        words = Words(said.title, said.text, said.link, said.link_label, said.is_important, first, last)
        tops = [units[name] for name in said.units]
        for top in tops:
            notice = Notice(
                customer_id=top.customer_id,
                unit_id=top.id,
                publication=f"demo-notice-{number:04}",
                fingerprint=fingerprint_of(words, [unit.id for unit in tops]),
                published_by=said.by,
                published_at=in_oslo(min(first, today - timedelta(days=1)), time(9, 0)),
                **asdict(words),
            )
            db.add(notice)
    db.flush()
