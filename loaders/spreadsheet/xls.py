"""Workbooks of Excel 95 to 2003 and of WPS (.xls, .et), read by xlrd: errors, merged cells, days of every locale."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tiaokuai.graph.fields import as_text
from tiaokuai.loaders.sheet import Unreadable
from tiaokuai.loaders.spreadsheet.cells import moment
from tiaokuai.loaders.spreadsheet.grid import Area, Grid, sparse

_BROKEN = Unreadable("不是 .xls 工作簿，或文件已损坏", "it is not an .xls workbook, or it is damaged")


class Xls:
    """An .xls: its sheets, each with whether it is hidden, and the cells of one."""

    def __init__(self, path: Path) -> None:
        import xlrd

        content = path.read_bytes()
        try:
            self.book: Any = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=_Silent())
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  # xlrd raises whatever a wrong file leads it to
            if "encrypted" in str(error).lower() or "password" in str(error).lower():
                raise Unreadable(
                    "有密码保护；请用表格软件打开，去掉密码后另存",
                    "it is protected by a password; open it in a spreadsheet and save it without one",
                ) from None
            raise _BROKEN from None
        self.sheets = [(sheet.name, bool(sheet.visibility)) for sheet in self.book.sheets()]

    def grid(self, title: str) -> Grid:
        """A sheet's cells."""
        sheet = self.book.sheet_by_name(title)
        cells: dict[int, tuple[list[int], list[str]]] = {}
        for row in range(sheet.nrows):
            kinds, values = sheet.row_types(row), sheet.row_values(row)
            for column, (kind, value) in enumerate(zip(kinds, values, strict=True)):
                if (text := self._said(kind, value)) is not None:
                    rows, texts = cells.setdefault(column, ([], []))
                    rows.append(row)
                    texts.append(text)
        merged = [
            Area(top, left, below - 1, beyond - 1)
            for top, below, left, beyond in sheet.merged_cells
            if (below - top) * (beyond - left) > 1
        ]
        hidden = sorted(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden and row < sheet.nrows)
        return sparse(cells, merged, hidden)

    def _said(self, kind: int, value: Any) -> str | None:
        import xlrd

        if kind == xlrd.XL_CELL_TEXT:
            return as_text(value)
        if kind == xlrd.XL_CELL_NUMBER:
            return as_text(value)
        if kind == xlrd.XL_CELL_DATE:
            return moment(value, self.book.datemode == 1)
        if kind == xlrd.XL_CELL_BOOLEAN:
            return str(bool(value))
        if kind == xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(value, "#VALUE!"))
        return None

    def close(self) -> None:
        """Nothing is held open."""


class _Silent:
    """xlrd writes what it wonders at to a file; people are told of problems in other ways."""

    def write(self, text: str) -> None:
        """Nothing."""

    def flush(self) -> None:
        """Nothing."""
