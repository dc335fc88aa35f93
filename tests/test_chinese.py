"""Chinese on a terminal has its own punctuation, and names in both languages where a file may bear either."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import tiaokuai
from tests.data_sets import lay_out
from tiaokuai.planning.plan_wishes import BadPlan, Wishes

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "medical-innovation"
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff]\(|[\u4e00-\u9fff][,:;!?]|[,:;!?)][\u4e00-\u9fff]")


@pytest.mark.parametrize(
    "asked",
    [
        ("coverage",),
        ("replication",),
        ("gaps",),
        ("influence",),
        ("fragility",),
        ("history", "--step", "year"),
        ("privacy",),
        ("check",),
        ("plan", "--budget", "20", "--periods", "2"),
        ("calibrate",),
    ],
    ids=lambda asked: asked[0],
)
def test_answers_for_people_are_set_with_full_width_punctuation(asked: tuple[str, ...]) -> None:
    command, *rest = asked
    outcome = tiaokuai(command, EXAMPLE, *rest, "--lang", "zh")
    assert outcome.code == 0
    assert not HALF_WIDTH.findall(outcome.out)


@pytest.mark.process
@pytest.mark.parametrize("command", ["coverage", "simulate", "plan", "serve", "report"])
def test_help_is_set_with_full_width_punctuation(command: str) -> None:
    line = [sys.executable, "-m", "tiaokuai", command, "--help", "--lang", "zh"]
    printed = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    assert re.search("[\u4e00-\u9fff]", printed)
    assert not HALF_WIDTH.findall(printed)


def test_tables_and_columns_are_named_as_in_the_dictionary_and_as_in_the_file(tmp_path: Path) -> None:
    data = lay_out(tmp_path, {"enterprises.csv": "id,block,staff\nE1,B1,10\nE2,B9,10\n"})
    printed = tiaokuai("check", data, "--lang", "zh").out
    assert re.search(r"企业（enterprises） +2", printed)
    assert "enterprises.csv，第 3 行，区块（block）：“B9”不在区块（blocks）的编号中" in printed


def test_a_wish_that_stands_in_no_file_is_called_by_its_name_on_the_page() -> None:
    from tiaokuai import plan, read

    with pytest.raises(BadPlan) as bad:
        plan(read(EXAMPLE), budget=10, periods=2, constraints=Wishes(must=(("B99", 1),)))
    assert "一定要建：没有区块 B99" in bad.value.message("zh")
    assert "must: there is no block B99" in bad.value.message("en")


@pytest.mark.process
@pytest.mark.parametrize(
    "line", [("--help", "--lang", "zh"), ("--lang", "zh", "--help"), ("user", "--help", "--lang", "zh")]
)
def test_the_language_of_help_is_chosen_wherever_it_stands(line: tuple[str, ...]) -> None:
    given = [sys.executable, "-m", "tiaokuai", *line]
    printed = subprocess.run(given, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    assert ("条块延伸法" if line[0] != "user" else "管理登录浏览器界面的用户") in printed
