"""What a grade says beside its figures: months to come, data that have changed, another version."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import tiaokuai
from tests.conftest import EXAMPLES
from tiaokuai import __version__

STUDY = EXAMPLES / "medical-innovation"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "kept.json"
    asked = ("simulate", STUDY, "--start", "1954-09", "--months", 12, "--runs", 20, "--keep", path)
    assert tiaokuai(*asked).code == 0
    return path


def said(*arguments: object) -> str:
    outcome = tiaokuai("grade", *arguments)
    assert outcome.code == 0, outcome.err
    return " ".join(outcome.out.split())


def test_months_that_are_not_on_record_yet_are_said(kept: Path) -> None:
    assert said(kept, STUDY, "--lang", "en").endswith("Of the forecast's 12 months, 6 are on record so far.")
    assert "12 months, 1 is on record so far." in said(kept, STUDY, "--as-of", "1954-10-01", "--lang", "en")
    assert "预测的 12 个月中，数据至今只有 6 个月。" in said(kept, STUDY, "--lang", "zh").replace("6 个 月", "6 个月")
    assert "on record so far" not in said(kept, STUDY, "--as-of", "1955-09-01", "--lang", "en")


def test_another_version_that_kept_the_forecast_is_said(kept: Path) -> None:
    assert "Version" not in said(kept, STUDY, "--lang", "en")
    kept.write_text(
        kept.read_text(encoding="utf-8").replace(f'"version": "{__version__}"', '"version": "0.0.9"'), encoding="utf-8"
    )
    assert f"Version 0.0.9 kept the forecast, {__version__} grades it." in said(kept, STUDY, "--lang", "en")
    assert f"预测由 0.0.9 版保存，现为 {__version__} 版" in said(kept, STUDY, "--lang", "zh")


def test_one_month_hidden_is_singular() -> None:
    asked = ("backtest", STUDY, "--hide", 1, "--runs", 5, "--lang", "en")
    assert "1 month hidden, known until 1955-02; 5 runs, seed 1" in tiaokuai(*asked).out
