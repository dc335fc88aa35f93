"""What the answers' tables share: a figure by its name, headings in both languages, long tables cut short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.markup import escape

from tiaokuai.cli.frame import Ask
from tiaokuai.cli.tables import STATUS, mark, percent, status, table, text
from tiaokuai.web.words import FIGURES, SHARES

MOST_ROWS = 200  # of a table for people; --json has them all
WIDE = 135  # columns of a terminal that has room for every figure
ESTIMATE = "≈"
ROOMY = 100  # below, one blank between columns is all

# Shorter than in the browser, where a column may be wide; a table of nine columns fits in 80.
HEADINGS = {
    **FIGURES,
    "enterprises": ("企业", "enter-\nprises"),
    "coverage": ("覆盖率", "cover-\nage"),
    "fidelity": ("模式完整", "fidel-\nity"),
    "enterprises_with_line": ("有线", "with line"),
    "line_share": ("有线占比", "line share"),
    "reached": ("覆盖人数", "reached"),
    "amplification": ("每线人数", "per line"),
    "wasted_capacity": ("闲置", "wasted"),
    "gain": ("可增", "gain"),
    "generation": ("代次", "gen."),
    "copy_fidelity": ("复制完整", "copy"),
    "descendants": ("后代块", "blocks from it"),
    "descendant_reach": ("后代覆盖", "their reach"),
    "expected_coverage": ("一年后", "in a year"),
    "on_one_backbone": ("系于一人", "on one backbone"),
    "share": ("占比", "share"),
    "enterprise": ("企业", "enterprise"),
    "block": ("区块", "block"),
    "date": ("日期", "date"),
    "hollow": ("空心", "hollow"),
    "founded_share": ("已建占比", "founded share"),
    "full_coverage": ("全覆盖", "full cover"),
    "reach_lost": ("减少人数", "reach lost"),
    "founded_blocks": ("已建区块", "blocks founded"),
    "capacity": ("容量", "capacity"),
    "member": ("会员", "member"),
    "blocks_with": ("有的区块", "blocks with"),
    "line_share_with": ("有者", "with it"),
    "line_share_without": ("无者", "without"),
    "difference": ("相差", "difference"),
    "difference_founded": ("已建者相差", "among founded"),
}
ALL_SHARES = SHARES | {
    "share", "expected_coverage", "replication_share", "line_share_with", "line_share_without", "difference",
    "difference_founded",
}  # fmt: skip
_TEXTS = frozenset(("id", "name", "enterprise", "block", "kind", "source", "member"))
Row = Mapping[str, Any]


def figure(name: str, value: Any) -> str:
    """A figure as people read it: shares as percent, texts as they are, nothing a mark-up.

    >>> figure("coverage", 0.25), figure("lines", 1200), figure("name", "[red]")
    ('25.0%', '1,200', '\\\\[red]')
    """
    if name in ALL_SHARES:
        return percent(value)
    return escape(text(value)) if isinstance(value, str) else text(value)


def heading(name: str, ask: Ask) -> str:
    """What a column is called, a word a line where the terminal is narrow."""
    words = ask.say(*HEADINGS.get(name, (name, name.replace("_", " "))))
    return words if ask.console.width >= WIDE else words.replace(" ", "\n")


def named(row: Row) -> str:
    """A block, district or enterprise by its name with the id, or by its id."""
    id, name = row.get("id"), row.get("name")
    return escape(f"{name} {id}" if name not in (None, id) else text(id))


def print_rows(
    ask: Ask,
    title: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    total: Row | None = None,
    first: tuple[str, Sequence[str]] | None = None,
    by: str = "block",
) -> None:
    """Prints a table: ``first`` is a leading column of ready texts, one for each thing that rows are ``by``; ``total``
    is the row below.

    A column ``founded_blocks`` is the figure ``founded`` where that is a number of blocks, not a day.
    """
    if not isinstance(rows, Sequence) or not rows:
        return
    shown = rows[:MOST_ROWS]
    fields = [name.removesuffix("_blocks") for name in columns]
    heads = [(heading(name, ask), "left" if name in _TEXTS else "right") for name in columns]
    cells = [[figure(name, row.get(name)) for name in fields] for row in shown]
    footer = [figure(name, total.get(name)) for name in fields] if total else None
    if first is not None:
        heads = [(first[0], "left"), *heads]
        leads = [estimated(lead, row, ask, by) for lead, row in zip(first[1], shown, strict=False)]
        cells = [[lead, *each] for lead, each in zip(leads, cells, strict=True)]
        footer = [ask.say("合计", "total"), *footer] if footer else None
    made = table(title, heads, cells, footer)
    if ask.console.width < ROOMY:
        made.padding = (0, 0)
    ask.console.print(made)
    if rest := len(rows) - len(shown):
        ask.console.print(ask.say(f"……另有 {text(rest)} 行，见 --json", f"… {text(rest)} more rows, see --json"))


def estimated(lead: str, row: Row, ask: Ask, by: str = "block") -> str:
    """A row's lead behind the mark of an estimate, where it is one: its figures are told with those of others."""
    from tiaokuai.graph.release.answers import is_estimate

    if ask.released is None or not is_estimate(row, ask.released, by):
        return lead
    ask.estimates = True
    return f"{ESTIMATE} {lead}"


def legend(statuses: Iterable[Any], ask: Ask) -> str:
    """The marks that a table uses, each with its word and how many blocks have it."""
    counted = Counter(each for each in statuses if isinstance(each, str))
    return "  ".join(f"{status(name, ask.lang)} {counted[name]}" for name in STATUS if counted[name])


def marked(lead: str, found: Any) -> str:
    """A block's name behind the mark of its status, where it has one."""
    return f"{mark(found)} {lead}" if isinstance(found, str) else lead
