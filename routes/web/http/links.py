"""Paths of the map's routes: the only place where a URL is put together."""

import re
from urllib.parse import quote, urlencode

from starlette.convertors import IntegerConvertor, StringConvertor, register_url_convertor

_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")


class _Number(IntegerConvertor):
    """`{number:int}` in a path: what a database's integer can hold; a longer one leads nowhere (404)."""

    regex = "[0-9]{1,9}"


class _Name(StringConvertor):
    """`{number:name}` in a path: a number that others give, with any sign that can be seen, slashes too."""

    regex = "[^\x00-\x1f]{1,100}"


register_url_convertor("int", _Number())
register_url_convertor("name", _Name())


class Links:
    """Path patterns by the name of their route."""

    def __init__(self, patterns: dict[str, str], public_url: str) -> None:
        self._formats = {name: _PARAMETER.sub(r"{\1}", pattern) for name, pattern in patterns.items()}
        self._parameters = {
            name: frozenset(found.group(1) for found in _PARAMETER.finditer(pattern))
            for name, pattern in patterns.items()
        }
        self._public_url = public_url

    def path(self, route: str, **params: object) -> str:
        """The path of a route; parameters that are not in its pattern become the query, a list several times."""
        inside = self._parameters[route]
        if not params:
            return self._formats[route]
        path = self._formats[route].format(**{name: quote(str(params[name]), safe="") for name in inside})
        query = {name: value for name, value in params.items() if name not in inside and value not in (None, "", [])}
        return f"{path}?{urlencode(query, doseq=True)}" if query else path

    def absolute(self, route: str, **params: object) -> str:
        """The whole URL, for letters."""
        return self._public_url + self.path(route, **params)
