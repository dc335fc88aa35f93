"""What of the template is in place where, and what is hardest to copy?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tiaokuai.viz.blocks import Block, Document, blocks
from tiaokuai.viz.picture import Picture, made, nothing
from tiaokuai.viz.template_cells import Heat, cells, component_bars
from tiaokuai.viz.text import Text, known
from tiaokuai.viz.theme import MARK, SCREENS, Spec

if TYPE_CHECKING:
    from tiaokuai.graph import Snapshot

ROWS = 40  # blocks; above, a row a status
ORGANISATION = "organisation"  # its components are derived from the records
GROUPS = {
    "service": ("服务", "service"),
    "organisation": ("组织", "organisation"),
    "activity": ("活动", "activity"),
    "rules": ("制度", "rules"),
    "participation": ("参与", "participation"),
}


def template_document(day: Snapshot) -> dict[str, Any]:
    """The components and which of them each block has in place; nothing of it about people.

    ``components`` {id, group, zh, en, derived}, ``rows`` {id, in_place: [component ids]}.
    """
    from tiaokuai.graph.template import DERIVED

    parts = day.network.template.components
    return {
        "components": [
            {"id": part.id, "group": part.group, "zh": part.zh, "en": part.en, "derived": part.id in DERIVED}
            for part in parts
        ],
        "rows": [
            {"id": id, "in_place": [part.id for part, there in zip(parts, row, strict=True) if there]}
            for id, row in zip(day.block_ids, day.components.tolist(), strict=True)
        ],
    }


def template_heat(replicated: Document, template: Document | None = None, *, lang: str = "en") -> Picture:
    """Founded blocks against the template's groups, or with ``template`` against every component.

    ``replicated`` is the document ``replication``, ``template`` is :func:`template_document`.

    >>> template_heat({"rows": []}).title
    'No block is founded yet'
    """
    t = Text(lang)
    notes = list[str]()
    every = [b for b in blocks(replicated, replicated) if b.status in ("covered", "growing", "hollow")]
    every.sort(key=lambda b: (-(known(b.row.get("fidelity")) or 0), b.id))
    if not every:
        why = t("没有已建的块，模式还没有落地。", "Without a founded block nothing of the template is in place.")
        return nothing(t("尚无已建的块", "No block is founded yet"), why, t, notes)
    means = _means(every)
    if not any(share for group, share in means.items() if group != ORGANISATION):
        why = t(
            "数据没有登记任何要素，模式的情况未知。",
            "The data record no component, so nothing is known of the template.",
        )
        return nothing(t("没有登记模式要素", "No component of the template is recorded"), why, t, notes)
    names = _group_names(template, means, t)
    least = min(means, key=lambda group: (means[group], group))
    title = t("已建的块样样到位", "The whole template is in place in every founded block")
    if means[least] < 1:
        title = t(
            f"「{names[least]}」最难复制：平均到位 {t.share(means[least])}",
            f'"{names[least].capitalize()}" is hardest to copy: {t.share(means[least])} of it is in place on average',
        )
    if len(every) > ROWS:
        notes.append(
            t(f"{len(every):,} 个已建块按状态合并。", f"The {t.blocks(len(every))} founded are put together by status.")
        )
    specs, heat = _specs(every, means, names, template, t)
    headers, rows = _table(every, means, names, heat, t)
    best = max(means, key=lambda group: (means[group], group))
    alt = t(
        f"{title}。最齐的是「{names[best]}」，{t.share(means[best])}。",
        f'{title}. Most complete is "{names[best]}", {t.share(means[best])}.',
    )
    return made(title, _subtitle(heat is not None, t), alt, specs, headers, rows, t, notes)


def _means(every: Sequence[Block]) -> dict[str, float]:
    """The mean share in place of each group over the blocks."""
    found: dict[str, list[float]] = {}
    for block in every:
        groups = block.row.get("fidelity_by_group")
        if isinstance(groups, Mapping):
            for group, share in groups.items():
                value = known(share)
                if value is not None:
                    found.setdefault(str(group), []).append(value)
    return {group: sum(shares) / len(shares) for group, shares in found.items()}


def _group_names(template: Document | None, means: Mapping[str, float], t: Text) -> dict[str, str]:
    return {group: t(*GROUPS.get(group, (group, group))) for group in means}


def _subtitle(whole: bool, t: Text) -> str:
    if whole:
        return t(
            "要素按组排列，组内先列普及的：蓝 = 已到位，条 = 有此要素的已建块之比。",
            "Components in their groups, the most common first: blue = in place, bars = share of founded blocks that "
            "have it.",
        )
    return t(
        "行 = 已建块，列 = 模式的五组，越深越齐；格内 = 到位之比，右侧 = 完整度。",
        "Row = founded block, column = group of the template, darker = more complete; at the right: fidelity.",
    )


def _specs(
    every: Sequence[Block], means: Mapping[str, float], names: Mapping[str, str], template: Document | None, t: Text
) -> tuple[list[Spec], Heat | None]:
    rows = _rows(every, t)
    if template is None:
        shares = [[_of(blocks_, group) for group in means] for _, _, blocks_ in rows]
        heat = Heat(
            [name for name, _, _ in rows],
            [fidelity for _, fidelity, _ in rows],
            list(means),
            [names[group] for group in means],
            list(means),
            shares,
            list(means.values()),
            names,
            dict(means),
        )
        return [cells(heat, t, screen, numbers=True) for screen in SCREENS], None
    parts, placed = _components(every, template)
    shares = []
    for _, _, here in rows:
        told = [b for b in here if known(b.row.get("fidelity")) is not None]
        shares.append(
            [sum(part["id"] in placed.get(b.id, ()) for b in told) / len(told) if told else None for part in parts]
        )
    common = _common(every, parts, placed)
    heat = Heat(
        [name for name, _, _ in rows],
        [fidelity for _, fidelity, _ in rows],
        [part["id"] for part in parts],
        [t(part["zh"], part["en"]) for part in parts],
        [part["group"] for part in parts],
        shares,
        common,
        names,
        dict(means),
    )
    wide, narrow = SCREENS
    return [cells(heat, t, wide), component_bars(heat, t, narrow)], heat


def _rows(every: Sequence[Block], t: Text) -> list[tuple[str, float | None, list[Block]]]:
    if len(every) <= ROWS:
        return [(f"{MARK[b.status]} {b.name}", known(b.row.get("fidelity")), [b]) for b in every]
    made_of = []
    for status in ("covered", "growing", "hollow"):
        here = [b for b in every if b.status == status]
        told = [value for b in here if (value := known(b.row.get("fidelity"))) is not None]
        if here:
            name = f"{MARK[status]} {t.blocks(len(here))}{t('', ' ')}{t.status(status)}"
            made_of.append((name, sum(told) / len(told) if told else None, here))
    return made_of


def _of(here: Sequence[Block], group: str) -> float | None:
    return _means(here).get(group)


def _components(every: Sequence[Block], template: Document) -> tuple[list[Document], dict[str, frozenset[str]]]:
    """Components, the most common first within their groups, and what each block has."""
    placed = {row["id"]: frozenset(row["in_place"]) for row in template["rows"]}
    parts = list(template["components"])
    share = dict(zip([part["id"] for part in parts], _common(every, parts, placed), strict=True))
    order = list(dict.fromkeys(part["group"] for part in parts))
    parts.sort(key=lambda part: (order.index(part["group"]), -share[part["id"]], part["id"]))
    return parts, placed


def _common(every: Sequence[Block], parts: Sequence[Document], placed: Mapping[str, frozenset[str]]) -> list[float]:
    told = [b for b in every if known(b.row.get("fidelity")) is not None]
    return [sum(part["id"] in placed.get(b.id, ()) for b in told) / max(1, len(told)) for part in parts]


def _table(
    every: Sequence[Block], means: Mapping[str, float], names: Mapping[str, str], heat: Heat | None, t: Text
) -> tuple[list[str], list[list[str]]]:
    if heat is not None:
        headers = [t("要素", "component"), t("组", "group"), t("有此要素的块", "blocks that have it")]
        return headers, [
            [name, names.get(group, group), t.share(share)]
            for name, group, share in zip(heat.labels, heat.groups, heat.common, strict=True)
        ]
    rows = []
    for b in every:
        groups = b.row.get("fidelity_by_group")
        shares = groups if isinstance(groups, Mapping) else dict.fromkeys(means, groups)
        rows.append([b.name, t.share(b.row.get("fidelity")), *(t.share(shares.get(group)) for group in means)])
    return [t("块", "block"), t("完整度", "fidelity"), *(names[group] for group in means)], rows
