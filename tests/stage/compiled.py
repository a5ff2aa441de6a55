"""What Jinja2 compiles is kept for all portals and postmen of a run: a story begins many, with the same templates."""

from collections.abc import Callable

from jinja2 import BaseLoader, Environment, FileSystemBytecodeCache, Template

from tests.stage.shared import shared


def keep_compiled() -> None:
    """Let each environment look for a template among those compiled before it is compiled: it is known by its text."""
    load: Callable[..., Template] = BaseLoader.load

    def kept(loader: BaseLoader, environment: Environment, *asked: object) -> Template:
        if environment.bytecode_cache is None:
            escapes = "all" if environment.autoescape is True else "some"  # what it is compiled to depends on that
            folder = shared() / f"templates-{escapes}"
            folder.mkdir(exist_ok=True)
            environment.bytecode_cache = FileSystemBytecodeCache(str(folder))
        return load(loader, environment, *asked)

    BaseLoader.load = kept  # type: ignore[method-assign,assignment]
