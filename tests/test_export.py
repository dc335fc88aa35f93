"""``export``: whole and lossless for the steward, the release itself for planner and public, in every format."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import networkx as nx
import polars as pl
import pytest

from tests.command import tiaokuai
from tiaokuai.graph import Network
from tiaokuai.loaders import read, write
from tiaokuai.loaders.synthetic import generate

KINDS = ["d.graphml", "d.gexf", "d.json", "d.xlsx", "d.parquet", "d"]
DAY = ("--as-of", "2026-06-30")


@pytest.fixture(scope="module")
def district() -> Network:
    return generate(8, 160, 4)


@pytest.fixture(scope="module")
def folder(district: Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "district"
    write(district, path)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_the_steward_s_export_loses_nothing(district: Network, folder: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / kind
    done = tiaokuai("export", folder, "--out", out, "--for", "steward", "--json")
    assert done.code == 0, done.err
    assert done.json["rows"]["members"] == district["members"].height
    assert read(out).fingerprint == district.fingerprint
    before = tiaokuai("coverage", folder, *DAY, "--json").json
    assert tiaokuai("coverage", out, *DAY, "--json").json == before


def everything(out: Path) -> Iterator[str]:
    """All text of an export, whatever its format."""
    if out.is_dir():
        for file in sorted(out.iterdir()):
            if file.suffix == ".json":
                yield file.read_text(encoding="utf-8")
                continue
            frame = pl.read_parquet(file) if file.suffix == ".parquet" else pl.read_csv(file, infer_schema=False)
            yield file.stem + str(frame.to_dict(as_series=False))
    elif out.suffix == ".xlsx":
        for name, frame in pl.read_excel(out, sheet_id=0).items():
            yield name + str(frame.to_dict(as_series=False))
    else:
        yield out.read_text(encoding="utf-8")


@pytest.mark.parametrize("audience", ["planner", "public"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_person_is_in_the_export_of_others(
    district: Network, folder: Path, tmp_path: Path, kind: str, audience: str
) -> None:
    out = tmp_path / kind
    done = tiaokuai("export", folder, "--out", out, "--for", audience, *DAY)
    assert done.code == 0, done.err
    text = " ".join(everything(out))
    assert not any(member in text for member in district["members"]["id"])
    assert "consent" not in text
    assert "B01" in text
    assert ("E001" in text) == (audience == "planner")
    released = read(out).released
    assert released is not None
    assert released.audience == audience


@pytest.mark.parametrize("audience", ["planner", "public"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_release_answers_as_the_data_do_for_its_readers(
    folder: Path, tmp_path: Path, kind: str, audience: str
) -> None:
    assert tiaokuai("export", folder, "--out", tmp_path / kind, "--for", audience).code == 0
    here = tiaokuai("coverage", folder, "--for", audience, *DAY, "--json").json
    assert here == tiaokuai("coverage", tmp_path / kind, *DAY, "--json").json


def test_the_default_of_an_export_is_the_planner_s(folder: Path, tmp_path: Path) -> None:
    done = tiaokuai("export", folder, "--out", tmp_path / "d", "--json")
    assert done.json["audience"] == done.json["release"]["audience"] == "planner"
    assert done.json["rows"]["members"] == 0


def test_networkx_opens_what_the_planner_gets(folder: Path, tmp_path: Path) -> None:
    tiaokuai("export", folder, "--out", tmp_path / "d.json")
    graph: Any = nx.node_link_graph(json.loads((tmp_path / "d.json").read_text(encoding="utf-8")))
    labels = {label for _, label in graph.nodes(data="label")}
    assert {"Block", "Enterprise"} <= labels
    assert "Member" not in labels


def steps_until(out: Path, base: date) -> list[tuple[Any, ...]]:
    """What a release told of days up to ``base``."""
    return sorted(read(out)["counts"].filter(pl.col("since") <= base).rows())


def test_what_was_told_stays_told_where_a_release_replaces_an_earlier_one(
    district: Network, folder: Path, tmp_path: Path
) -> None:
    # An enterprise's row is deleted, as nobody should: its block's pool, and with it the past, would be told anew.
    out, anew, changed = (tmp_path / name for name in ("planner", "anew", "changed"))
    assert tiaokuai("export", folder, "--out", out).code == 0
    before = read(out)
    assert before.released is not None
    base, gone = before.released.steps[-1], district["members"]["enterprise"].mode()[0]
    left = {
        name: frame.filter(pl.col("enterprise") != gone) if "enterprise" in frame.columns else frame
        for name, frame in district.tables.items()
    }
    left["enterprises"] = left["enterprises"].filter(pl.col("id") != gone)
    left["backbones"] = left["backbones"].filter(pl.col("member").is_in(left["members"]["id"].implode()))
    write(Network.from_tables(left, district.template), changed)
    told = [row for row in steps_until(out, base) if row[0] != gone]
    assert tiaokuai("export", changed, "--out", anew).code == 0
    assert steps_until(anew, base) != told
    assert tiaokuai("export", changed, "--out", tmp_path / "named", "--before", out).code == 0
    assert tiaokuai("export", changed, "--out", out).code == 0
    assert steps_until(out, base) == steps_until(tmp_path / "named", base) == told


def test_an_earlier_release_that_cannot_be_read_is_not_passed_over(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "d.json"
    out.write_text("{", encoding="utf-8")
    refused = tiaokuai("export", folder, "--out", out, "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, "earlier_unreadable")
    assert out.read_text(encoding="utf-8") == "{"
    refused = tiaokuai("export", folder, "--out", tmp_path / "x", "--for", "steward", "--before", out, "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, "before_for_steward")


def test_the_steward_s_export_onto_a_release_is_no_release(folder: Path, tmp_path: Path) -> None:
    for kind in KINDS:
        for audience in ("planner", "steward"):
            assert tiaokuai("export", folder, "--out", tmp_path / kind, "--for", audience).code == 0
        assert read(tmp_path / kind).released is None


def test_an_older_export_is_replaced_but_never_the_data_or_a_folder_of_others(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "d.graphml"
    out.write_text("older", encoding="utf-8")
    assert tiaokuai("export", folder, "--out", out, "--for", "steward").code == 0
    assert out.read_text(encoding="utf-8").startswith("<?xml")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.odt").write_text("mine", encoding="utf-8")
    for place, code in ((folder, "out_is_data"), (tmp_path / "mine", "folder_in_use")):
        for audience in ("steward", "planner"):
            refused = tiaokuai("export", folder, "--out", place, "--for", audience, "--json")
            assert (refused.code, refused.json["error"]["code"]) == (1, code)
    assert (tmp_path / "mine" / "thesis.odt").read_text(encoding="utf-8") == "mine"


def test_a_format_that_cannot_be_written_is_no_folder_of_that_name(folder: Path, tmp_path: Path) -> None:
    for name in ("d.docx", "d.csv", "d.xls"):
        refused = tiaokuai("export", folder, "--out", tmp_path / name, "--json")
        assert (refused.code, refused.json["error"]["code"]) == (2, "unknown_format")
    assert list(tmp_path.iterdir()) == []
    assert tiaokuai("export", folder, "--out", tmp_path / "district.2026", "--json").code == 0


@pytest.mark.process
def test_a_workbook_with_nowhere_to_go_is_refused_without_a_traceback(folder: Path, tmp_path: Path) -> None:
    arguments = ["-m", "tiaokuai", "export", str(folder), "--out", str(tmp_path / "none" / "d.xlsx"), "--json"]
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["error"]["code"], done.stderr) == (1, "file", "")
