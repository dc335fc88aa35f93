"""``rewrite``: rows out of a data set and others into it; every other byte, heading, column and sheet stays.

A row that stays is not written anew: its file may name columns in Chinese, in an order of its own, with columns that
tiaokuai does not know, in an encoding of its own.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from tiaokuai.files.atomic import replacing_together
from tiaokuai.files.spreadsheet import csv_lines, pack_book, plain, put_text
from tiaokuai.graph.cells import as_texts
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.network import Network
from tiaokuai.graph.records import TABLES, as_text
from tiaokuai.graph.values import BadValue, parse_id
from tiaokuai.loaders.blank import is_example
from tiaokuai.loaders.columns import match, table_named
from tiaokuai.loaders.folder import table_files
from tiaokuai.loaders.reading import SUFFIXES
from tiaokuai.loaders.tables.headings import find_headings
from tiaokuai.loaders.text import header_of, open_text, text_encoding
from tiaokuai.loaders.workbook import HEAD
from tiaokuai.loaders.writing import write_table

KEYS = {"members": "id", "backbones": "member"}  # rows of one person stay or go together


def rewrite(
    network: Network, data: str | Path, tables: Iterable[str], beside: Mapping[Path, str] | None = None
) -> None:
    """Brings members and backbones in the data set ``data`` to what the network has, in its format.

    Tables that refer go before those referred to, so that between two renames every reference resolves; ``beside``
    are further files and their text. If one cannot be written, none is.
    """
    path, order = Path(data), list(TABLES)
    names = sorted(tables, key=order.index, reverse=True)
    if "://" in str(data):
        from tiaokuai.loaders.neo4j_push import push

        push(network, str(data))
        return
    made: dict[Path, Callable[[Path], object]] = {}
    if path.is_dir():
        files = table_files(path, [])
        suffix = next((file.suffix for file in files.values()), ".csv")
        for name in names:
            if name in files:
                made[files[name]] = partial(_write_bytes, _changed(files[name], name, network[name]))
            elif network[name].height:
                made[path / f"{name}{suffix}"] = partial(write_table, network[name])
    elif path.suffix.lower() in SUFFIXES:
        from tiaokuai.loaders.formats import save, to_graph

        made[path] = partial(save, to_graph(network))
    else:
        made[path] = partial(pack_book, _with_sheets(network, path, names))
    for file, text in (beside or {}).items():
        made[file] = partial(_write_bytes, text.encode())
    with replacing_together(list(made), private=True) as temporaries:
        for temporary, write_it in zip(temporaries, made.values(), strict=True):
            write_it(temporary)


def _write_bytes(content: bytes, path: Path) -> None:
    path.write_bytes(content)


def _split(table: str, keys: Sequence[str | None], frame: pl.DataFrame) -> tuple[list[bool], pl.DataFrame]:
    """Which rows of the file stay, and the rows that the file has not; blank rows stay."""
    wanted, there = Counter(frame[KEYS[table]].to_list()), Counter(keys)
    stay = [key is None or wanted[key] == there[key] for key in keys]
    kept = [key for key, yes in zip(keys, stay, strict=True) if yes and key is not None]
    return stay, frame.filter(~pl.col(KEYS[table]).is_in(list(dict.fromkeys(kept))))


def _changed(path: Path, table: str, frame: pl.DataFrame) -> bytes:
    return (_changed_parquet if path.suffix.lower() == ".parquet" else _changed_text)(path, table, frame)


def _changed_parquet(path: Path, table: str, frame: pl.DataFrame) -> bytes:
    raw = pl.read_parquet(path, glob=False)
    known = match(table, raw.columns, None).known
    keys = [as_text(cell) for cell in as_texts(raw[raw.columns[known[KEYS[table]]]]).to_list()]
    stay, new = _split(table, keys, frame)
    columns = []
    for place, (name, dtype) in enumerate(raw.schema.items()):
        own = next((column for column, at in known.items() if at == place), None)
        values = pl.Series(name, [None] * new.height, dtype=dtype)
        if own is not None:
            values = (as_texts(new[own]) if dtype == pl.String else new[own].cast(dtype)).alias(name)
        columns.append(values)
    packed = io.BytesIO()
    pl.concat([raw.filter(pl.Series(stay, dtype=pl.Boolean)), pl.DataFrame(columns)]).write_parquet(packed)
    return packed.getvalue()


def _changed_text(path: Path, table: str, frame: pl.DataFrame) -> bytes:
    content, encoding = _decoded(path)
    found, separator = header_of(open_text(path), table)
    if found is None:
        return path.read_bytes()
    header, headings = found.last, found.cells
    known = match(table, headings, None).known
    records = list(_records(content, separator))
    body = records[header + 1 :]
    place = known[KEYS[table]]
    stay, new = _split(table, [_key(plain(cells[place])) if place < len(cells) else None for cells, _ in body], frame)
    end = next((mark for mark in ("\r\n", "\n", "\r") if records[header][1].endswith(mark)), "\n")
    rest = [raw for (_, raw), yes in zip(body, stay, strict=True) if yes]
    pieces = [*(raw for _, raw in records[: header + 1]), *rest]
    if new.height and not pieces[-1].endswith(("\n", "\r")):
        pieces[-1] += end
    names = {at: name for name, at in known.items()}
    rows = [
        [_text(row[names[at]]) if at in names else "" for at in range(len(headings))]
        for row in new.iter_rows(named=True)
    ]
    more = csv_lines(rows, defused=False, separator=separator, line_end=end)
    return "".join([*pieces, more]).encode(encoding, "surrogatepass")


def _decoded(path: Path) -> tuple[str, str]:
    """All of a file, its mark included, and how it is encoded."""
    content = path.read_bytes()
    encoding = text_encoding(content)
    text = content.decode(encoding)
    if text.encode(encoding, "surrogatepass") != content:
        raise _unwritable(path, "换了编码就不能逐字节写回", "its encoding cannot be written again byte for byte")
    return text, encoding


def _unwritable(path: Path, zh: str, en: str) -> RequestError:
    return RequestError(
        "cannot_rewrite",
        f"{path}：{zh}；请另存为 .xlsx 或 CSV UTF-8 后再试",
        f"{path}: {en}; save it as .xlsx or CSV UTF-8 and try again",
        path=str(path),
    )


def _key(cell: Any) -> str | None:
    """A row's id as the loader reads it."""
    text = as_text(cell)
    try:
        return text and parse_id(text)
    except BadValue:
        return text


def _records(content: str, separator: str) -> Iterator[tuple[list[str], str]]:
    """Each row's cells and its text as it stands."""
    used: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(content.removeprefix("\ufeff"), newline=""):
            used.append(line)
            yield line

    mark = "\ufeff" if content.startswith("\ufeff") else ""
    for cells in csv.reader(lines(), delimiter=separator):
        yield cells, mark + "".join(used)
        mark = ""
        used.clear()


def _text(value: Any) -> str:
    return "" if value is None else as_text(value) or ""


def _with_sheets(network: Network, path: Path, names: Sequence[str]) -> Any:
    """The workbook with these sheets changed; other sheets, headings, columns and widths stay as they are."""
    import openpyxl

    content = io.BytesIO(path.read_bytes())  # else a failing disk reads as a damaged file
    try:
        book = openpyxl.load_workbook(content)
    except (OSError, MemoryError):
        raise
    except Exception:  # noqa: BLE001  # openpyxl raises whatever a file that it cannot write again leads it to
        raise _unwritable(
            path, "这种工作簿只能读取，不能改写", "a workbook of this kind is read and not written"
        ) from None
    titles = {table_named(title): title for title in book.sheetnames}
    for name in names:
        if name in titles:
            _change_sheet(book[titles[name]], name, network[name])
        elif network[name].height:
            sheet = book.create_sheet(name)
            sheet.append(network[name].columns)
            _change_sheet(sheet, name, network[name])
    return book


def _lifted(cell: Any) -> tuple[Any, ...]:
    """All that a cell holds: its value, how it looks, and what hangs on it."""
    link = cell.hyperlink
    where = (link.target, link.location, link.tooltip) if link is not None else None
    return cell.value, cell.data_type, copy(cell._style), copy(cell.comment), where


def _set_down(cell: Any, lifted: tuple[Any, ...]) -> None:
    value, kind, style, comment, link = lifted
    cell.value = value
    if kind == "s":
        cell.data_type = kind
    if link is not None:
        cell.hyperlink = link[0] or f"#{link[1]}"
        cell.hyperlink.target, cell.hyperlink.location, cell.hyperlink.tooltip = link
    cell._style, cell.comment = style, comment


def _change_sheet(sheet: Any, table: str, frame: pl.DataFrame) -> None:
    rows = list(sheet.iter_rows())
    found = find_headings(table, [[as_text(cell.value) for cell in row] for row in rows[:HEAD]])
    header = None if found is None else found.last
    if header is None or found is None:
        for place, heading in enumerate(frame.columns, start=1):
            sheet.cell(1, place, heading)
        rows, header = list(sheet.iter_rows()), 0
    headings = [as_text(cell.value) for cell in rows[header]] if found is None else found.cells
    known = match(table, headings, None).known
    top = rows[header][0].row
    for area in [area for area in sheet.merged_cells.ranges if area.max_row > top]:
        sheet.unmerge_cells(str(area))  # one cell over the rows of two people cannot follow both
    body, place = list(sheet.iter_rows(min_row=top + 1)), known[KEYS[table]]
    keys = [None if is_example([cell.value for cell in row]) else _key(row[place].value) for row in body]
    stay, new = _split(table, keys, frame)
    names = {at: name for name, at in known.items()}
    kept = [[_lifted(cell) for cell in row] for row, yes in zip(body, stay, strict=True) if yes]
    first = top + 1
    for cell in (cell for row in body for cell in row):
        cell.comment, cell.hyperlink, cell.style = None, None, "Normal"  # else they would be of whoever moves up
    for at, row in enumerate(kept):
        for column, lifted in enumerate(row, start=1):
            _set_down(sheet.cell(first + at, column), lifted)
    at = first + len(kept)
    for fresh in new.iter_rows(named=True):
        for column in range(len(headings)):
            made = sheet.cell(at, column + 1)
            value = fresh[names[column]] if column in names else None
            if isinstance(value, str):
                put_text(made, value)
            else:
                made.value = value
        at += 1
    if (more := first + len(body) - at) > 0:
        sheet.delete_rows(at, more)
