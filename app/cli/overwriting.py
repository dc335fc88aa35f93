"""What a command writes must never take the place of what it reads: a slip of the hand would lose the data."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

OUTPUTS = ("out", "keep")
REPLACED = ("from_",)  # a plan that goes on from an earlier one may take its place


def refuse_overwriting(data: str, given: Mapping[str, Any]) -> None:
    """RequestError where an output of ``given`` is a table of ``data``, the data, or a file that is read as well."""
    from tiaokuai.graph.errors import RequestError

    written = {name: _real(each) for name in OUTPUTS if isinstance(each := given.get(name), Path)}
    if len(set(written.values())) < len(written):
        raise RequestError(
            "out_twice", "--keep 与 --out 是同一个文件", "--keep and --out are the same file", path=str(given["out"])
        )
    read = {_real(path) for path in _read(given)}
    for name, path in written.items():
        if "://" not in data and _of_data(path, _real(data)):
            zh, en = (
                f"{given[name]} 就是数据本身，请换一个 --{name}",
                f"{given[name]} is the data themselves; name another",
            )
            raise RequestError("out_is_data", zh, f"{en} --{name}", path=str(given[name]))
        if path in read:
            zh, en = (
                f"{given[name]} 正被读取，请换一个 --{name}",
                f"{given[name]} is read as well; name another --{name}",
            )
            raise RequestError("out_is_read", zh, en, path=str(given[name]))


def _real(path: str | Path) -> Path:
    """Where links lead; unlike ``Path.resolve`` also where they lead in a circle, which is said when it is opened."""
    return Path(os.path.realpath(path))


def _read(given: Mapping[str, Any]) -> Iterator[Path]:
    for name, value in given.items():
        if name not in (*OUTPUTS, *REPLACED):
            yield from (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, Path))


def _of_data(path: Path, data: Path) -> bool:
    if path == data:
        return True
    if path.parent != data:
        return False
    from tiaokuai.loaders.columns import table_named

    return path.suffix.lower() in (".csv", ".tsv", ".txt", ".parquet") and table_named(path.stem) is not None
