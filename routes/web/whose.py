"""Whose customers a list at the desk is of: one's own, unless all are asked for."""

from typing import Any

from routes.web.fields import Choice, Option

_MINE, _ALL = Option("", "Mine kunder"), Option("all", "Alle kunder")


class Whose(Choice):
    """One's own customers, or all."""

    def __init__(self, label: str = "Vis:", **kwargs: Any) -> None:
        super().__init__(label, default="", choices=[_MINE, _ALL], **kwargs)

    def manager(self, own_id: int | None) -> int | None:
        """Whose customers are wanted; None for everybody's."""
        return None if self.data else own_id
