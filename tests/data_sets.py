"""Small data sets as files, and what `check` finds in them."""

from __future__ import annotations

from pathlib import Path

from tiaokuai.graph.problems import Problem
from tiaokuai.loaders import check

PLAIN = {
    "districts.csv": "id,name\nD1,东区\n",
    "blocks.csv": "id,district,kind\nB1,D1,pilot\nB2,D1,mature\n",
    "enterprises.csv": "id,block,name,staff\nE1,B1,Acme,25\nE2,B2,Beta,8\n",
}
PEOPLE = {
    "associations.csv": "id,block,since\nA1,B1,2019-05-01\n",
    "members.csv": "id,enterprise,association,since,until,consent\nM1,E1,A1,2020-01-01,,2020-01-01\n",
    "backbones.csv": "member,since,until,capacity\nM1,2020-03-01,,\n",
}


def lay_out(folder: Path, files: dict[str, str | bytes] | None = None, people: bool = False) -> Path:
    """A folder with a small right data set in it, some of its files replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {**PLAIN, **(PEOPLE if people else {}), **(files or {})}.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def found(data: Path) -> list[Problem]:
    """Every problem of a data set."""
    return check(data).problems


def codes(data: Path) -> list[tuple[str, str | None, int | None, str | None]]:
    """Code, table, row and column of every problem."""
    return [(problem.code, problem.table, problem.row, problem.column) for problem in found(data)]
