"""Tables for people: right-aligned numbers, shares as percent, withheld figures as ``‹5``, hollow marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table

STATUS = {
    "covered": ("● ", "blue", "已覆盖", "covered"),
    "growing": ("◐ ", "cyan", "成长中", "growing"),
    "hollow": ("◌ ", "bold dark_orange", "空心", "hollow"),
    "ahead": ("△ ", "yellow", "先行", "ahead"),
    "none": ("· ", "dim", "未建", "none"),
}


def withheld(value: Any) -> bool:
    """Whether a figure is hidden from the audience."""
    return isinstance(value, Mapping) and "suppressed" in value


def text(value: Any) -> str:
    """A cell as people read it; a missing one is an en dash, a withheld one ``‹5``.

    >>> text(1234), text(None), text({"suppressed": "fewer_than_5"}), text(2.5)
    ('1,234', '–', '‹5', '2.5')
    """
    if withheld(value):
        return "‹5" if value["suppressed"] == "fewer_than_5" else "‹·›"
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.1f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def percent(value: Any) -> str:
    """A share as percent.

    >>> percent(0.8042), percent(None)
    ('80.4%', '–')
    """
    return text(value) if value is None or withheld(value) else f"{100 * value:.1f}%"


def status(value: str, lang: str) -> str:
    """A block's status with its mark, so that colour is never alone."""
    mark, style, zh, en = STATUS[value]
    return f"[{style}]{mark}{zh if lang == 'zh' else en}[/]"


def table(
    title: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]], footer: Sequence[str] | None = None
) -> Table:
    """A table; ``columns`` are (heading, "left" or "right"), ``rows`` hold texts, ``footer`` the total."""
    made = Table(title=title, title_justify="left", title_style="bold", header_style="dim", show_footer=bool(footer))
    for index, (heading, justify) in enumerate(columns):
        made.add_column(
            heading, justify="right" if justify == "right" else "left", footer=footer[index] if footer else ""
        )
    for row in rows:
        made.add_row(*row)
    return made


def footnote(document: Any, lang: str) -> str | None:
    """The one note that says why figures are withheld; None where none is."""
    if not _any_withheld(document):
        return None
    if lang == "zh":
        return "‹5 不足 5 人,为保护个人不予显示;‹·› 因可由其他数字推出而一并隐去"
    return "‹5 fewer than 5 people, withheld to protect them; ‹·› withheld because it would give such a figure away"


def _any_withheld(value: Any) -> bool:
    if isinstance(value, Mapping):
        return withheld(value) or any(_any_withheld(part) for part in value.values())
    return isinstance(value, list | tuple) and any(_any_withheld(part) for part in value)
