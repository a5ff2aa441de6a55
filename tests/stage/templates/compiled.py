"""What Jinja2 compiles is kept for all portals and postmen of a run: each story begins some, with the same templates.

A letter's template is known by its text, and kept for all processes; a page's also by what is fixed in its portal,
among it where a form's token belongs, which is another in each process.
"""

from collections.abc import Callable
from types import CodeType

from jinja2 import BaseLoader, BytecodeCache, Environment, FileSystemBytecodeCache, Template
from jinja2.bccache import Bucket

from routes.web.templates.compiled import Compiled, Files
from tests.stage.shared import shared
from tests.stage.templates.checks import PARTIALS


class _OfThisProcess(BytecodeCache):
    """Pages, as long as they are those of the portal: a story that changes some has them in a folder of its own."""

    def __init__(self) -> None:
        self._kept: dict[object, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled with the same things fixed."""
        bucket.code = self._kept.get(_key(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        if bucket.code:
            self._kept[_key(bucket)] = bucket.code


def _key(bucket: Bucket) -> object:
    portal = bucket.environment
    assert isinstance(portal, Compiled)
    addresses = portal.pure["url"]("orders"), portal.pure["static"]("portal.css")
    return repr([*portal.fixed.items()]), addresses, bucket.key, bucket.checksum


def keep_compiled() -> None:
    """Look for a template among those compiled before it is compiled."""
    load: Callable[..., Template] = BaseLoader.load
    pages = _OfThisProcess()

    def kept(loader: BaseLoader, environment: Environment, *asked: object) -> Template:
        if type(environment) is Environment and environment.bytecode_cache is None:
            folder = shared() / "letters"
            folder.mkdir(exist_ok=True)
            environment.bytecode_cache = FileSystemBytecodeCache(str(folder))
        if type(environment) is Compiled:
            is_the_portals = isinstance(loader, Files) and loader.searchpath == [str(PARTIALS)]
            environment.bytecode_cache = pages if is_the_portals else None
        return load(loader, environment, *asked)

    BaseLoader.load = kept  # type: ignore[method-assign,assignment]
