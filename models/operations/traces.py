"""What `check` reads from marks: whether postman, purge and backup run, whose clock is wrong, who is in front.

What it asks of the settings, the database and other systems is in `checks`; who sets a mark, where it is done.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from models.core.clock import Clock
from models.core.settings import Settings
from models.marks.mark import Mark, Marked
from models.operations.findings import Finding, Grade

SILENT = timedelta(minutes=10)
"""After which a postman that says nothing does not run."""
LATE, TOO_LATE = timedelta(days=2), timedelta(days=7)
"""After which what is done once a day was left out, and after which that harms."""
_SEEN = timedelta(days=1)
"""For how long what a request showed of proxies says something."""
_OFF = timedelta(minutes=1)
"""By so much clocks may differ: the CRM's signatures bear five minutes."""

Marks = Mapping[Marked, Mark]


def traces(marks: Marks, settings: Settings, now: datetime, database_clock: datetime | None) -> Iterator[Finding]:
    """Each with what was left behind; `database_clock` is another machine's, if there is one."""
    yield _postman(marks.get(Marked.POSTMAN), now)
    daily = "an enabled timer does it once a day (deploy/systemd)"
    yield _daily(marks.get(Marked.PURGE), now, "purge", f"python app.py purge; {daily}")
    how = f"python app.py backup FILE, or backed-up after another program's; {daily}"
    yield _daily(marks.get(Marked.BACKUP), now, "backup", how)
    yield _clock(marks, settings, now, database_clock)
    yield _proxies(marks, settings, now)


def _postman(mark: Mark | None, now: datetime) -> Finding:
    how = "start python app.py serve, or worker"
    if mark is None:
        return Finding(Grade.WARNING, f"No postman has run yet, and nothing is sent: {how}")
    if now - mark.at > SILENT:
        return Finding(Grade.WRONG, f"No postman runs since {_moment(mark.at)}, and nothing is sent: {how}")
    return Finding(Grade.RIGHT, f"postman: at work at {_moment(mark.at)}")


def _daily(mark: Mark | None, now: datetime, what: str, how: str) -> Finding:
    if mark is None:
        return Finding(Grade.WARNING, f"There was no {what} yet: {how}")
    if now - mark.at <= LATE:
        return Finding(Grade.RIGHT, f"{what}: {_moment(mark.at)}")
    grade = Grade.WRONG if now - mark.at > TOO_LATE else Grade.WARNING
    return Finding(grade, f"The last {what} was at {_moment(mark.at)}: {how}")


def _clock(marks: Marks, settings: Settings, now: datetime, database_clock: datetime | None) -> Finding:
    if settings.today:
        return Finding(Grade.WARNING, f"PORTAL_TODAY is set, and it is always {settings.today}: take it away")
    off = abs(database_clock - Clock().now()) if database_clock else timedelta()
    if off > _OFF:
        told = f"differs from the database's by {off.total_seconds():.0f} seconds"
        return Finding(Grade.WRONG, f"The clock {told}: set both by the network (timedatectl set-ntp true)")
    ahead = [mark for mark in marks.values() if mark.at - now > _OFF]
    if ahead:
        last = max(mark.at for mark in ahead)
        told = f"The clock is behind what was done already, at {_moment(last)}, here or on another machine"
        return Finding(Grade.WRONG, f"{told}: set them by the network (timedatectl set-ntp true)")
    return Finding(Grade.RIGHT, f"clock: {_moment(now)}")


def _proxies(marks: Marks, settings: Settings, now: datetime) -> Finding:
    """What requests showed of FORWARDED_ALLOW_IPS; without TLS nobody needs to be in front."""
    name = "FORWARDED_ALLOW_IPS"
    recent = {what: mark for what, mark in marks.items() if now - mark.at <= _SEEN}
    forwarded, unnamed = recent.get(Marked.FORWARDED), recent.get(Marked.UNNAMED)
    if unnamed and (forwarded is None or unnamed.at - forwarded.at > SILENT):
        told = f"Requests come through {unnamed.told}, which {name} does not name: all users are one address"
        return Finding(Grade.WRONG, f"{told}; set it to the proxy's address, and restart")
    if unnamed and forwarded and forwarded.at - unnamed.at < SILENT:
        told = f"Requests that say for whom they ask come from {unnamed.told} as well, which {name} does not name"
        return Finding(Grade.WARNING, f"{told}: name it if it is a proxy, else let nobody past the proxy")
    if settings.secure and Marked.UNFORWARDED in recent and forwarded is None:
        told = "The proxy does not say for whom it asks: all users are one address"
        return Finding(Grade.WRONG, f"{told}; let it set X-Forwarded-For to the address that it sees")
    if forwarded:
        return Finding(Grade.RIGHT, f"proxy: {name} names it, and it says for whom it asks")
    return Finding(Grade.RIGHT, f"proxy: none was seen lately; {name} is {', '.join(settings.proxies)}")


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
