"""What Jinja2 compiles for letters is kept for all postmen of a run: each story begins some, with the same templates.

A page's template is compiled for one portal, with what is fixed there, and is not kept.
"""

from collections.abc import Callable

from jinja2 import BaseLoader, Environment, FileSystemBytecodeCache, Template

from tests.stage.shared import shared


def keep_compiled() -> None:
    """Look for a letter's template among those compiled before it is compiled: it is known by its text."""
    load: Callable[..., Template] = BaseLoader.load

    def kept(loader: BaseLoader, environment: Environment, *asked: object) -> Template:
        if type(environment) is Environment and environment.bytecode_cache is None:
            folder = shared() / "letters"
            folder.mkdir(exist_ok=True)
            environment.bytecode_cache = FileSystemBytecodeCache(str(folder))
        return load(loader, environment, *asked)

    BaseLoader.load = kept  # type: ignore[method-assign,assignment]
