"""Where one scenario parts from another, for people: how many more or fewer, for what, and from which blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape

from tiaokuai.cli.frame import Ask
from tiaokuai.cli.tables import counted, percent, table, text

MOST_BLOCKS = 6  # of the table under a difference; --json has them all
MOST_NAMES = 3  # of blocks in a sentence
CANCELS = 1.1  # of people gained and lost to their sum, above which shares of it say nothing
Row = Mapping[str, Any]


def called(name: str, ask: Ask) -> str:
    """A scenario at the head of its column."""
    return ask.say("什么都不做", "baseline") if name == "baseline" else escape(name)


def print_difference(difference: Row, last: int, ask: Ask) -> None:
    """A sentence on people and money, one on the blocks, and the blocks where there are several."""
    name, against = (called(difference[key], ask) for key in ("scenario", "against"))
    people, money = _people(difference["series"]["reached"], last, ask), _money(difference["series"]["cost"], last, ask)
    ask.console.print(
        ask.say(f"{name} 较 {against}：期末{people}，{money}", f"{name} against {against}: {people}, {money}")
    )
    if words := where(difference, ask):
        ask.console.print("  " + words)
        _blocks(difference, ask)


def _at(series: Any, band: str, index: int) -> float | None:
    """The figure, None where there is none."""
    return None if series[band][index] is None else float(series[band][index])


def _people(series: Any, last: int, ask: Ask) -> str:
    """``45 people more at the end (35–54)``; a band on both sides of nothing says which side is which.

    >>> from tiaokuai.cli.frame import Ask
    >>> def at_end(mean, low, high):
    ...     return _people({"mean": [mean], "p05": [low], "p95": [high]}, 0, Ask(lang="en"))
    >>> at_end(45.2, 35, 54), at_end(-1, -2, -1)
    ('45 people more at the end (35–54)', '1 person fewer at the end (1–2)')
    >>> at_end(3, -5, 12), at_end(0, 0, 0)
    ('3 people more at the end (5 fewer to 12 more)', 'as many people at the end')
    """
    mean = _at(series, "mean", last)
    if mean is None:
        return ask.say("覆盖人数相同", "as many people at the end")
    found = [_at(series, band, last) for band in ("p05", "p95")]
    low, high = (None if value is None else round(value) for value in found)
    number, band = round(mean), ""
    if low is not None and high is not None and low != high:
        if low < 0 < high:
            zh, en = f"（少 {-low:,} 至多 {high:,}）", f" ({-low:,} fewer to {high:,} more)"
        else:
            near, far = sorted((abs(low), abs(high)))
            zh, en = f"（{near:,}–{far:,}）", f" ({near:,}–{far:,})"
        band = ask.say(zh, en)
    if number == 0:
        return ask.say("覆盖人数相同", "as many people at the end") + band
    zh = f"{'多' if number > 0 else '少'}覆盖 {abs(number):,} 人"
    en = f"{counted(abs(number), 'person', 'people')} {'more' if number > 0 else 'fewer'} at the end"
    return ask.say(zh, en) + band


def _money(series: Any, last: int, ask: Ask) -> str:
    mean = _at(series, "mean", last) or 0.0
    if round(mean) == 0:
        return ask.say("花费相同", "at the same cost")
    zh, en = ("多花", "more") if mean > 0 else ("少花", "less")
    return ask.say(f"{zh} {abs(mean):,.0f}", f"for {abs(mean):,.0f} {en}")


def where(difference: Row, ask: Ask) -> str:
    """``82 % in B03 itself, 18 % through links in B07 and B11``, and the month when it first shows."""
    blocks = difference["blocks"]
    if not blocks:
        return ""
    first = min(block["first_month"] for block in blocks if block["first_month"])
    shows = ask.say(f"最早见于 {first}", f"it first shows in {first}")
    own = [block for block in blocks if block["direct"]]
    through = [block for block in blocks if not block["direct"]]
    parts, shares = [], _shares(blocks)
    if own:
        part, names = _part(own, shares, ask), _names([block["block"] for block in own], ask)
        itself = "itself" if len(own) == 1 else "themselves"
        parts.append(ask.say(f"{part} 来自 {names} 本身", f"{part} in {names} {itself}"))
    if through:
        part, names = _part(through, shares, ask), _names([block["block"] for block in through], ask)
        parts.append(ask.say(f"{part} 经由联系在 {names}", f"{part} through links in {names}"))
    return ask.say("，", ", ").join(parts).replace("块 本身", "块本身") + ask.say("；", "; ") + shows


def _shares(blocks: Sequence[Row]) -> bool:
    """Whether shares say anything: those of a sum in which gains and losses cancel do not.

    >>> _shares([{"reached": 9.0}, {"reached": 1.0}]), _shares([{"reached": 9.0}, {"reached": -5.0}])
    (True, False)
    """
    reached: list[float] = [block["reached"] for block in blocks]
    return 0 < sum(map(abs, reached)) <= CANCELS * abs(sum(reached))


def _part(blocks: Sequence[Row], shares: bool, ask: Ask) -> str:
    """Their share of the difference, or how many people they are of it."""
    if shares:
        return percent(sum(block["share"] for block in blocks))
    people = _signed(sum(block["reached"] for block in blocks))
    return ask.say(f"{people} 人", f"{people} people")


def _signed(people: float) -> str:
    """With its sign, but for 0.

    >>> _signed(11.86), _signed(-0.04)
    ('+11.9', '0.0')
    """
    return f"{people:+,.1f}" if abs(people) >= 0.05 else "0.0"


def _names(blocks: Sequence[str], ask: Ask) -> str:
    """``B07``, ``B07 and B11``, ``B07, B11, B12 and 4 more``."""
    shown = len(blocks) if len(blocks) <= MOST_NAMES + 1 else MOST_NAMES  # "and 1 more" is as long as its name
    named = [escape(block) for block in blocks[:shown]]
    if rest := len(blocks) - shown:
        return ask.say(f"{'、'.join(named)} 等 {len(blocks)} 块", f"{', '.join(named)} and {rest} more")
    if ask.lang == "zh" or len(named) == 1:
        return "、".join(named)
    return f"{', '.join(named[:-1])} and {named[-1]}"


def _blocks(difference: Row, ask: Ask) -> None:
    """Block by block: people, share, the month when it first shows, and along which links it came."""
    blocks = difference["blocks"]
    if len(blocks) < 2:
        return
    shares, links = _shares(blocks), dict[str, list[Row]]()
    for link in difference.get("links") or ():
        links.setdefault(link["to"], []).append(link)
    columns = [
        (ask.say("区块", "block"), "left"),
        (ask.say("多覆盖", "people more"), "right"),
        *([(ask.say("占比", "share"), "right")] if shares else []),
        (ask.say("最早", "first shows"), "right"),
        (ask.say("由来", "how"), "left"),
    ]
    rows = []
    for block in blocks[:MOST_BLOCKS]:
        found = sorted(links.get(block["block"], ()), key=lambda link: -abs(link["reached"]))
        through = [link["from"] for link in found]
        if block["direct"]:
            how = ask.say("直接", "directly")
        else:
            how = (
                ask.say("经由 ", "through ") + _names(through, ask) if through else ask.say("经由联系", "through links")
            )
        share = [percent(block["share"])] if shares else []
        rows.append([escape(block["block"]), _signed(block["reached"]), *share, text(block["first_month"]), how])
    ask.console.print(table(ask.say("来自哪里", "Where it comes from"), columns, rows))
    rest = len(blocks) - MOST_BLOCKS
    if rest > 0:
        zh, en = f"……另有 {rest} 块，见 --json", f"… {counted(rest, 'more block')}, see --json"
        ask.console.print(ask.say(zh, en))
