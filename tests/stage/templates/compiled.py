"""What Jinja2 compiles is kept for all portals and postmen of a run: each story begins some, with the same templates.

A letter's template is known by its text; a page's also by what is fixed in its portal, among it where a form's token
belongs, which is the same in all processes of a run.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from types import CodeType

from jinja2 import BaseLoader, BytecodeCache, Environment, FileSystemBytecodeCache, Template
from jinja2.bccache import Bucket

from routes.web import templates
from routes.web.templates.compiled import Compiled, Files
from tests.stage.shared import shared
from tests.stage.templates.checks import PARTIALS


class _OfTheRun(BytecodeCache):
    """Pages, as long as they are those of the portal: a story that changes some has them in a folder of its own."""

    def __init__(self) -> None:
        self._read: dict[Path, CodeType] = {}
        self._folder = shared() / "compiled"
        self._folder.mkdir(exist_ok=True)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled with the same things fixed."""
        file = self._file(bucket)
        if file not in self._read and file.exists():
            bucket.bytecode_from_string(file.read_bytes())
            self._keep(file, bucket)
        bucket.code = self._read.get(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it; a file half written has another name, so that nobody reads it."""
        file = self._file(bucket)
        making = file.with_suffix(f".{os.getpid()}")
        making.write_bytes(bucket.bytecode_to_string())
        making.rename(file)
        self._keep(file, bucket)

    def _keep(self, file: Path, bucket: Bucket) -> None:
        if bucket.code:
            self._read[file] = bucket.code

    def _file(self, bucket: Bucket) -> Path:
        portal = bucket.environment
        assert isinstance(portal, Compiled)
        addresses = portal.pure["url"]("orders"), portal.pure["static"]("portal.css")
        known_by = repr(([*portal.fixed.items()], addresses, bucket.key, bucket.checksum))
        return self._folder / hashlib.sha256(known_by.encode()).hexdigest()


def keep_compiled() -> None:
    """Look for a template among those compiled before it is compiled."""
    load: Callable[..., Template] = BaseLoader.load
    templates._TOKEN_HERE = f"token-{shared().name}"
    pages = _OfTheRun()

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
