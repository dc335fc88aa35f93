"""Tables for people: right-aligned numbers, shares as percent, hollow marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Column, Table
from rich.text import Text

from tiaokuai.viz.cells import percent, text

__all__ = ["STATUS", "counted", "mark", "percent", "side_by_side", "status", "table", "text"]

NAME = 20  # columns of a terminal that a name may always take

STATUS = {
    "covered": ("● ", "blue", "已覆盖", "covered"),
    "growing": ("◐ ", "cyan", "发展中", "growing"),
    "hollow": ("◌ ", "bold dark_orange", "空心", "hollow"),
    "ahead": ("△ ", "yellow", "先行", "ahead"),
    "none": ("· ", "dim", "未建", "none"),
}


def status(value: str, lang: str) -> str:
    """A block's status with its mark, so that colour is never alone."""
    mark, style, zh, en = STATUS[value]
    return f"[{style}]{mark}{zh if lang == 'zh' else en}[/]"


def mark(value: str) -> str:
    """The mark of a block's status alone, for a narrow table beside :func:`status` in its legend."""
    sign, style, _, _ = STATUS[value]
    return f"[{style}]{sign.strip()}[/]"


class Titled(Table):
    """A table whose heading may be wider than it is (Rich breaks a title at the table's own width), and that narrows
    where it can (Rich narrows the widest column, cuts the last, and with it the end of a number)."""

    heading = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if self.heading:
            yield Text.from_markup(self.heading, style="bold")
        self._fit(options.max_width)
        yield from super().__rich_console__(console, options)

    def _fit(self, room: int) -> None:
        """Columns that fit ``room``: headings wrap, blanks go, names give way, headings break, cells wrap."""
        wanted = [_widths(column) for column in self.columns]
        padding = self.padding[1]
        room -= 1 + len(wanted) * (1 + padding)
        if sum(each[-1] for each in wanted) <= room:
            return
        if sum(each[2] for each in wanted) > room and padding:
            self.padding = (0, 0)
            room += len(wanted) * padding
        least = next((level for level in (2, 1, 0) if sum(each[level] for each in wanted) <= room), 0)
        widths = [each[-1] for each in wanted]
        while sum(widths) > room:
            slack = [width - each[least] for width, each in zip(widths, wanted, strict=True)]
            if max(slack) == 0:
                break
            widths[slack.index(max(slack))] -= 1
        for column, width in zip(self.columns, widths, strict=True):
            column.width = width


def _widths(column: Column) -> tuple[int, int, int, int]:
    """How narrow a column may be: with its cells wrapped, with them whole (a name, in part), with its heading's words
    whole too, and with nothing wrapped."""
    cells = [Text.from_markup(str(cell)) for cell in (*column.cells, column.footer)]
    heading = Text.from_markup(str(column.header)).plain
    words = max((cell_len(word) for cell in cells for word in cell.plain.split()), default=0)
    widest = max((cell.cell_len for cell in cells), default=0)
    whole = widest if column.justify == "right" else min(widest, NAME)
    wrapped = min(words, whole)
    headed = max([whole, *(cell_len(word) for word in heading.split() if cell_len(word) <= NAME)])
    return wrapped, whole, headed, max([widest, headed, *(cell_len(line) for line in heading.splitlines())])


def table(
    title: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]], footer: Sequence[str] | None = None
) -> Table:
    """A table; ``columns`` are (heading, "left" or "right"), ``rows`` hold texts, ``footer`` the total.

    A number is never cut or broken, whatever the width of the terminal: headings wrap, and names longer than
    :data:`NAME` give way.
    """
    made = Titled(
        header_style="dim",
        show_footer=bool(footer),
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    made.heading = title
    for index, (heading, justify) in enumerate(columns):
        made.add_column(
            heading,
            justify="right" if justify == "right" else "left",
            vertical="bottom",
            footer=footer[index] if footer else "",
        )
    for row in rows:
        made.add_row(*row)
    return made


def side_by_side(
    title: str, lead: Sequence[tuple[str, str]], names: Sequence[str], rows: Sequence[Sequence[str]], width: int
) -> list[Table]:
    """A column for each of ``names`` after the ``lead`` columns; as many tables as it takes to lose none.

    Every row has the cells of the lead and one for each name. A table has at least one name, however narrow the
    terminal.

    >>> [len(made.columns) for made in side_by_side("", [("", "left")], ["a", "b", "c"], [["x", "1", "2", "3"]], 80)]
    [4]
    >>> [len(made.columns) for made in side_by_side("", [("", "left")], ["a", "b"], [["x", "1" * 20, "2" * 20]], 40)]
    [2, 2]
    """

    def takes(index: int) -> int:
        """Columns of the terminal: the widest cell, or the heading's longest word up to a name's; a blank, a bar."""
        heading = [*(each for each, _ in lead), *names][index]
        words = [Text.from_markup(word).cell_len for word in heading.split()] if index >= len(lead) else [0]
        cells = [Text.from_markup(row[index]).cell_len for row in rows]
        return max(min(max(words, default=0), NAME), *cells, 0) + 2

    groups: list[list[int]] = [[]]
    used = first = 1 + sum(takes(index) for index in range(len(lead)))
    for index in range(len(lead), len(lead) + len(names)):
        if groups[-1] and used + takes(index) > width:
            groups.append([])
            used = first
        groups[-1].append(index)
        used += takes(index)
    leading = list(range(len(lead)))
    columns = [*lead, *((name, "right") for name in names)]
    return [
        table(title, [columns[at] for at in leading + group], [[row[at] for at in leading + group] for row in rows])
        for group in groups
    ]


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number of things in English.

    >>> counted(1, "run"), counted(1200, "run"), counted(2, "person", "people")
    ('1 run', '1,200 runs', '2 people')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
