"""How the portal logs for operators: English, one line per event, structured, without personal data."""

import json
import logging
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

_REQUEST: ContextVar[str] = ContextVar("request", default="")
_ROUTE: ContextVar[str] = ContextVar("route", default="")
_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


@contextmanager
def request_is(id: str) -> Iterator[None]:
    """Each line that is logged meanwhile names the request."""
    token = _REQUEST.set(id)
    try:
        yield
    finally:
        _REQUEST.reset(token)


def route_is(pattern: str) -> None:
    """Say which route is being answered: its pattern, never an address."""
    _ROUTE.set(pattern)


def route_of_now() -> str:
    """The route that is being answered, if one is."""
    return _ROUTE.get()


def described(error: Exception) -> str:
    """The kind of an error and where it arose; its text may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    where = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{where}"


class _Structured(logging.Formatter):
    """A message with its facts, as `key=value` or as one JSON object."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """The line; a traceback says where it was, and not in which words: they may quote what somebody typed."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if id := _REQUEST.get():
            facts["request"] = id
        trace = _where(record.exc_info[1]) if record.exc_info else None
        if self._as_json:
            line = {"at": at, "level": record.levelname, "logger": record.name, "event": record.getMessage()}
            return json.dumps(line | facts | ({"trace": trace} if trace else {}), default=str)
        told = "".join(f" {name}={value}" for name, value in facts.items())
        return f"{at} {record.levelname} {record.name}: {record.getMessage()}{told}" + (f"\n{trace}" if trace else "")


def _where(error: BaseException | None) -> str:
    told = ""
    while error:
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        told = "".join([*traceback.format_tb(error.__traceback__), kind, "\n\n" if told else "", told])
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return told


class _Seldom(logging.Filter):
    """Lets through what can be said a thousand times a second once in a while, with how often it was.

    While the database is away, or somebody sends nonsense, the log would fill the disk.
    """

    _EVENTS = frozenset({"database unavailable", "Invalid HTTP request received.", "Unsupported upgrade request."})
    _EVERY = 10.0
    """Seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}
        self._unsaid: Counter[str] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is written."""
        event = str(record.msg)
        if event not in self._EVENTS and not (record.name == "asyncio" and record.levelno >= logging.ERROR):
            return True
        event = event[:80]
        if record.created - self._said.get(event, -self._EVERY) < self._EVERY:
            self._unsaid[event] += 1
            return False
        self._said[event] = record.created
        if unsaid := self._unsaid.pop(event, 0):
            record.unsaid = unsaid
        return True


def structured(*, as_json: bool) -> logging.Formatter:
    """How a line is written."""
    return _Structured(as_json=as_json)


def configure_logs(log_format: str) -> None:
    """Send all logs to standard error, as `text` or `json` (LOG_FORMAT)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structured(as_json=log_format == "json"))
    handler.addFilter(_Seldom())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("uvicorn.access").disabled = True  # its lines hold whole URLs, with what people search for
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("fido2").setLevel(logging.WARNING)  # it names passkeys, which are people's
