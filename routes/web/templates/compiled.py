"""How templates are compiled: what is the same on every page of an installation is written into them once.

Whoever writes a template need not know of it. What is drawn once and kept, is in `kept`.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, nodes
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
    """Puts values in the place of names and addresses that are known when a template is compiled."""

    def __init__(self, templates: "Compiled", own: set[str]) -> None:
        self._templates = templates
        self._own = own
        """Names that the template itself sets, which mean something else there."""

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802  # Jinja2's
        """A name of the installation's, such as its brand."""
        if node.ctx != "load" or node.name in self._own or node.name not in self._templates.fixed:
            return node
        return nodes.Const(self._templates.fixed[node.name], lineno=node.lineno)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  # Jinja2's
        """An address without parameters, or with those that are written out."""
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) and node.node.name not in self._own else ""
        pure = self._templates.pure.get(name)
        args = [value.value for value in node.args if isinstance(value, nodes.Const)]
        named = {pair.key: pair.value.value for pair in node.kwargs if isinstance(pair.value, nodes.Const)}
        is_known = len(args) == len(node.args) and len(named) == len(node.kwargs)
        if pure is None or not is_known or node.dyn_args or node.dyn_kwargs:
            return node
        return nodes.Const(pure(*args, **named), lineno=node.lineno)

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802  # Jinja2's
        """Addresses that are written where they are put together: of a row, only its number has to be found."""
        self.generic_visit(node)
        node.nodes = [piece for child in node.nodes for piece in self._pieces(child)]
        return node

    def _pieces(self, node: nodes.Expr) -> list[nodes.Expr]:
        if not (isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "url"):
            return [node]
        if "url" in self._own or node.dyn_kwargs or len(node.args) != 1 or not isinstance(node.args[0], nodes.Const):
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
        self.fixed, self.pure, self.parts_of = fixed, pure, parts_of
        self.globals.update({**fixed, **pure})
        self.filters["segment"] = segment

    def _generate(self, source: nodes.Template, *more: Any, **named: Any) -> str:
        own = {found.name for found in source.find_all(nodes.Name) if found.ctx != "load"}
        return super()._generate(_Fixed(self, own).visit(source), *more, **named)
