"""How templates are compiled: what is the same on every page of an installation is written into them once.

Whoever writes a template need not know of it. What is drawn once and kept, is in `kept`.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from routes.web.templates.kept import Kept

_HAS_MARKUP = re.compile("[&<>'\"]").search


def written(value: object) -> str:
    """A value as it stands in HTML. Most hold nothing that would have to be escaped, and so cost little."""
    if type(value) is str:
        return escape(value) if _HAS_MARKUP(value) else value
    return value if type(value) is Markup else escape(value)


def segment(value: object) -> str:
    """A value as a part of a path."""
    return str(value) if type(value) is int else quote(str(value), safe="")


class _Code(CodeGenerator):
    """Python for a template: its expressions are `written`."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.written(")


class _Context(Context):
    """What is given to a template. Its functions and macros are called without a detour.

    The one of Jinja2 is for functions that want to be given the context, of which the portal has none.
    """

    def __init__(self, environment: "Compiled", *given: Any, **named: Any) -> None:
        super().__init__(environment, *given, **named)
        self._kept = environment.kept

    def call(
        self, function: Callable[..., Any], /, *args: Any, _block_vars: Any = None, _loop_vars: Any = None, **named: Any
    ) -> Any:
        """Call it; what Jinja2 adds is for such functions, too."""
        return self._kept.call(function, args, named) if type(function) is Macro else function(*args, **named)


class _Fixed(NodeTransformer):
    """Puts in place what is known when a template is compiled: names, addresses, and the parts that it includes."""

    def __init__(
        self, templates: "Compiled", name: str | None, source: nodes.Template, around: "_Fixed | None" = None
    ) -> None:
        self._templates, self._name = templates, name
        self.own = {found.name for found in source.find_all(nodes.Name) if found.ctx != "load"}
        """Names that the template itself sets, which mean something else there."""
        self.imports = {_import_of(node) for node in source.body}
        if around:
            self.own |= around.own
            source.body = [
                node for node in source.body if not _import_of(node) or _import_of(node) not in around.imports
            ]
            self.imports |= around.imports

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802  # Jinja2's
        """A name of the installation's, such as its brand."""
        if node.ctx != "load" or node.name in self.own or node.name not in self._templates.fixed:
            return node
        return nodes.Const(self._templates.fixed[node.name], lineno=node.lineno)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  # Jinja2's
        """An address without parameters, or with those that are written out."""
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) and node.node.name not in self.own else ""
        pure = self._templates.pure.get(name)
        args = [value.value for value in node.args if isinstance(value, nodes.Const)]
        named = {pair.key: pair.value.value for pair in node.kwargs if isinstance(pair.value, nodes.Const)}
        is_known = len(args) == len(node.args) and len(named) == len(node.kwargs)
        if pure is None or not is_known or node.dyn_args or node.dyn_kwargs:
            return node
        return nodes.Const(pure(*args, **named), lineno=node.lineno)

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802  # Jinja2's
        """A part: it stands where it is included, with names of its own, so that a row costs no template of its own."""
        name = node.template.value if isinstance(node.template, nodes.Const) else None
        if not isinstance(name, str) or node.ignore_missing or not node.with_context:
            return node
        part = self._templates.part(name, self._name)
        if part.find(nodes.Extends) or part.find(nodes.Block):
            return node
        return nodes.Scope(_Fixed(self._templates, self._name, part, self).visit(part).body, lineno=node.lineno)

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802  # Jinja2's
        """Addresses that are written where they are put together: of a row, only its number has to be found."""
        self.generic_visit(node)
        node.nodes = [piece for child in node.nodes for piece in self._pieces(child)]
        return node

    def _pieces(self, node: nodes.Expr) -> list[nodes.Expr]:
        if not (isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "url"):
            return [node]
        if "url" in self.own or node.dyn_kwargs or len(node.args) != 1 or not isinstance(node.args[0], nodes.Const):
            return [node]
        given = {pair.key: pair.value for pair in node.kwargs}
        parts = self._templates.parts_of(node.args[0].value)
        if set(parts[1::2]) != set(given):
            return [node]
        found: list[nodes.Expr] = []
        for number, part in enumerate(parts):
            if number % 2:
                found.append(nodes.Filter(given[part], "segment", [], [], None, None, lineno=node.lineno))
            elif part:
                found.append(nodes.TemplateData(part, lineno=node.lineno))
        return found


def _import_of(node: nodes.Node) -> tuple[str, str] | None:
    """The template of macros that a node makes known, and by which name."""
    if isinstance(node, nodes.Import) and isinstance(node.template, nodes.Const) and not node.with_context:
        return node.template.value, node.target
    return None


class Compiled(Environment):
    """Templates that are compiled for one installation."""

    code_generator_class = _Code
    context_class = _Context
    written = staticmethod(written)

    def __init__(
        self,
        *,
        fixed: Mapping[str, object],
        pure: Mapping[str, Callable[..., str]],
        parts_of: Callable[[str], list[str]],
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.kept = Kept()
        self.parts: dict[str | None, list[Callable[[], bool]]] = {}
        """By template, whether what stands in it for its parts is still what is in their files."""
        self.fixed, self.pure, self.parts_of = fixed, pure, parts_of
        self.globals.update({**fixed, **pure})
        self.filters["segment"] = segment

    def _generate(self, source: nodes.Template, name: str | None, *more: Any, **named: Any) -> str:
        return super()._generate(_Fixed(self, name, source).visit(source), name, *more, **named)

    def part(self, name: str, of: str | None) -> nodes.Template:
        """A part as it was written, of a template that is out of date when the part is."""
        assert self.loader is not None
        source, filename, is_fresh = self.loader.get_source(self, name)
        self.parts.setdefault(of, []).append(is_fresh or (lambda: True))
        return self._parse(source, name, filename)


class Files(FileSystemLoader):
    """Templates in files: as they are kept, or else read again once they or one of their parts has changed."""

    def __init__(self, folder: Path, kept: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__(folder)
        self._kept = kept

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Its text, its file, and whether that is still it."""
        parts: list[Callable[[], bool]] = []
        environment.parts[template] = parts  # type: ignore[attr-defined]  # it is Compiled
        if template in self._kept:
            return self._kept[template], template, lambda: True
        source, file, is_fresh = super().get_source(environment, template)
        return source, file, lambda: is_fresh() and all(is_fresh() for is_fresh in parts)
