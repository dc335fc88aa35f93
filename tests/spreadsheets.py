"""Spreadsheets as programs other than ours write them, made byte by byte: .xlsx from parts, .xlsb, .ods."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

SPREADSHEETML = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
BASE = {
    "districts": '<row r="1">{A1=id}</row><row r="2">{A2=D1}</row>',
    "blocks": '<row r="1">{A1=id}{B1=district}</row><row r="2">{A2=B1}{B2=D1}</row>',
}
STYLES = f'<styleSheet xmlns="{SPREADSHEETML}">{{formats}}<cellXfs><xf numFmtId="0"/>{{styles}}</cellXfs></styleSheet>'


def cells(text: str) -> str:
    """Shorthand ``{A1=text}`` as cells with their text in them."""
    import re

    return re.sub(r"\{([A-Z]+\d+)=([^}]*)\}", r'<c r="\1" t="inlineStr"><is><t>\2</t></is></c>', text)


def xlsx(
    path: Path,
    enterprises: str,
    *,
    after: str = "",
    formats: str = "",
    styles: Sequence[int] = (),
    book: str = "",
    state: str = "",
    changed: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
) -> Path:
    """A small data set as an .xlsx of the fewest parts; ``changed`` replaces texts in all of them, ``names`` names."""
    sheets = {**BASE, "enterprises": enterprises}
    targets = {title: f"worksheets/sheet{at}.xml" for at, title in enumerate(sheets, start=1)}
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{RELATIONS}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        + "".join(
            f'<Relationship Id="{title}" Type="{RELATIONS}/worksheet" Target="{target}"/>'
            for title, target in targets.items()
        )
        + f'<Relationship Id="st" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{SPREADSHEETML}" xmlns:r="{RELATIONS}">{book}<sheets>'
        + "".join(
            f'<sheet name="{title}" sheetId="{at}"{state if title == "enterprises" else ""} r:id="{title}"/>'
            for at, title in enumerate(sheets, start=1)
        )
        + "</sheets></workbook>",
        "xl/styles.xml": STYLES.format(
            formats=formats, styles="".join(f'<xf numFmtId="{number}"/>' for number in styles)
        ),
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    }
    for title, content in sheets.items():
        tail = after if title == "enterprises" else ""
        parts[f"xl/{targets[title]}"] = (
            f'<worksheet xmlns="{SPREADSHEETML}"><sheetData>{cells(content)}</sheetData>{tail}</worksheet>'
        )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            for old, new in (changed or {}).items():
                content = content.replace(old, new)
            packed.writestr((names or {}).get(name, name), content)
    return path


def ods(path: Path, enterprises: str, *, display: str = "true") -> Path:
    """A small data set as LibreOffice writes it; ``enterprises`` are its rows."""

    def row(*texts: str) -> str:
        made = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' for text in texts
        )
        return f"<table:table-row>{made}</table:table-row>"

    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    sheets = {"districts": row("id") + row("D1"), "blocks": row("id", "district") + row("B1", "D1")}
    tables = "".join(f'<table:table table:name="{title}">{rows}</table:table>' for title, rows in sheets.items())
    content = (
        f'<office:document-content {spaces} xmlns:calcext="urn:org:documentfoundation:names:experimental:calc">'
        f'<office:automatic-styles><style:style style:name="ta"><style:table-properties table:display="{display}"/>'
        f"</style:style></office:automatic-styles><office:body><office:spreadsheet>{tables}"
        f'<table:table table:name="enterprises" table:style-name="ta">{row("id", "block", "name", "staff", "since")}'
        f"{enterprises}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
    return path


def record(kind: int, body: bytes = b"") -> bytes:
    """A record of an .xlsb (MS-XLSB 2.1.4)."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = b"", len(body)
    while True:
        length += bytes([size & 0x7F | (0x80 if size > 127 else 0)])
        size >>= 7
        if not size:
            return head + length + body


def wide(text: str) -> bytes:
    """A text with its length before it."""
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def row_of(at: int, hidden: bool = False) -> bytes:
    """The beginning of a row, counted from 0."""
    return record(0, struct.pack("<IIHBB", at, 0, 300, 0, 0x10 if hidden else 0) + b"\x00" * 5)


def cell_of(kind: int, column: int, value: bytes, style: int = 0) -> bytes:
    """A cell of an .xlsb."""
    return record(kind, struct.pack("<II", column, style) + value)


def text_of(column: int, text: str) -> bytes:
    """A cell with its text in it."""
    return cell_of(6, column, wide(text))


def xlsb(path: Path, enterprises: bytes) -> Path:
    """A small data set as binary parts."""
    sheets = {
        "districts": row_of(0) + text_of(0, "id") + row_of(1) + text_of(0, "D1"),
        "blocks": row_of(0)
        + text_of(0, "id")
        + text_of(1, "district")
        + row_of(1)
        + text_of(0, "B1")
        + text_of(1, "D1"),
        "enterprises": enterprises,
    }
    relations = "".join(
        f'<Relationship Id="{title}" Type="{RELATIONS}/worksheet" Target="worksheets/{title}.bin"/>' for title in sheets
    )
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{RELATIONS}/officeDocument" '
            'Target="xl/workbook.bin"/></Relationships>',
        )
        packed.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{PACKAGE}">{relations}'
            f'<Relationship Id="st" Type="{RELATIONS}/styles" Target="styles.bin"/></Relationships>',
        )
        packed.writestr(
            "xl/workbook.bin",
            b"".join(
                record(156, struct.pack("<II", 0, at) + wide(title) + wide(title)) for at, title in enumerate(sheets)
            ),
        )
        packed.writestr(
            "xl/styles.bin",
            record(617) + b"".join(record(47, struct.pack("<HH", 0, f)) for f in (0, 14, 31)) + record(618),
        )
        for title, content in sheets.items():
            packed.writestr(f"xl/worksheets/{title}.bin", content)
    return path
