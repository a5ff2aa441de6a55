"""Paths of the map's routes: the only place where a URL is put together."""

import re
from datetime import date
from urllib.parse import parse_qsl, quote, unquote, unquote_plus, urlencode

from starlette.convertors import IntegerConvertor, StringConvertor, register_url_convertor

from models.values.national_id import mask_in

_PARAMETER = re.compile(r"{(\w+)(?::(\w+))?}")


class _Number(IntegerConvertor):
    """`{number:int}` in a path: what a database's integer can hold; a longer one leads nowhere (404)."""

    regex = "[0-9]{1,9}"


class _Name(StringConvertor):
    """`{number:name}` in a path: a number that others give, with any sign that can be seen, slashes too.

    One that looks like an address below another one, `9025.pdf`, or like a step up, has a mark behind it, which is
    taken off here; so each number has a page, a PDF and a file of its own, whatever numbers there are beside it.
    """

    regex = "[^\x00-\x1f]{1,101}"

    def convert(self, value: str) -> str:
        return value.removesuffix(_MARK)


_MARK = "~"
_AMBIGUOUS = re.compile(r".*(?:\.[a-z]{3,4}|/attachments/[0-9]+|~)|\.{1,2}|statement", re.DOTALL)


def _segment(value: object, convertor: str) -> str:
    """A value as it stands in a path."""
    text = str(value)
    return quote(f"{text}{_MARK}" if convertor == "name" and _AMBIGUOUS.fullmatch(text) else text, safe="")


def without_numbers(address: str, *, today: date) -> str:
    """An address that somebody asked for, with the identity numbers in it masked, to be given back or kept.

    Where one is hidden too well to be taken out alone, as in an address within the address, the query goes.
    """
    path, _, query = address.partition("?")
    if not _has_number(address, today):
        return address
    path = quote(mask_in(unquote(path), today=today)[0], safe="/*")
    pairs = [(name, mask_in(value, today=today)[0]) for name, value in parse_qsl(query, keep_blank_values=True)]
    for masked in (f"{path}?{urlencode(pairs, safe='/*')}" if pairs else path, path):
        if not _has_number(masked, today):
            return masked
    return "/"


def _has_number(address: str, today: date) -> bool:
    """Whether there is an identity number in an address, however often its signs were coded."""
    for _ in range(_MOST_CODINGS):
        if mask_in(address, today=today)[1]:
            return True
        address = unquote_plus(address)
    return False


_MOST_CODINGS = 6

register_url_convertor("int", _Number())
register_url_convertor("name", _Name())


class Links:
    """Path patterns by the name of their route."""

    def __init__(self, patterns: dict[str, str], public_url: str) -> None:
        self._formats = {name: _PARAMETER.sub(r"{\1}", pattern) for name, pattern in patterns.items()}
        self._parameters = {
            name: {found[1]: found[2] or "" for found in _PARAMETER.finditer(pattern)}
            for name, pattern in patterns.items()
        }
        self._patterns = patterns
        self._public_url = public_url

    def parts(self, route: str) -> list[str]:
        """What a route's path is put together from: texts, and between each two of them the name of a parameter.

        None of a path with a name in it, which is more than quoted.
        """
        if "name" in self._parameters[route].values():
            return []
        return [part for place, part in enumerate(_PARAMETER.split(self._patterns[route])) if place % 3 < 2]

    def path(self, route: str, **params: object) -> str:
        """The path of a route; parameters that are not in its pattern become the query, a list several times."""
        inside = self._parameters[route]
        if not params:
            return self._formats[route]
        path = self._formats[route].format(**{name: _segment(params[name], kind) for name, kind in inside.items()})
        query = {name: value for name, value in params.items() if name not in inside and value not in (None, "", [])}
        return f"{path}?{urlencode(query, doseq=True)}" if query else path

    def absolute(self, route: str, **params: object) -> str:
        """The whole URL, for letters."""
        return self._public_url + self.path(route, **params)
