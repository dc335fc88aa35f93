"""Who hangs on whom?"""

from __future__ import annotations

from collections.abc import Sequence

from tiaokuai.viz.blocks import Block, Document, blocks, standing, status_key
from tiaokuai.viz.ground import Ground, lay_out
from tiaokuai.viz.network_marks import arrows, circles, dots, hovers, labels, only_discs
from tiaokuai.viz.picture import Picture, key, made, nothing
from tiaokuai.viz.places import Places
from tiaokuai.viz.text import Text, known
from tiaokuai.viz.theme import MARK, REACH, SCREENS, Screen, Spec, bare, layout

DOTS = 4000  # enterprises drawn one by one; above, a block is one circle
DOTS_NARROW = 1500
ARROWS = 400


def network(
    covered: Document,
    replicated: Document,
    enterprises: Document | None = None,
    places: Places | None = None,
    *,
    block: str | None = None,
    lang: str = "en",
) -> Picture:
    """Blocks as circles (area: staff), enterprises packed inside by staff, and an arrow for every replication.

    ``covered``, ``replicated`` and ``enterprises`` are the documents ``coverage`` by block, ``replication``
    and ``coverage`` by enterprise; ``places`` is :func:`tiaokuai.viz.places.places`. Without enterprises, or with more
    than a few thousand, a disc in each circle stands for its people in reach; ``block`` shows one block alone.

    >>> network({"rows": []}, {"rows": []}).title
    'There is no block to show'
    """
    t, every = Text(lang), blocks(covered, replicated)
    notes = list[str]()
    if block is not None:
        every = [each for each in every if each.id == block]
    if not every:
        why = t("数据中没有块。", "The data hold no block.")
        return nothing(standing(every, t), why, t, notes)
    inside = _inside(every, enterprises, places or {})
    count = sum(len(rows) for rows in inside.values())
    specs = []
    for screen in SCREENS:
        shown = inside if 0 < count <= (DOTS_NARROW if screen.narrow else DOTS) else {}
        specs.append(_draw(lay_out(every, shown, places or {}, screen), bool(shown), t, screen))
    if count > DOTS:
        notes.append(
            t(
                f"{count:,} 家企业并入所在的块；要看某一块的企业，请单独打开这一块。",
                f"{count:,} enterprises are drawn as their blocks; open one block to see its enterprises.",
            )
        )
    if len(_sources(every)) > ARROWS:
        notes.append(t("复制箭头太多，未画出。", "There are too many replications to draw their arrows."))
    title = _title(every, t)
    headers, rows = _table(every, t)
    alt = f"{title}{t('。', '. ')}{standing(every, t)}{t('。', '.')}"
    return made(title, _subtitle(0 < count <= DOTS, every, t), alt, specs, headers, rows, t, notes)


def _inside(every: Sequence[Block], enterprises: Document | None, places: Places) -> dict[str, list[Document]]:
    """Enterprises by block."""
    home, there = places.get("home") or {}, {block.id for block in every}
    found: dict[str, list[Document]] = {}
    for row in (enterprises or {}).get("rows", ()):
        at = row.get("block") or home.get(row.get("id"))
        if at in there:
            found.setdefault(at, []).append(row)
    return found


def _sources(every: Sequence[Block]) -> dict[str, str]:
    there = {block.id for block in every}
    return {b.id: b.row["source"] for b in every if isinstance(b.row.get("source"), str) and b.row["source"] in there}


def _title(every: Sequence[Block], t: Text) -> str:
    if len(every) == 1:
        only = every[0]
        return t(
            f"{only.name}：{t.status(only.status)}，覆盖率 {t.share(only.row.get('coverage'))}",
            f"{only.name} is {t.status(only.status)}: {t.share(only.row.get('coverage'))} in reach",
        )
    copies, founded = _sources(every), [b for b in every if b.status in ("covered", "growing", "hollow")]
    if not copies:
        return t(
            f"{t.blocks(len(every))}中 {len(founded):,} 个已建，没有登记复制关系",
            f"{len(founded):,} of {t.blocks(len(every))} are founded; no replication is recorded",
        )
    top = max(every, key=lambda b: (known(b.row.get("descendants")) or 0, b.id))
    many = t.number(top.row.get("descendants"))
    told = f"{t.blocks(len(copies))} founded by copying; {top.name} has the most descendants, {many}"
    return t(f"{len(copies):,} 个块由复制而来，以「{top.name}」的后代最多：{many} 个", told)


def _subtitle(dotted: bool, every: Sequence[Block], t: Text) -> str:
    arrows_too = t("；箭头 = 从来源到复制出的块", "; an arrow runs from a block to the one founded on its model")
    told = arrows_too if 0 < len(_sources(every)) <= ARROWS else ""
    if dotted:
        zh, en = (
            "圈 = 块，点 = 企业，越大人越多，点越深触达越满",
            ("Circle = block, dot = enterprise, larger with more staff, darker with more of them in reach"),
        )
    else:
        zh, en = (
            "圈 = 块，越大人越多，圈内实心 = 已触达的人",
            ("Circle = block, larger with more staff; the disc inside = people in reach"),
        )
    return t(zh, en) + told + t("。", ".")


def _table(every: Sequence[Block], t: Text) -> tuple[list[str], list[list[str]]]:
    headers = [t("块", "block"), t("状态", "status"), t("来源", "source"), t("代次", "generation")]
    headers += [t("后代块", "descendants"), t("后代触达人数", "reach of descendants"), t("覆盖率", "coverage")]
    names = {block.id: block.name for block in every}
    rows = []
    for b in every:
        source = b.row.get("source")
        rows.append(
            [
                b.name,
                f"{MARK[b.status]} {t.status(b.status)}",
                names.get(str(source), "–"),
                t.number(b.row.get("generation")),
                t.number(b.row.get("descendants")),
                t.number(b.row.get("descendant_reach")),
                t.share(b.row.get("coverage")),
            ]
        )
    return headers, rows


def _draw(ground: Ground, dotted: bool, t: Text, screen: Screen) -> Spec:
    copies = _sources(ground.blocks)
    entries = status_key(ground.blocks, t)
    if dotted:
        words = {
            "none": t("企业：未触达", "enterprise: nobody"),
            "partly": t("部分", "some in reach"),
            "full": t("全部", "all"),
        }
        entries += [("●", REACH[name], word) for name, word in words.items()]
    above, tall = key(entries, screen)
    traces = [*circles(ground)]
    if 0 < len(copies) <= ARROWS:
        traces = [*arrows(ground, copies), *traces]
    traces += dots(ground) if dotted else only_discs(ground)
    traces += [*hovers(ground, dotted, t), *labels(ground, t, screen)]
    margin = (4, 4, tall, 6)
    return {
        "data": traces,
        "layout": layout(
            screen,
            ground.height + tall + 6,
            margin,
            xaxis=bare(range=[0, ground.width], constrain="domain"),
            yaxis=bare(range=[0, ground.height], scaleanchor="x", constrain="domain"),
            annotations=[above],
        ),
    }
