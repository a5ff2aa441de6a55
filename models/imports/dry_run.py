"""A list on its way in: what was sent, how it is read, and what is to become of each of its rows.

Where it is kept is in `lists`; what becomes of a row is decided in `judging`.
"""

import base64
import json
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date

from models.customers.units import UnitRow
from models.imports import questions
from models.imports.cells.checks import columns_of
from models.imports.cells.headings import Column, Meaning, guess, guess_more, recognise
from models.imports.questions import LETTERS, Question
from models.imports.reading import Read, Reading, read_row
from models.imports.rows import Fate, Row, rows_of
from models.values.tables import FIRST_DAY, Line, Table
from models.values.texts.encodings import again
from models.values.texts.invisible import cell

_HEADINGS_AGAIN = "Overskriftene står flere ganger i lista. De er ikke lest som ansatte."
_OF_ROW = tuple(part.name for part in fields(Row))


@dataclass
class Gone:
    """Somebody who is active in the portal, and is not in a list that is complete, or has left by what it says."""

    id: int
    name: str
    unit_name: str


@dataclass
class DryRun:
    """A list with what is to become of each of its rows."""

    lines: list[Line] = field(default_factory=list)
    """The rows as they came: how they are read can be changed until they are brought in."""
    meanings: list[str | None] = field(default_factory=list)
    """What each column means; a guess, until somebody has said so."""
    heading: int | None = None
    """Which of the lines has the headings."""
    is_read: bool = False
    """Whether it is certain what the columns mean."""
    rows: list[Row] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    left: list[Gone] = field(default_factory=list)
    """Who has left by what the list says."""
    notes: list[str] = field(default_factory=list)
    left_aside: list[str] = field(default_factory=list)
    """Headings of columns that are not understood."""
    unit_id: int | None = None
    """The unit of rows that name none."""
    complete: bool = False
    """Whether who does not stand in the list has left."""
    first_day: date = FIRST_DAY
    encoding: str = ""
    rivals: list[str] = field(default_factory=list)
    """How else the letters may be meant (`models.values.texts.encodings`)."""
    questions: list[Question] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """By the key of the question."""
    orders: dict[str, str] = field(default_factory=dict)
    """The order of days, months and years in each column of dates that tells it by itself."""
    checks: list[str] = field(default_factory=list)
    """The names of the customer's checks when the list was sent: each can have a column."""

    @property
    def open_questions(self) -> list[Question]:
        """Those that nobody has answered."""
        return [question for question in self.questions if question.key not in self.answers]

    @property
    def is_ready(self) -> bool:
        """Whether its rows can be looked over."""
        return self.is_read and not self.open_questions

    @property
    def size(self) -> int:
        """How many rows could be applied; none before all is understood."""
        return len(self.rows) if self.is_ready else 0

    @property
    def counts(self) -> Counter[Fate]:
        """How many rows there are of each fate."""
        return Counter(row.fate for row in self.rows)

    @property
    def first_line(self) -> int:
        """The place of the first line below the headings."""
        return 0 if self.heading is None else self.heading + 1

    def heading_of(self, column: int) -> str:
        """What stands above a column."""
        cells = self.lines[self.heading].cells if self.heading is not None else []
        return cell(cells[column]) if column < len(cells) else ""

    def dumps(self) -> str:
        """As text, to be sealed."""
        kept = {
            **vars(self),
            "lines": [[line.number, line.cells] for line in self.lines],
            "rows": [[_kept(row, name) for name in _OF_ROW] for row in self.rows],
            "gone": [list(vars(one).values()) for one in self.gone],
            "left": [list(vars(one).values()) for one in self.left],
            "questions": [asdict(question) for question in self.questions],
            "first_day": self.first_day.isoformat(),
        }
        return base64.b64encode(zlib.compress(json.dumps(kept).encode(), 1)).decode()

    @classmethod
    def loads(cls, text: str) -> "DryRun":
        """The same again."""
        kept = json.loads(zlib.decompress(base64.b64decode(text)))
        kept["rows"] = [Row(*row) for row in kept["rows"]]
        for row in kept["rows"]:
            row.fate = Fate(row.fate)
        kept["lines"] = [Line(*line) for line in kept["lines"]]
        kept["gone"], kept["left"] = ([Gone(*one) for one in kept[name]] for name in ("gone", "left"))
        kept["questions"] = [
            Question(one["key"], one["text"], one["told"], [(value, label) for value, label in one["choices"]])
            for one in kept["questions"]
        ]
        kept["first_day"] = date.fromisoformat(kept["first_day"])
        return cls(**kept)


def _kept(row: Row, name: str) -> object:
    """What is kept of a row; its fate as a word, which the release before can read as well."""
    return row.fate.word if name == "fate" else getattr(row, name)


def begin(
    table: Table,
    units: list[UnitRow],
    *,
    today: date,
    unit_id: int | None = None,
    complete: bool = False,
    checks: Sequence[str] = (),
) -> DryRun:
    """A dry run of a table: with its rows where all is understood, else with a guess at the columns, or a question."""
    begun = DryRun(
        lines=table.lines,
        notes=table.told(),
        unit_id=unit_id,
        complete=complete,
        first_day=table.first_day,
        encoding=table.encoding,
        rivals=list(table.rivals),
        checks=list(checks),
    )
    if table.rivals:
        cells = [text for line in table.lines for text in line.cells]
        begun.questions = [questions.of_letters(table.encoding, table.rivals, cells)]
    else:
        _understand(begun, units, today)
    return begun


def answer(dry_run: DryRun, answers: dict[str, str], units: list[UnitRow], *, today: date) -> None:
    """Take answers; what is no answer to a question of this list is passed over."""
    for question in dry_run.questions:
        given = answers.get(question.key, "")
        if given in {value for value, _ in question.choices}:
            dry_run.answers[question.key] = given
    chosen = dry_run.answers.get(LETTERS, dry_run.encoding)
    if chosen != dry_run.encoding or (LETTERS in dry_run.answers and not dry_run.meanings):
        for line in dry_run.lines:
            line.cells[:] = [again(text, dry_run.encoding, chosen) for text in line.cells]
        dry_run.encoding = chosen
        dry_run.is_read, dry_run.rows = False, []
        _understand(dry_run, units, today)


def choose_columns(
    dry_run: DryRun, meanings: Sequence[Column | None], units: list[UnitRow], *, heading: bool, today: date
) -> None:
    """Read the rows with the columns that somebody chose; `heading` says that the first line is none of them."""
    dry_run.heading = (dry_run.heading or 0) if heading else None
    dry_run.answers = {key: given for key, given in dry_run.answers.items() if key == LETTERS}
    _take_rows(dry_run, meanings, units, today)


def read_all(dry_run: DryRun, units: list[UnitRow], *, today: date, synthetic: bool) -> list[Read]:
    """What all rows say. A thing for `Visit.aside` where there are many."""
    orders = {key.removeprefix("order:"): order for key, order in dry_run.answers.items() if key.startswith("order:")}
    reading = Reading(
        units,
        today,
        synthetic,
        dry_run.unit_id,
        orders={**dry_run.orders, **orders},
        headings=_state_headings(dry_run),
        answers=dry_run.answers,
        first_day=dry_run.first_day,
        checks=columns_of(dry_run.checks),
    )
    return [read_row(row, reading) for row in dry_run.rows]


def _understand(dry_run: DryRun, units: list[UnitRow], today: date) -> None:
    """Find out what the columns mean, by their headings and else by what stands in them."""
    cells = [line.cells for line in dry_run.lines]
    names = frozenset(unit.name.casefold() for unit in units)
    known = recognise(cells, dry_run.checks)
    columns = guess_more(known, cells, names, dry_run.checks) if known else guess(cells, names, dry_run.checks)
    dry_run.heading = columns.heading
    dry_run.meanings = [meaning.value if meaning else None for meaning in columns.meanings]
    if known and set(columns.meanings) - {None} == set(known.meanings) - {None}:
        _take_rows(dry_run, columns.meanings, units, today)


def _take_rows(dry_run: DryRun, meanings: Sequence[Column | None], units: list[UnitRow], today: date) -> None:
    dry_run.is_read = True
    dry_run.meanings = [meaning.value if meaning else None for meaning in meanings]
    below = _without_headings(dry_run)
    dry_run.rows = rows_of(below, meanings)
    width = max((len(line.cells) for line in below), default=0)
    dry_run.left_aside = [
        re.sub(r"\d{5,}", "…", dry_run.heading_of(at)) or f"kolonne {at + 1}"
        for at in range(width)
        if (at >= len(meanings) or meanings[at] is None)
        and any(at < len(line.cells) and line.cells[at].strip() for line in below)
    ]
    dates = {**questions.DATES, **{column.value: column.heading for column in columns_of(dry_run.checks)}}
    read = questions.Columns(dates, _state_headings(dry_run), dry_run.first_day)
    asked, dry_run.orders = questions.of_rows(dry_run.rows, read, today, units)
    dry_run.questions = [question for question in dry_run.questions if question.key == LETTERS] + asked


def _without_headings(dry_run: DryRun) -> list[Line]:
    """The lines below the headings, without those that say the headings again, as at the top of each printed page."""
    below = dry_run.lines[dry_run.first_line :]
    if dry_run.heading is None:
        return below
    headings = dry_run.lines[dry_run.heading].cells
    others = [line for line in below if line.cells != headings]
    if len(others) < len(below) and _HEADINGS_AGAIN not in dry_run.notes:
        dry_run.notes.append(_HEADINGS_AGAIN)
    return others


def _state_headings(dry_run: DryRun) -> dict[str, str]:
    """The headings of the columns that say who has left."""
    of_states = {Meaning.STATUS.value, Meaning.END_DATE.value}
    return {
        meaning: dry_run.heading_of(at)
        for at, meaning in enumerate(dry_run.meanings)
        if meaning and meaning in of_states
    }
