"""``tiaokuai figure``: one picture as a file, in the formats that slides and papers want."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from tests.command import Outcome, tiaokuai
from tiaokuai.cli.figure import NAMES
from tiaokuai.graph import Network
from tiaokuai.loaders import write
from tiaokuai.loaders.synthetic import generate
from tiaokuai.viz.drawing import NEEDS


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A small made-up district as a folder."""
    write(generate(blocks=4, enterprises=20, seed=1), tmp_path / "town")
    return tmp_path / "town"


def draw(town: Path, out: Path, name: str = "coverage_bars", *more: object) -> Outcome:
    return tiaokuai("figure", name, town, "--out", out, "--as-of", "2026-06-30", "--lang", "en", *more)


def test_the_figure_as_json_is_a_plotly_figure_with_its_title_inside(town: Path, tmp_path: Path) -> None:
    outcome = draw(town, tmp_path / "bars.json", "coverage_bars", "--json")
    assert outcome.code == 0, outcome.err
    spec = json.loads((tmp_path / "bars.json").read_text(encoding="utf-8"))
    assert {trace["type"] for trace in spec["data"]} == {"bar"}
    assert outcome.json["title"] in json.dumps(spec["layout"]["annotations"], ensure_ascii=False)


def test_a_name_may_be_written_with_hyphens(town: Path, tmp_path: Path) -> None:
    assert draw(town, tmp_path / "bars.json", "Coverage-Bars").code == 0


def test_the_narrow_drawing_is_for_a_phone(town: Path, tmp_path: Path) -> None:
    assert draw(town, tmp_path / "bars.json", "coverage_bars", "--narrow").code == 0
    assert json.loads((tmp_path / "bars.json").read_text(encoding="utf-8"))["layout"]["width"] < 400


def test_the_figure_as_html_is_one_page_that_fetches_nothing(town: Path, tmp_path: Path) -> None:
    assert draw(town, tmp_path / "bars.html").code == 0
    text = (tmp_path / "bars.html").read_text(encoding="utf-8")
    assert text.count("<figure") == 1
    assert "src=" not in text.split('id="library"')[0]


@pytest.mark.browser
@pytest.mark.parametrize(("ending", "begins"), [(".png", b"\x89PNG"), (".svg", b"<svg"), (".pdf", b"%PDF")])
def test_the_figure_as_an_image(town: Path, tmp_path: Path, ending: str, begins: bytes) -> None:
    out = tmp_path / f"bars{ending}"
    outcome = draw(town, out)
    assert outcome.code == 0, outcome.err
    data = out.read_bytes()
    assert data.startswith(begins)
    if ending == ".png":
        assert struct.unpack(">I", data[16:20])[0] == 2 * 1080


@pytest.mark.browser
def test_where_there_is_no_browser_it_says_so_and_what_else_there_is(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "no-chromium"))
    outcome = draw(town, tmp_path / "bars.png")
    assert outcome.code == 3
    assert "drawn by Chromium or Chrome, and none runs here" in outcome.err
    assert not (tmp_path / "bars.png").exists()


def test_the_network_can_show_one_block_alone(town: Path, tmp_path: Path) -> None:
    out = tmp_path / "one.json"
    assert draw(town, out, "network", "--block", "B02").code == 0
    one = out.read_text(encoding="utf-8")
    assert "B02" in one
    assert "B03" not in one


@pytest.mark.parametrize(
    ("name", "block", "code", "said"),
    [("network", "B2", 1, "did you mean 'B02'?"), ("coverage_bars", "B02", 2, "--block goes with network alone")],
)
def test_a_block_that_cannot_be_shown_is_said(
    town: Path, tmp_path: Path, name: str, block: str, code: int, said: str
) -> None:
    outcome = draw(town, tmp_path / "one.json", name, "--block", block)
    assert outcome.code == code
    assert said in outcome.err
    assert not (tmp_path / "one.json").exists()


@pytest.mark.parametrize(
    ("name", "out", "code", "said"),
    [
        ("nothing", "bars.json", 2, "no picture is called nothing; there are coverage_bars"),
        ("coverage_bars", "bars.gif", 2, "--out must end in one of .png"),
        ("coverage_bars", "nowhere/bars.json", 1, "there is no folder"),
        ("plan_board", "bars.json", 1, "plan_board needs --plan FILE"),
    ],
)
def test_what_cannot_be_is_said(town: Path, tmp_path: Path, name: str, out: str, code: int, said: str) -> None:
    outcome = draw(town, tmp_path / out, name)
    assert outcome.code == code
    assert said in outcome.err


def test_without_an_enterprise_there_is_nothing_to_forecast(tmp_path: Path) -> None:
    empty = Network.from_tables({"districts": [{"id": "D"}], "blocks": [{"id": "B", "district": "D"}]})
    write(empty, tmp_path / "empty")
    outcome = draw(tmp_path / "empty", tmp_path / "f.json", "forecast")
    assert outcome.code == 1


def test_the_command_offers_every_picture_that_can_be_drawn() -> None:
    assert set(NAMES) == set(NEEDS)
