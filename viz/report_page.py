"""The report as one HTML page: everything it needs is inside it, and nothing is fetched."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from tiaokuai.viz.picture import Picture
from tiaokuai.viz.report_parts import Chapter, Listed, Part, Said, Shown
from tiaokuai.viz.text import Text
from tiaokuai.viz.theme import CONFIG

BUNDLE = "plotly-bundle.min.js.gz"
# The page may run what stands in it and load nothing at all: what is not inside is never asked for.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; "
    "font-src data:; base-uri 'none'; form-action 'none'"
)
_NUMBER = re.compile(r"^[‹<>~−+-]?[\d,.]+ ?%?$|^[–]$")


def asset(name: str) -> bytes:
    """A file that is shipped beside the pictures."""
    return files("tiaokuai.viz").joinpath(name).read_bytes()


def page(
    *,
    title: str,
    kicker: str,
    headline: str,
    figures: Sequence[tuple[str, str, str]],
    chapters: Sequence[Chapter],
    provenance: Sequence[tuple[str, str]],
    notes: Sequence[str] = (),
    lang: str,
) -> str:
    """The whole document; the same input gives the same text."""
    t = Text(lang)
    shown = [part for chapter in chapters for part in chapter.parts if isinstance(part, Shown)]
    body = "\n".join(
        [
            f'<a class="skip" href="#main">{t("跳到正文", "Skip to the text")}</a>',
            _head(kicker, headline, figures, provenance),
            _contents(chapters, t),
            f'<main id="main">{"".join(_chapter(at, chapter, t) for at, chapter in enumerate(chapters, 1))}</main>',
            _foot(provenance, notes, t),
        ]
    )
    return document(title, body, shown, lang)


def lone(picture: Picture, lang: str, stamp: str = "") -> str:
    """A page with nothing but one picture, its text, its table and the line that says where it comes from."""
    shown = Shown("picture", picture)
    off, said = _off(Text(lang)), f'<p class="how">{escape(stamp)}</p>' if stamp else ""
    body = (
        f'<main id="main"><h1 class="unseen">{escape(picture.title)}</h1>{_part(shown, Text(lang))}{said}</main>{off}'
    )
    return document(picture.title, body, [shown], lang)


def document(title: str, body: str, shown: Sequence[Shown], lang: str) -> str:
    """The page around a body, with the library and the figures that are drawn into it."""
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{asset('report.css').decode()}</style>\n</head>\n<body>\n{body}\n"
        f"{_packed('library', asset(BUNDLE))}{_packed('pictures', packed_pictures(shown, lang))}"
        f"<script>\n{asset('report.js').decode()}</script>\n</body>\n</html>\n"
    )


def packed_pictures(shown: Iterable[Shown], lang: str) -> bytes:
    """The figures for both screens, as gzipped JSON without a time in it."""
    config = {**CONFIG, "responsive": False, "locale": "zh-CN" if lang == "zh" else "en-US"}
    made = {part.name: {"wide": part.picture.wide, "narrow": part.picture.narrow} for part in shown}
    text = json.dumps({"config": config, "pictures": made}, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return gzip.compress(text.encode(), 9, mtime=0)


def _packed(name: str, data: bytes) -> str:
    return f'<script type="application/gzip" id="{name}">{base64.b64encode(data).decode()}</script>\n'


def _head(
    kicker: str, headline: str, figures: Sequence[tuple[str, str, str]], provenance: Sequence[tuple[str, str]]
) -> str:
    cards = "".join(
        f"<div><dt>{escape(label)}</dt><dd><b>{escape(value)}</b><span>{escape(beside)}</span></dd></div>"
        for label, value, beside in figures
    )
    return (
        f'<header><p class="kicker">{escape(kicker)}</p><h1>{escape(together(headline))}</h1>'
        f'<dl class="figures">{cards}</dl>{_line(provenance)}</header>'
    )


def together(text: str) -> str:
    """A number and the Chinese word that counts with it stay on one line.

    >>> together("已建 10 个").count(chr(0xA0))
    1
    """
    return re.sub(r"(?<=[\d%]) (?=[\u4e00-\u9fff])", "\u00a0", text)


def _line(provenance: Sequence[tuple[str, str]]) -> str:
    items = "".join(f"<li><span>{escape(name)}</span> {escape(value)}</li>" for name, value in provenance)
    return f'<ul class="provenance">{items}</ul>'


def _contents(chapters: Sequence[Chapter], t: Text) -> str:
    items = []
    for chapter in chapters:
        inner = "".join(
            f'<li><a href="#{part.name}">{escape(part.picture.title)}</a></li>'
            for part in chapter.parts
            if isinstance(part, Shown)
        )
        items.append(
            f'<li><a href="#{chapter.name}">{escape(chapter.title)}</a>{f"<ul>{inner}</ul>" if inner else ""}</li>'
        )
    label = t("目录", "Contents")
    return f'<nav id="contents" aria-label="{label}"><h2>{label}</h2><ol>{"".join(items)}</ol></nav>'


def _chapter(number: int, chapter: Chapter, t: Text) -> str:
    parts = "".join(_part(part, t) for part in chapter.parts)
    return (
        f'<section id="{chapter.name}" aria-labelledby="{chapter.name}-title">'
        f'<h2 id="{chapter.name}-title"><span>{number}</span> {escape(chapter.title)}</h2>'
        f'<p class="lead">{escape(together(chapter.lead))}</p>{parts}'
        f'<p class="back"><a href="#contents">{t("回到目录", "Back to the contents")}</a></p></section>'
    )


def _part(part: Part, t: Text) -> str:
    if isinstance(part, Shown):
        return _picture(part.name, part.picture, t)
    if isinstance(part, Said):
        paragraphs = "".join(f"<p>{escape(text)}</p>" for text in part.paragraphs)
        points = "".join(f"<li>{escape(text)}</li>" for text in part.points)
        listed = f"<ul>{points}</ul>" if points else ""
        return f'<div class="said"><h3>{escape(part.title)}</h3>{paragraphs}{listed}</div>'
    return _listed(part, t)


def _listed(part: Listed, t: Text) -> str:
    note = f'<p class="note">{escape(part.note)}</p>' if part.note else ""
    table = _table(part.title, part.headers, part.rows)
    if part.folded:
        table = f"<details><summary>{_rows(part.rows, t)}</summary>{table}</details>"
    return f'<div class="listed"><h3>{escape(part.title)}</h3>{note}{table}</div>'


def _rows(rows: Sequence[Sequence[str]], t: Text) -> str:
    return t(f"表格（{len(rows)} 行）", f"Table ({t.count(len(rows), '', 'row', 'rows')})")


def _picture(name: str, picture: Picture, t: Text) -> str:
    notes = "".join(f"<p>{escape(note)}</p>" for note in picture.notes)
    headers, rows = picture.table
    label = t(
        f"这幅图的数字（{len(rows)} 行）", f"The figures of this picture ({t.count(len(rows), '', 'row', 'rows')})"
    )
    how = f'<p class="how">{escape(picture.subtitle)}</p>' if picture.subtitle else ""
    # A picture is one image to those who do not see it, but for the slider in it.
    role = "group" if "frames" in picture.wide else "img"
    heights = f"--wide:{_height(picture.wide)}px;--narrow:{_height(picture.narrow)}px"
    return (
        f'<figure id="{name}"><h3>{escape(picture.title)}</h3>{how}'
        f'<div class="frame" style="{heights}"><div class="plot" role="{role}" aria-label="{escape(picture.alt)}" '
        f'data-picture="{name}"></div></div>'
        f"{f'<figcaption>{notes}</figcaption>' if notes else ''}"
        f"<details><summary>{escape(label)}</summary>{_table(picture.title, headers, rows)}</details></figure>"
    )


def _height(spec: dict[str, Any]) -> int:
    return int(spec["layout"].get("height", 450))


def _table(caption: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table that scrolls inside its own box; columns of numbers stand at the right."""
    numbers = [bool(rows) and all(_NUMBER.match(row[at]) for row in rows) for at in range(len(headers))]
    kinds = [' class="n"' if number else "" for number in numbers]
    head = "".join(f'<th scope="col"{kind}>{escape(text)}</th>' for text, kind in zip(headers, kinds, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{kind}>{escape(text)}</td>" for text, kind in zip(row, kinds, strict=True)) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _foot(provenance: Sequence[tuple[str, str]], notes: Sequence[str], t: Text) -> str:
    said = "".join(f'<p class="note">{escape(note)}</p>' for note in notes)
    return f"<footer>{said}{_line(provenance)}</footer>{_off(t)}"


def _off(t: Text) -> str:
    """What is said where the pictures cannot be drawn."""
    said = t(
        "图需要较新的浏览器并启用脚本；每幅图的数字都在它下面的表里。",
        "The pictures need a recent browser with scripts on; the figures of each are in the table below it.",
    )
    return f'<p id="trouble" role="alert" hidden>{said}</p><noscript><p>{said}</p></noscript>'
