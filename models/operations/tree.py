"""The command line as one tree: which commands there are, and the words that each takes.

What a command does and says is in `commands` and its neighbours, what a word may be, in `words`; what serves is given.
"""

import tomllib
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from models.operations import commands, customers, staff, words
from models.operations.backup import commands as backup
from models.operations.installation import Installation
from models.reports.report import Kind

Command = Callable[..., Iterable[str]]
Entry = Callable[[str, Command, str], ArgumentParser]
Addresses = Callable[[Installation], Callable[..., str]]
"""The addresses of pages, which only the map knows."""

_PROJECT = Path(__file__).parents[2] / "pyproject.toml"
STATUSES = """It ends with 0 when all is well, with 1 when something was refused or found wrong, and with 2 when the
words or the settings are wrong, so that nothing was done, and with 4 when the tables are not those of this version."""


def command_line(serving: Mapping[str, Command], addresses: Addresses) -> ArgumentParser:
    """Each entry says what carries it out, and its words by the names that this takes."""
    parser = ArgumentParser("python app.py", description="The customer portal.", epilog=STATUSES)
    project = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]
    parser.add_argument("--version", action="version", version=project["version"])
    commands_of = parser.add_subparsers(title="commands", metavar="COMMAND")

    def entry(name: str, carry_out: Command, what: str) -> ArgumentParser:
        made = commands_of.add_parser(name, help=what, description=what)
        made.set_defaults(carry_out=carry_out)
        return made

    entry("run", serving["run"], "the demo: makes keys and a filled database at the first start, then serves")
    entry("serve", serving["serve"], "the portal, with the settings of the environment")
    entry("worker", serving["worker"], "the postman alone")
    entry("migrate", commands.migrate, "brings the database to the newest version")
    entry("check", serving["check"], "what is right, what is missing, and how to mend it")
    entry("purge", commands.purge, "erases former employees and what else is past its time; once a day")
    entry("verify-log", commands.verify_log, "whether the log of each customer is as it was written")
    entry("rotate-keys", commands.rotate_keys, "seals everything with the newest of FIELD_KEYS")
    key = entry("new-key", commands.new_key, "makes a key")
    key.add_argument("name", nargs="?", choices=commands.KEYS, default=commands.KEYS[0], help="for which setting")
    _add_staff(entry, addresses)
    for add in (_add_backup, _add_exchange, _add_reports, _add_slots):
        add(entry)
    return parser


def _add_staff(entry: Entry, addresses: Addresses) -> None:
    def with_addresses(command: Command) -> Command:
        return lambda installation, **said: command(installation, addresses(installation), **said)

    create, link = with_addresses(staff.create_staff), with_addresses(staff.staff_link)
    added = entry("create-staff", create, "lets somebody of the provider's own sign in to the desk")
    again = entry("staff-link", link, "prints another link with which somebody of the staff chooses a password")
    for command in (added, again):
        command.add_argument("username", type=words.username, help="what one signs in with")
    added.add_argument("--name", type=words.name, required=True, help="the full name")
    added.add_argument("--email", type=words.email, required=True, help="where letters go")
    added.add_argument("--phone", type=words.phone, default="", help="where customers call")
    reset = entry("reset-second-factor", staff.reset_second_factor, "lets a user in with the password alone, once")
    reset.add_argument("username", type=words.username, help="what one signs in with")
    admin = "may do everything, and say who is staff"
    added.add_argument("--administrator", action="store_true", dest="is_administrator", help=admin)


def _add_backup(entry: Entry) -> None:
    made = entry("backup", backup.backup, "the whole database in one file, while the portal runs")
    made.add_argument("file", type=words.path, help="where it is written; not there yet")
    said = entry("backed-up", backup.backed_up, "notes that another program has backed the database up, for check")
    said.add_argument("--at", type=words.moment, help="2026-10-13 or 2026-10-13T08:00; without it, now")
    for name, command, what in (
        ("verify", backup.verify, "whether a backup is whole, to the row"),
        ("restore", backup.restore, "puts a backup into a database that is empty, or not there yet"),
    ):
        entry(name, command, what).add_argument("file", type=words.path, help="the backup")
    move = entry("move-to", backup.move_to, "moves everything to an empty database of the other kind, or of the same")
    move.add_argument("url", type=words.text, help="written as DATABASE_URL is")


def _add_exchange(entry: Entry) -> None:
    outbox = entry("outbox", commands.outbox, "which endpoint rests, what waits, and what could not be delivered")
    again = outbox.add_subparsers(metavar="[resend id]", help="sends again what could not be delivered")
    resend = again.add_parser("resend")
    resend.set_defaults(carry_out=commands.resend)
    resend.add_argument("id", type=words.number, nargs="?", help="the number at the beginning of its line")
    resend.add_argument("--since", type=words.moment, help="all that died since 2026-10-13, or 2026-10-13T08:00")
    resend.add_argument("--kind", type=words.text, help="of those, only what has this kind, such as order_placed")
    entry("received", commands.received, "events of the CRM that were refused, and why")
    reconcile = entry("reconcile", commands.reconcile, "compares every record with the digests of the CRM")
    reconcile.add_argument("place", help="a file with the digests, or their address")
    reconcile.add_argument("--mend", action="store_true", help="tells the CRM again what differs")
    opened = entry(
        "import-customers", customers.import_customers, "takes in customers, units, account managers and users"
    )
    opened.add_argument("file", type=words.path, help="CSV or XLSX; the desk has a template, under Kunder")
    opened.add_argument("--check", action="store_true", help="only says what would be done, and keeps nothing")
    invoices = entry("import-invoices", commands.import_invoices, "takes in EHF files, folders and zips")
    path: dict[str, Any] = {"type": words.path, "nargs": "*", "metavar": "PATH"}
    invoices.add_argument("paths", help="a file, a folder with all that is below it, or a zip", **path)
    check = "only verifies all of them, and keeps nothing"
    invoices.add_argument("--check", action="extend", dest="check_only", help=check, **path)
    entry("quarantine", commands.quarantine, "the documents that were refused, and why")


def _add_reports(entry: Entry) -> None:
    reports = entry("reports", commands.reports, "shows Rapporter to a customer, or hides it")
    report = entry("add-report", commands.keep_report, "keeps a report for a customer, or for one of its units")
    plan = entry("add-plan", commands.add_plan, "puts a plan in the place of the customer's plan of that year")
    for command in (reports, report, plan):
        command.add_argument("number", type=words.organisation_number, help="the customer's organisation number")
    for command in (report, plan):
        command.add_argument("year", type=words.year, help="the year that it is about")
    reports.add_argument("state", choices=("on", "off"), help="shown or hidden")
    report.add_argument("kind", choices=[said for kind in Kind for said in (kind.value, kind.word)], help="what it is")
    report.add_argument("file", type=words.report_file, help="what is kept, under its own name")
    report.add_argument("unit", type=words.text, nargs="?", help="the unit's name; without it, the company")
    plan.add_argument("file", type=words.path, help="a CSV in UTF-8, with semicolons")


def _add_slots(entry: Entry) -> None:
    option = entry("publish-slots", commands.publish_slots, "publishes a series of times as bookings").add_argument
    several: dict[str, Any] = {"action": "append", "required": True}
    option("--unit", type=words.unit, dest="units", help="id or organisation number; several times", **several)
    option("--title", type=words.text, required=True, help="what it is")
    option("--place", type=words.text, required=True, help="where it is")
    option("--day", type=words.day, dest="days", help="2026-10-13; several times", **several)
    option("--hours", type=words.hours, help="08:00-15:00; several times", **several)
    option("--break", type=words.hours, dest="breaks", action="append", default=[], help="11:30-12:00; several times")
    option("--minutes", type=words.minutes, dest="length", required=True, help="the length of a time")
    option("--capacity", type=words.number, default=1, help="places on each time")
    option("--closes", type=words.ahead, dest="closes_before", default="24h", help="24h or 7d before the first time")
    option("--order", type=words.number, dest="order_number", help="the number of the order")
    option("--preparation", type=words.long_text, default="", help="what one does before")
    option("--self-declaration", type=words.address, dest="self_declaration_url", default="", help="its URL")
    option("--names-hidden", action="store_true", help="only how many sit, not who")
    option("--needs-national-id", action="store_true", help="those who come must be identified")
