"""From files and databases to a checked network, and back: ``read``, ``check``, ``write``, ``rewrite``.

The names are imported when first used, so that commands that need no data start at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tiaokuai.loaders.reading import Report, check, read
    from tiaokuai.loaders.rewriting import rewrite
    from tiaokuai.loaders.writing import write

__all__ = ["Report", "check", "read", "rewrite", "write"]

_HOMES = {"Report": "reading", "check": "reading", "read": "reading", "rewrite": "rewriting", "write": "writing"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
