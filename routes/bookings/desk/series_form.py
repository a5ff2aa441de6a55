"""The fields of a series of times, and the times that they would give."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from wtforms.validators import ValidationError

from models.bookings.series import Series, SeriesRefused
from models.core.clock import OSLO
from models.values.holidays import holidays_among
from routes.web.fields import Day, Ids, Number, TimeOfDay, required
from routes.web.forms import PortalForm

MOST_TIMES = 2000
AHEAD = timedelta(days=366)
WEEKDAYS = ((1, "mandag"), (2, "tirsdag"), (3, "onsdag"), (4, "torsdag"), (5, "fredag"), (6, "lørdag"), (7, "søndag"))
WORKING_DAYS = [("weekday", str(number)) for number, _ in WEEKDAYS[:5]]


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a series comes to: exactly what would be published."""

    series: Series
    times: list[tuple[datetime, datetime]]
    there_already: int = 0
    """How many of them the booking has, and does not get again."""

    @property
    def days(self) -> list[tuple[date, list[tuple[datetime, datetime]]]]:
        """The times of each day in Norway."""
        by_day = groupby(self.times, key=lambda time: time[0].astimezone(OSLO).date())
        return [(day, list(times)) for day, times in by_day]

    @property
    def alike(self) -> list[tuple[list[date], list[tuple[datetime, datetime]]]]:
        """The days in order, those that follow each other with the same times together."""
        found: list[tuple[list[date], list[tuple[datetime, datetime]]]] = []
        for day, times in self.days:
            if found and _on_the_wall(found[-1][1]) == _on_the_wall(times):
                found[-1][0].append(day)
            else:
                found.append(([day], times))
        return found

    @property
    def places(self) -> int:
        """Places in all."""
        return len(self.times) * self.series.capacity

    @property
    def skipped(self) -> list[datetime]:
        """What is left out because the clocks skip it; as the wall would show it."""
        return self.series.skipped()

    @property
    def uneven(self) -> list[tuple[datetime, datetime]]:
        """Those that last otherwise than the others, because the clocks are set meanwhile."""
        return [(starts, ends) for starts, ends in self.times if ends - starts != self.series.length]

    @property
    def holidays(self) -> list[tuple[date, str]]:
        """The days that are public holidays."""
        return holidays_among(day for day, _ in self.days)


def _on_the_wall(times: list[tuple[datetime, datetime]]) -> list[tuple[time, time]]:
    return [(starts.astimezone(OSLO).time(), ends.astimezone(OSLO).time()) for starts, ends in times]


class SeriesForm(PortalForm):
    """Days, opening hours, and how long each time is; filled in, a `schedule`."""

    from_date = Day("Fra dato", [required("Skriv hvilken dag tidene begynner.")], name="from")
    to_date = Day("Til dato", name="to", description="Tomt betyr bare den ene dagen.")
    weekday = Ids("Ukedager")
    opens = TimeOfDay("Åpner kl.", [required("Skriv når den første tiden begynner.")])
    closes = TimeOfDay("Stenger kl.", [required("Skriv når den siste tiden er over.")])
    break_from = TimeOfDay("Pause fra kl.", description="Tomt betyr ingen pause.")
    break_to = TimeOfDay("Pause til kl.")
    minutes = Number("Minutter per tid", 5, 1440)
    capacity = Number("Plasser per tid", 1, 10_000)

    def validate_from_date(self, field: Day) -> None:
        """What is past cannot be published."""
        if field.day and field.day < self.meta.today:
            raise ValidationError("Dagen er passert. Velg i dag eller en senere dag.")

    def validate_to_date(self, field: Day) -> None:
        """Not before the first day, and not too far away."""
        if field.day and self.from_date.day and field.day < self.from_date.day:
            raise ValidationError("Til dato er før fra dato. Bytt om eller rett en av dem.")
        if (field.day or self.from_date.day or self.meta.today) > self.meta.today + AHEAD:
            raise ValidationError("Tider kan settes opp høyst ett år fram.")

    def validate_closes(self, field: TimeOfDay) -> None:
        """After the opening."""
        if field.time and self.opens.time and field.time <= self.opens.time:
            raise ValidationError("Stengetiden er før åpningstiden. Bytt om eller rett en av dem.")

    def validate_break_to(self, field: TimeOfDay) -> None:
        """Both ends of the break or none, in the opening hours."""
        begins, ends = self.break_from.time, field.time
        if bool(self.break_from.data) != bool(field.data):
            raise ValidationError("Skriv både når pausen begynner og når den er over, eller ingen av dem.")
        if begins and ends and ends <= begins:
            raise ValidationError("Pausen er over før den begynner. Bytt om eller rett en av dem.")
        opens, closes = self.opens.time, self.closes.time
        if begins and ends and opens and closes and not (opens < ends and begins < closes):
            raise ValidationError("Pausen er utenom åpningstiden.")

    @property
    def days(self) -> tuple[date, ...]:
        """The days of the period that are ticked; once the form is valid."""
        first = self.from_date.day
        assert first is not None
        count = ((self.to_date.day or first) - first).days + 1
        period = (first + timedelta(days=ahead) for ahead in range(count))
        return tuple(day for day in period if day.isoweekday() in self.weekday.data)

    def schedule(self, now: datetime) -> Schedule | None:
        """What would come of it; None where nothing can, with the sentences at the fields."""
        if not self.validate():
            return None
        opens, closes = self.opens.time, self.closes.time
        begins, ends = self.break_from.time, self.break_to.time
        assert opens is not None
        assert closes is not None
        breaks = ((begins, ends),) if begins and ends else ()
        length = timedelta(minutes=self.minutes.value)
        series = Series(self.days, ((opens, closes),), length, self.capacity.value, breaks)
        trouble = self._trouble(series, now)
        if trouble:
            field, sentence = trouble
            field.errors = [sentence]
            return None
        return Schedule(series, series.times())

    def _trouble(self, series: Series, now: datetime) -> tuple[Any, str] | None:
        """Why the series cannot be published, and at which field one puts it right."""
        if not series.days:
            return self.weekday, "Ingen av dagene i perioden er en av ukedagene som er krysset av."
        if series.most > MOST_TIMES:
            sentence = f"Dette blir {series.most} tider, og {MOST_TIMES} er det meste. Velg færre dager."
            return self.to_date, sentence
        try:
            first, _ = series.times()[0]
        except SeriesRefused:
            return self.minutes, "Ingen tid er så kort at den får plass i åpningstiden."
        if first <= now:
            return self.opens, "Den første tiden er allerede begynt. Velg et senere klokkeslett eller en annen dag."
        return None
