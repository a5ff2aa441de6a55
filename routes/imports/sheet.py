"""What the page of a list shows: its counts, its rows, and a form for each row that is wrong.

Whose list it is, and how it is looked over, is in `page`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.customers.units import UnitRow
from models.employees.details import Details
from models.imports.cells.checks import columns_of
from models.imports.cells.headings import NAMES, Meaning
from models.imports.dry_run import DryRun, Gone
from models.imports.judging.known import details_by_id
from models.imports.lists import Import
from models.imports.questions import LETTERS
from models.imports.rows import Fate, Row
from models.imports.steps import steps_at
from models.orders.steps import Step
from models.values.national_id import mask_in
from routes.imports.row_form import RowForm, row_form
from routes.imports.table import MAIN, Cell, cells_of
from routes.web.fields import Option
from routes.web.forms import unit_choices
from routes.web.visit import Visit
from routes.web.words import count

PAGE_SIZE = 25
_LOOKED_AT, _SAMPLES = 50, 3
MOST_GONE = 500
"""How many of those that are not in the list are asked about at once."""


@dataclass
class Sheet:
    """The page of a list: its counts, and those of its rows that are shown."""

    visit: Visit
    found: Import
    dry_run: DryRun
    units: list[UnitRow]
    stale: bool = False
    """Whether something has changed since the list was looked over before."""
    shown: str = ""
    after: int = 0
    typed: dict[int, dict[str, str]] = field(default_factory=dict)
    """What was typed in a row when the session ended."""
    ticked: set[str] = field(default_factory=set)
    """Who was ticked as having left when the session ended."""
    _forms: dict[int, RowForm] = field(default_factory=dict)
    _before: dict[int, Details] | None = None

    @property
    def counts(self) -> list[tuple[Fate, int, str]]:
        """Each fate that there is, how many there are, and the way to them alone."""
        counts = self.dry_run.counts
        return [(fate, counts[fate], self._url(vis=fate.value)) for fate in Fate if counts[fate]]

    @property
    def meanings(self) -> dict[str, str]:
        """What a column can mean, by what the portal calls it."""
        return {meaning.value: name for meaning, name in NAMES.items()} | self._days

    @property
    def read_columns(self) -> list[tuple[str, str | None, list[str]]]:
        """For each column its heading, what it is taken to mean, and what stands in its first rows."""
        dry_run = self.dry_run
        lines = dry_run.lines[dry_run.first_line :]
        width = max([len(dry_run.meanings), *(len(line.cells) for line in lines[:_LOOKED_AT])])
        meanings = [*dry_run.meanings, *[None] * (width - len(dry_run.meanings))]
        return [
            (
                self._masked(dry_run.heading_of(at))[:60],
                meaning,
                [self._masked(line.cells[at])[:60] for line in lines[:_SAMPLES] if at < len(line.cells)],
            )
            for at, meaning in enumerate(meanings)
        ]

    @property
    def understood(self) -> list[tuple[str, str, str, str]]:
        """For each column its heading, what it is called here, and of a cell, what it says and what it was read as."""
        rows, found = self.dry_run.rows, []
        for heading, meaning, samples in self.read_columns:
            shown = meaning if meaning != Meaning.NATIONAL_ID else None
            one = next((row for row in rows if shown in row.understood), None)
            said, read = (one.values.get(shown or "", ""), one.understood[shown or ""]) if one else ("", "")
            said = self._masked(said) or (" · ".join(filter(None, samples)) if shown else "")
            found.append((heading, self.meanings.get(meaning or "", ""), said, self._masked(read)))
        return found

    @property
    def steps(self) -> list[Step]:
        """How far a list has come that waits."""
        if not self.dry_run.is_ready:
            return steps_at(1, _questions(len(self.dry_run.open_questions)))
        return steps_at(2, f"{count(self.faulty)} feil" if self.faulty else "")

    @property
    def questions(self) -> list[tuple[str, str, list[tuple[str, str]], str]]:
        """What is asked of the list: a name for the field, the question, its answers, and the one that was given."""
        return [
            (
                f"answer-{at}",
                self._masked(question.text),
                [(value, self._masked(label)) for value, label in question.choices],
                self.dry_run.answers.get(question.key, ""),
            )
            for at, question in enumerate(self.dry_run.questions)
        ]

    @property
    def notes(self) -> list[str]:
        """What to know of how the list was read."""
        dry_run = self.dry_run
        answered = [
            self._masked(f"{question.told} {label[:1].lower()}{label[1:]}")
            for question in dry_run.questions
            for value, label in question.choices
            if value == dry_run.answers.get(question.key) and question.key != LETTERS
        ]
        without = [NAMES[Meaning.EMAIL]] if Meaning.EMAIL not in dry_run.meanings else []
        return [
            *dry_run.notes,
            *answered,
            *(f"Lista har ingen kolonne for {name.lower()}, og det må nye ansatte ha." for name in without),
        ]

    @property
    def to_do(self) -> int:
        """How many rows change something."""
        return self.dry_run.counts[Fate.NEW] + self.dry_run.counts[Fate.CHANGED]

    @property
    def faulty(self) -> int:
        """How many rows cannot be brought in as they are."""
        return self.dry_run.counts[Fate.FAULTY]

    @property
    def rows(self) -> list[Row]:
        """The rows of this page."""
        return self._chosen[:PAGE_SIZE]

    @property
    def left(self) -> list[Gone]:
        """Who has left by what the list says, of those who are active in the portal."""
        return self.dry_run.left[:MOST_GONE]

    @property
    def gone(self) -> list[Gone]:
        """Who is asked about."""
        return self.dry_run.gone[:MOST_GONE]

    @property
    def gone_besides(self) -> int:
        """How many more are not in the list."""
        return len(self.dry_run.gone) - len(self.gone) + len(self.dry_run.left) - len(self.left)

    @property
    def what(self) -> str:
        """What the import will do, in a few words."""
        counts = self.dry_run.counts
        if not self.to_do:
            return "0 endringer"
        new, changed = counts[Fate.NEW], counts[Fate.CHANGED]
        return (
            f"{count(new)} {'ny' if new == 1 else 'nye'} og {count(changed)} {'endret' if changed == 1 else 'endrede'}"
        )

    @property
    def button(self) -> str:
        """What the button says that it does."""
        if not self.to_do:
            return "Deaktiver de avkryssede"
        return f"Importer {count(self.to_do)} uten feil" if self.faulty else f"Importer {count(self.to_do)}"

    @property
    def shown_text(self) -> str:
        """What is announced."""
        return f"{self.what}, {count(self.faulty)} med feil"

    @property
    def faults(self) -> str:
        """The way to the rows with faults."""
        return self._url(vis=Fate.FAULTY.value)

    @property
    def more(self) -> str | None:
        """The way to the next page."""
        rows = self._chosen
        return self._url(vis=self.shown, after=rows[PAGE_SIZE - 1].number) if len(rows) > PAGE_SIZE else None

    @property
    def to_columns(self) -> str:
        """The way back to what the columns mean."""
        return self._url(steg="kolonner")

    @property
    def to_questions(self) -> str:
        """The way back to what was asked of the list."""
        return self._url(steg="svar")

    @property
    def everything(self) -> str:
        """The way to all rows."""
        return self._url()

    @property
    def _chosen(self) -> list[Row]:
        wanted = (row for row in self.dry_run.rows if row.number > self.after and self.shown in {"", row.fate.value})
        return [row for row, _ in zip(wanted, range(PAGE_SIZE + 1), strict=False)]

    def name(self, row: Row) -> str:
        """Who it is, as the list says."""
        return self._masked(row.name)

    def facts(self, row: Row) -> list[tuple[str, str, str]]:
        """What a row says, by what the portal calls it: as it was understood, and as it stands where that is another.

        Of an identity number only that there is one.
        """
        names = {Meaning.GIVEN_NAME, Meaning.FAMILY_NAME, Meaning.FULL_NAME, Meaning.FAMILY_FIRST}
        told = {**row.values, **({"national_id": "oppgitt"} if Meaning.NATIONAL_ID in row.values else {})}
        in_one = {Meaning.FULL_NAME, Meaning.FAMILY_FIRST} & told.keys()
        divided = [("Fornavn", self._masked(row.given_name), ""), ("Etternavn", self._masked(row.family_name), "")]
        return (divided if in_one else []) + [
            (
                name,
                self._masked(row.understood.get(meaning, told[meaning])),
                self._masked(told[meaning]) if meaning in row.understood else "",
            )
            for meaning, name in self.meanings.items()
            if meaning in told and meaning not in names and (row.faults or meaning not in MAIN)
        ]

    def cells(self, row: Row) -> list[Cell]:
        """What a row says in the columns of the table, and of what changes, what it is now."""
        if self._before is None:
            changed = {one.employee_id for one in (row, *self.rows) if one.employee_id and one.changes}
            self._before = details_by_id(self.visit.db, changed)
        names = {unit.id: unit.name for unit in self.units}
        return cells_of(row, self._before.get(row.employee_id or 0), names, self._masked)

    def form(self, row: Row) -> RowForm:
        """The form of a faulty row, with a sentence at each cell that is wrong."""
        if row.number not in self._forms:
            values = {**row.values, "unit": "", "national_id": ""}
            values["given_name"], values["family_name"] = row.given_name, row.family_name
            form: RowForm = row_form(self._days).of(self.visit, {**values, **self.typed.get(row.number, {})}.items())
            form.unit.choices = [Option("", "Velg"), *unit_choices(self.units)]
            for cell in form:
                cell.id = f"{cell.name}-{row.number}"
                cell.errors = [row.faults[cell.name]] if cell.name in row.faults else []
            self._forms[row.number] = form
        return self._forms[row.number]

    def changes(self, row: Row) -> str:
        """The names of what changes, for people."""
        days = self._days
        return ", ".join(_CHANGES.get(name) or days.get(name, name) for name in row.changes)

    @property
    def _days(self) -> dict[str, str]:
        """The columns with days of checks that this list can have."""
        return {column.value: column.heading for column in columns_of(self.dry_run.checks)}

    def _masked(self, text: str) -> str:
        return mask_in(text, today=self.visit.today)[0]

    def _url(self, **query: object) -> str:
        return self.visit.url("import", id=self.found.id, **query)


def _questions(many: int) -> str:
    return f"{many} spørsmål" if many else ""


_CHANGES: Mapping[str, str] = {
    "given_name": "fornavn",
    "family_name": "etternavn",
    "email": "e-post",
    "mobile": "mobilnummer",
    "birth_date": "fødselsdato",
    "unit_id": "bedrift/avdeling",
    "national_id": "fødselsnummer",
    "status": "aktiveres igjen",
    "employee_number": "ansattnummer",
    "job_title": "stilling",
    "groups": "gruppe",
}
