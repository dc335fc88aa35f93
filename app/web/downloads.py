"""Files of a view: each carries date, assumptions, audience and hash of the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, request

from tiaokuai.files.spreadsheet import MARK, csv_lines
from tiaokuai.graph.errors import TiaokuaiError
from tiaokuai.web import documents
from tiaokuai.web.address import read_address
from tiaokuai.web.frame import View, open_view, provenance_text
from tiaokuai.web.gate import refuse
from tiaokuai.web.tables import BLOCK_COLUMNS, ENTERPRISE_COLUMNS, block_rows, enterprise_rows

if TYPE_CHECKING:
    from tiaokuai.web.desk import Desk

PLANNERS = ("enterprises.csv", "workbook.xlsx")  # and the steward's
TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download_pages(desk: Desk) -> Blueprint:
    """``/download/blocks.csv``, ``enterprises.csv`` and ``workbook.xlsx`` (planner, steward), ``answers.json``, and
    ``coverage.json`` and so on: the document of each command."""
    pages = Blueprint("download", __name__, url_prefix=desk.settings.prefix.rstrip("/") + "/download")

    @pages.get("/<name>")
    def get(name: str) -> Response:
        query = request.query_string.decode("utf-8", "replace")
        address = read_address(desk.settings.prefix, query, desk.settings.prefix, desk.settings.lang)
        makers: dict[str, Callable[[View], str | bytes]] = {
            "blocks.csv": _blocks,
            "enterprises.csv": _enterprises,
            "workbook.xlsx": _workbook,
            "answers.json": documents.every,
        }
        makers |= {f"{each}.json": partial(documents.one, name=each) for each in documents.DOCUMENTS}
        if name not in makers or address is None:
            return refuse(404, "no_such_file")
        try:
            view = open_view(address)
            if name in PLANNERS and not view.may("planner"):
                return refuse(403, "not_for_you")
            content = makers[name](view)
        except TiaokuaiError as error:
            return refuse(400, error.code)
        desk.log.write(g.viewer.user, f"download {name}", view.audience, view.holding.network.fingerprint)
        return _file(content, name, view)

    return pages


def _file(content: str | bytes, name: str, view: View) -> Response:
    stem, suffix = name.rsplit(".", 1)
    response = Response(content, mimetype=TYPES[suffix])
    whole = f"{stem}-{view.day}-{view.audience}-{view.holding.network.fingerprint}.{suffix}"
    if suffix == "xlsx":
        whole = name  # empty: nothing of these data is in it
    response.headers["Content-Disposition"] = f'attachment; filename="{whole}"'
    return response


def _workbook(view: View) -> bytes:
    """As ``tiaokuai new``."""
    import tempfile
    from pathlib import Path

    from tiaokuai.loaders.blank import write_blank

    with tempfile.TemporaryDirectory(prefix="tiaokuai-") as folder:
        write_blank(Path(folder, "workbook.xlsx"), view.address.lang)
        return Path(folder, "workbook.xlsx").read_bytes()


def _blocks(view: View) -> str:
    return table(block_rows(view), BLOCK_COLUMNS, view)


def _enterprises(view: View) -> str:
    return table(enterprise_rows(view, view.address.get("block")), ENTERPRISE_COLUMNS, view)


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], view: View) -> str:
    """CSV with a byte order mark, for spreadsheets; the last line says where it comes from."""
    lines = [columns, *([row.get(name) for name in columns] for row in rows)]
    return csv_lines([*lines, [], [f"# {provenance_text(view, for_file=True)}"]], defused=True, mark=MARK)
