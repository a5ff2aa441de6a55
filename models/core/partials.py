"""The templates under `partials/`, as they lay there when the portal started.

A new release is put in place while this one still serves. Its templates ask for what this one's code does not have, so
what is drawn from then on would be part one, part the other.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

PARTIALS = Path(__file__).parents[2] / "partials"


@cache
def as_started() -> Mapping[str, str]:
    """The text of each by its name, such as `orders/index.html`; read by whoever asks first, which is the start."""
    files = (path for path in PARTIALS.rglob("*") if path.is_file())
    return MappingProxyType({path.relative_to(PARTIALS).as_posix(): path.read_text(encoding="utf-8") for path in files})
