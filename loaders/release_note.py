"""The note of a release beside its tables, in every format: the text of one JSON document."""

from __future__ import annotations

import json
from pathlib import Path

from tiaokuai.files.limits import small_bytes
from tiaokuai.graph.network import Network
from tiaokuai.graph.problems import Problem
from tiaokuai.graph.release import BadRelease, Release
from tiaokuai.loaders.sheet import Source

NAME = "release"  # of the sheet, of the graph's attribute; with ``.json`` of the file
FILE = f"{NAME}.json"
MOST_BYTES = 64 << 20  # a note names every block twice
PIECE = 30_000  # characters; a cell of a sheet holds 32,767


def note_text(network: Network) -> str | None:
    """What is kept of a release; None for the data.

    >>> note_text(Network.from_tables({})) is None
    True
    """
    return None if network.released is None else json.dumps(network.released.to_dict(), ensure_ascii=False)


def note_pieces(network: Network) -> list[str]:
    """The same in pieces that fit into cells, one below the other."""
    text = note_text(network) or ""
    return [text[at : at + PIECE] for at in range(0, len(text), PIECE)]


def take_note(text: str, file: str | None, source: Source) -> None:
    """Reads a note into ``source``, or says why it is none."""
    try:
        source.released = Release.from_dict(json.loads(text))
    except BadRelease as error:
        source.problems.append(Problem("bad_release", None, file, value=str(error)))
    except (ValueError, RecursionError):
        source.problems.append(Problem("bad_release", None, file, value="JSON"))


def take_file(folder: Path, source: Source) -> None:
    """The note in a folder, where there is one. Raises RequestError where it is no file or far too long, OSError."""
    path = folder / FILE
    if path.exists():
        take_note(small_bytes(path, MOST_BYTES).decode("utf-8-sig", errors="replace"), FILE, source)
