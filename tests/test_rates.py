"""The table of rates is one: code, documentation and files read the same."""

from __future__ import annotations

from dataclasses import fields

import pytest

from tests.conftest import ROOT
from tiaokuai.planning.intervention import FORMS
from tiaokuai.planning.rates import NAMES, TABLE, Rates


def test_the_defaults_are_those_of_the_specification() -> None:
    assert Rates().to_json() == {
        "fill": 0.15,
        "services": 1.0,
        "start": 0.03 / 12,
        "imitation": 0.38 / 12,
        "founding": 0.03 / 12,
        "replication": 0.38 / 12,
        "adoption": 0.05,
        "initial_fidelity": 0.3,
        "development": 0.05,
        "backbone_turnover": 0.15,
        "member_turnover": 0.15,
    }


def test_the_dataclass_has_the_table_in_its_order() -> None:
    assert tuple(field.name for field in fields(Rates)) == NAMES
    assert [field.default for field in fields(Rates)] == [rate.default for rate in TABLE]


@pytest.mark.parametrize("rate", TABLE, ids=NAMES)
def test_the_page_on_the_model_says_the_same(rate: object) -> None:
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    name, symbol, meaning, low, high = (getattr(rate, key) for key in ("name", "symbol", "en", "low", "high"))
    row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
    assert f"| {symbol} |" in row
    assert f"| {meaning} |" in row
    assert f"{low:.3g} – {high:.3g}" in row


def test_every_default_lies_in_the_range_that_is_explored() -> None:
    for rate in TABLE:
        assert rate.low <= rate.default <= rate.high <= rate.most, rate.name


def test_the_engines_read_the_rates_in_the_order_of_the_table() -> None:
    from tiaokuai.planning import program

    columns = [getattr(program, name.upper().replace("INITIAL_FIDELITY", "INITIAL")) for name in NAMES]
    assert columns == list(range(len(TABLE)))


@pytest.mark.parametrize(("page", "lang"), [("model.md", "en"), ("zh/model.md", "zh")])
def test_the_pages_have_every_intervention_with_its_fields(page: str, lang: str) -> None:
    lines = (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines()
    for form in FORMS:
        row = next(line for line in lines if line.startswith(f"| `{form.do}` | {getattr(form, lang)} |"))
        for name in (*form.needs, *form.may, *form.one_of):
            assert f"`{name}`" in row, (form.do, name)


def test_the_chinese_page_has_every_rate() -> None:
    page = (ROOT / "docs" / "zh" / "model.md").read_text(encoding="utf-8").splitlines()
    for rate in TABLE:
        assert any(line.startswith(f"| `{rate.name}` | {rate.symbol} |") and rate.zh in line for line in page), (
            rate.name
        )
