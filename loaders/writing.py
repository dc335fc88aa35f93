"""``write``: a network into a folder of CSV or Parquet, or a workbook; never half."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tiaokuai.files.atomic import replacing_folder
from tiaokuai.files.spreadsheet import write_book, write_csv
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.network import Network
from tiaokuai.graph.records import TABLES
from tiaokuai.loaders.columns import table_named
from tiaokuai.loaders.release_note import FILE, NAME, note_pieces, note_text


def write(network: Network, path: str | Path) -> None:
    """Writes all tables that have rows: ``….xlsx`` a workbook, ``….parquet`` a folder of Parquet, else one of CSV.

    A release is written with its note, by which :func:`tiaokuai.loaders.read` knows it again, and the formulas in its
    CSV are defused; the steward's is lossless (:mod:`tiaokuai.files.spreadsheet`). What has persons in it is its
    owner's alone, mode 600.

    Raises RequestError where the folder holds other files, or a table has more rows than a sheet; OSError.

    >>> import tempfile
    >>> import tiaokuai as tk
    >>> net = tk.generate(blocks=3, enterprises=12, seed=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(net, f"{folder}/district")
    ...     tk.read(f"{folder}/district").fingerprint == net.fingerprint
    True
    """
    target = Path(path)
    private = has_persons(network)
    if target.suffix.lower() == ".xlsx":
        sheets = written(network)
        if pieces := note_pieces(network):
            sheets[NAME] = pl.DataFrame({NAME: pieces})
        write_book(sheets, target, private=private)
        return
    _refuse_others(target)
    suffix = ".parquet" if target.suffix.lower() == ".parquet" else ".csv"
    with replacing_folder(target, private=private) as folder:
        for table, frame in written(network).items():
            write_table(frame, folder / f"{table}{suffix}", defused=network.released is not None)
        if (note := note_text(network)) is not None:
            (folder / FILE).write_text(note, encoding="utf-8")


def has_persons(network: Network) -> bool:
    """Whether there is a row about a person, by which whatever is written is for its owner's eyes alone."""
    return bool(network["members"].height or network["backbones"].height)


def written(network: Network) -> dict[str, pl.DataFrame]:
    """The tables worth writing: those with rows, and those that every data set must have."""
    return {name: frame for name, frame in network.tables.items() if frame.height or TABLES[name].required}


def write_table(frame: pl.DataFrame, path: Path, *, defused: bool = False) -> None:
    """One table, as Parquet or CSV by the suffix of ``path``."""
    if path.suffix.lower() == ".parquet":
        frame.write_parquet(path)
    else:
        write_csv(frame, path, defused=defused)


def _refuse_others(folder: Path) -> None:
    if not folder.is_dir():
        return
    others = [
        item.name
        for item in folder.iterdir()
        if item.name not in ("erasures.log", FILE) and (item.is_dir() or table_named(item.stem) is None)
    ]
    if others:
        named = ", ".join(sorted(others)[:3])
        raise RequestError(
            "folder_in_use",
            f"{folder} 里还有别的文件（{named}），不能整个替换；请换一个文件夹",
            f"{folder} holds other files ({named}) and would be replaced as a whole; name another folder",
            folder=str(folder),
        )
