"""What a file is by its content, whatever its name says: a spreadsheet that is read, or words that say what it is."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from tiaokuai.loaders.sheet import Unreadable

# Names that a spreadsheet may have; what is inside decides how it is read.
SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".xlt", ".ods", ".ots", ".et", ".ett", ".numbers")
HEAD = 1 << 16
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = re.compile(rb"^\x09[\x00\x02\x04\x08]")  # BIFF without a container: Excel 2 to 4
_WEB = re.compile(rb"^\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|meta|table|body|style|div)\b", re.I | re.S)
_XML_SHEET = b"urn:schemas-microsoft-com:office:spreadsheet"

_LOCKED = Unreadable(
    "有密码保护；请用表格软件打开，去掉密码后另存",
    "it is protected by a password; open it in a spreadsheet and save it without one",
)
_BROKEN = Unreadable("不是 .xlsx 工作簿，或文件已损坏", "it is not an .xlsx workbook, or it is damaged")
_AGAIN = "请用表格软件打开，另存为 .xlsx", "open it in a spreadsheet and save it as .xlsx"
_STARTS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "PDF 文件", "a PDF"),
    (b"{\\rtf", "RTF 文档", "an RTF document"),
    (b"Rar!", "RAR 压缩包，请先解压", "a RAR archive; unpack it first"),
    (b"7z\xbc\xaf", "7z 压缩包，请先解压", "a 7z archive; unpack it first"),
    (b"\x1f\x8b", "gzip 压缩文件，请先解压", "a gzip archive; unpack it first"),
    (b"\x89PNG", "图片", "a picture"),
    (b"\xff\xd8\xff", "图片", "a picture"),
    (b"GIF8", "图片", "a picture"),
    (b"PAR1", "Parquet 文件", "a Parquet file"),
    (b"SQLite format 3", "SQLite 数据库", "an SQLite database"),
)


def kind_of(path: Path) -> str:
    """``xlsx``, ``xlsb``, ``xls`` or ``ods``.

    Raises Unreadable, saying what the file is where it is none of them, OSError where it cannot be opened.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(_ZIP):
        return _packed(path)
    if head.startswith(_OLE):
        return _container(path.read_bytes())
    if not head:
        raise Unreadable("文件是空的", "the file is empty")
    if (what := foreign(head)) is not None:
        raise what
    if b"\x00" not in head:
        raise Unreadable(
            "是文本，不是工作簿；若是 CSV，请改后缀为 .csv 并放进表格文件夹",
            "it is text and no workbook; if it is CSV, name it .csv and put it into a folder of tables",
        )
    raise _BROKEN


def foreign(head: bytes) -> Unreadable | None:
    """Words for what is neither a table as text nor a spreadsheet in use today, known by its beginning; else None."""
    for start, zh, en in _STARTS:
        if head.startswith(start):
            return Unreadable(f"是{zh}", f"it is {en}")
    if _OLD_EXCEL.match(head):
        return _odd("1995 年以前的 Excel 表格", "a spreadsheet of an Excel before 1995")
    if _WEB.match(head.removeprefix(b"\xef\xbb\xbf")) or head.startswith(b"MIME-Version:"):
        return _odd("网页，只是取了表格的名字", "a web page with the name of a table")
    if _XML_SHEET in head:
        return _odd("XML 电子表格 2003", "an XML Spreadsheet 2003")
    if head.lstrip().startswith(b"<?xml"):
        return Unreadable("是 XML 文件，不是表格", "it is XML and no table")
    return None


def spreadsheet_named_text(head: bytes) -> Unreadable | None:
    """Words for a spreadsheet, or anything else, that lies under the name of a CSV file; None where it is text."""
    if head.startswith((_ZIP, _OLE)):
        return Unreadable(
            "不是文本，是工作簿或压缩包；请用表格软件打开，另存为 CSV UTF-8",
            "it is not text but a workbook or an archive; open it in a spreadsheet and save it as CSV UTF-8",
        )
    return foreign(head)


def _odd(zh: str, en: str) -> Unreadable:
    return Unreadable(f"是{zh}；{_AGAIN[0]}", f"it is {en}; {_AGAIN[1]}")


def _packed(path: Path) -> str:
    """A zip: which kind of document, by the parts in it."""
    try:
        with zipfile.ZipFile(path) as packed:
            names = {name.replace("\\", "/").lower().lstrip("/") for name in packed.namelist()}
            if any(info.flag_bits & 1 for info in packed.infolist()):
                raise _LOCKED
            if "mimetype" in names or "content.xml" in names:
                return _open_document(packed, names)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, KeyError, RuntimeError):
        raise _BROKEN from None
    if any(name.endswith(".bin") and name.startswith("xl/workbook") for name in names):
        return "xlsb"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if any(name.startswith("word/") for name in names):
        raise Unreadable("是 Word 文档，不是表格", "it is a Word document and no table")
    if any(name.startswith("ppt/") for name in names):
        raise Unreadable("是演示文稿，不是表格", "it is a presentation and no table")
    if any(name.endswith(".iwa") for name in names) or "index.zip" in names:
        raise Unreadable(
            "是 Apple Numbers 表格；请导出为 .xlsx", "it is an Apple Numbers spreadsheet; export it as .xlsx"
        )
    if "[content_types].xml" in names:
        return "xlsx"  # its parts may have any names
    raise Unreadable(
        "是压缩包，不是工作簿，或文件已损坏；请先解压", "it is an archive and no workbook, or it is damaged; unpack it"
    )


def _open_document(packed: zipfile.ZipFile, names: set[str]) -> str:
    kind = packed.read("mimetype")[:200].decode("ascii", "replace") if "mimetype" in names else "spreadsheet"
    if "meta-inf/manifest.xml" in names and b"encryption-data" in packed.read("META-INF/manifest.xml"):
        raise _LOCKED
    if "spreadsheet" in kind:
        return "ods"
    if "text" in kind or "presentation" in kind or "graphics" in kind:
        raise Unreadable("是文档，不是表格", "it is a document and no spreadsheet")
    raise _BROKEN


def _container(content: bytes) -> str:
    """An OLE file: old workbooks, new ones behind a password, and documents of other programs."""

    def has(name: str) -> bool:
        return name.encode("utf-16-le") in content

    if has("EncryptedPackage") or has("DRMContent"):
        raise _LOCKED
    if has("Workbook") or has("Book"):
        return "xls"
    if has("WordDocument"):
        raise Unreadable("是 Word 文档，不是表格", "it is a Word document and no table")
    if has("PowerPoint Document"):
        raise Unreadable("是演示文稿，不是表格", "it is a presentation and no table")
    raise _BROKEN
