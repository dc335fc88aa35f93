"""Every documented answer has the keys and the types of contracts.md, on any data set: made up, real, and empty."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.command import tiaokuai
from tests.conftest import EXAMPLES
from tiaokuai.graph import Network
from tiaokuai.loaders import write
from tiaokuai.loaders.synthetic import generate

Check = Callable[[Any], bool]


def number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def share(value: Any) -> bool:
    return number(value) and 0 <= value <= 1


def text(value: Any) -> bool:
    return isinstance(value, str)


def day(value: Any) -> bool:
    return text(value) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None


def month(value: Any) -> bool:
    return text(value) and re.fullmatch(r"\d{4}-\d\d", value) is not None


def flag(value: Any) -> bool:
    return isinstance(value, bool)


def one_of(*values: Any) -> Check:
    return lambda value: value in values


def maybe(what: Any) -> Check:
    """Null where there is nothing to divide by, or nothing known."""
    return lambda value: value is None or has(value, what) is None


def has(value: Any, what: Any, at: str = "") -> str | None:
    """Where ``value`` is not as ``what`` says; None where it is."""
    if isinstance(what, dict):
        if not isinstance(value, dict):
            return f"{at}: not an object"
        if missing := set(what) - set(value):
            return f"{at}: lacks {sorted(missing)}"
        return next((said for key in what if (said := has(value[key], what[key], f"{at}.{key}"))), None)
    if isinstance(what, list):
        if not isinstance(value, list):
            return f"{at}: not a list"
        return next((said for i, each in enumerate(value) if (said := has(each, what[0], f"{at}[{i}]"))), None)
    return None if what(value) else f"{at}: {value!r}"


FIGURES = {
    **dict.fromkeys(
        (
            "enterprises", "enterprises_with_line", "staff", "imputed_staff", "lines", "members", "potential",
            "reached", "wasted_capacity", "missing_lines",
        ),
        whole,
    ),
    **dict.fromkeys(("coverage", "line_share", "realisation"), maybe(share)),
    "amplification": maybe(number),
}  # fmt: skip
ASSUMED = {
    "staff_per_enterprise": number,
    "line_capacity": number,
    "hollow_below": share,
    "covered_from": share,
    "eligible_kinds": [text],
}
COVERAGE = {
    "as_of": day,
    "by": text,
    "assumptions": ASSUMED,
    "rows": [{"id": maybe(text), "name": maybe(text), **FIGURES}],
    "total": FIGURES,
}
REPLICATION = {
    "as_of": day,
    "assumptions": ASSUMED,
    **dict.fromkeys(("eligible", "founded", "replicas", "velocity_12m"), whole),
    **dict.fromkeys(("founded_share", "replication_share", "full_coverage"), maybe(share)),
    "hollow": [text],
    "orphans": [text],
    "rows": [
        {
            "id": text,
            "name": maybe(text),
            "kind": one_of("pilot", "mature", "emerging"),
            "status": one_of("none", "ahead", "hollow", "growing", "covered"),
            "founded": maybe(day),
            "generation": maybe(whole),
            "source": maybe(text),
            "fidelity": share,
            "fidelity_by_group": dict.fromkeys(
                ("service", "organisation", "activity", "rules", "participation"), share
            ),
            "copy_fidelity": maybe(share),
            "coverage": maybe(share),
            "line_share": maybe(share),
            "descendants": whole,
            "descendant_reach": whole,
        }
    ],
}
GAPS = {
    "as_of": day,
    "staff_out_of_reach": whole,
    "missing_lines": whole,
    "blocks_to_found": [text],
    "rows": [
        {"enterprise": text, "block": text, "staff": whole, "lines": whole, "gain": whole, "missing_lines": whole}
    ],
}
RATES = (
    "fill", "services", "start", "imitation", "founding", "replication", "adoption", "initial_fidelity",
    "development", "backbone_turnover", "member_turnover",
)  # fmt: skip
MONTHS = 3
BAND = ("mean", "p05", "p25", "p50", "p75", "p95")


def months_of(what: Check) -> Check:
    return lambda value: isinstance(value, list) and len(value) == MONTHS + 1 and all(map(what, value))


SERIES = {
    **dict.fromkeys(
        ("coverage", "realised", "line_share", "founded_share", "full_coverage", "hollow_share"),
        dict.fromkeys(BAND, months_of(maybe(share))),
    ),
    **dict.fromkeys(("reached", "lines", "cost"), dict.fromkeys(BAND, months_of(maybe(number)))),
}
SIMULATE = {
    "start": month,
    **dict.fromkeys(("months", "runs", "seed"), whole),
    "engine": one_of("monte-carlo", "mean-field"),
    "rates": dict.fromkeys(RATES, number),
    "scenarios": [
        {
            "name": text,
            "cost": number,
            "series": SERIES,
            "time_to": [
                {
                    "metric": text,
                    "at_least": share,
                    **dict.fromkeys(("p05", "p50", "p95"), maybe(number)),
                    "never": maybe(share),
                }
            ],
        }
    ],
    "differences": [
        {
            "scenario": text,
            "against": text,
            "series": {name: dict.fromkeys(BAND, months_of(maybe(number))) for name in SERIES},
            "blocks": [{"block": text, "reached": number, "share": maybe(number), "first_month": maybe(month)}],
        }
    ],
}
CALIBRATE = {
    "as_of": day,
    "from": month,
    "to": month,
    "log_likelihood": number,
    "rates": {
        name: {
            "value": number,
            "low": maybe(number),
            "high": maybe(number),
            "default": number,
            "events": whole,
            "exposure": number,
            "learned": flag,
            "note": maybe(text),
        }
        for name in RATES
    },
}
RIVALS = ("model", "bass", "unchanged")
SCORES = {name: {"crps": maybe(number), "mae": maybe(number), "inside_90": maybe(share)} for name in RIVALS}
BACKTEST = {
    "hide": one_of(MONTHS),
    "start": month,
    **dict.fromkeys(("months", "runs", "seed"), whole),
    "rates": dict.fromkeys(RATES, number),
    "series": {
        name: {key: [maybe(share)] for key in ("actual", "p05", "p50", "p95")} for name in ("line_share", "coverage")
    },
    "scores": dict.fromkeys(("line_share", "coverage"), SCORES),
    "verdict": text,
}
PLAN = {
    "status": one_of("optimal", "feasible", "infeasible"),
    "objective": maybe(number),
    "bound": maybe(number),
    "gap": maybe(number),
    "cost": maybe(number),
    "seconds": number,
    "periods": [
        {
            "period": whole,
            "start": month,
            "budget": number,
            "carried": number,
            "found": [{"block": text, "source": maybe(text)}],
            "lines": [{"enterprise": text, "count": whole}],
            "cost": number,
        }
    ],
    "relax": [{"wish": text, "by": maybe(number)}],
}
CHECKED = {
    "ok": flag,
    "rows": dict.fromkeys(
        (
            "districts", "blocks", "enterprises", "associations", "enrolments", "members", "backbones", "adoptions",
            "replications", "links",
        ),
        whole,
    ),
    "problems": [
        {
            "severity": one_of("error", "warning"),
            **dict.fromkeys(("code", "table", "message"), text),
            "file": maybe(text),
            "row": maybe(whole),
            "column": maybe(text),
            "value": lambda _: True,
        }
    ],
}  # fmt: skip
FAULT = {"error": {"code": text, "message": text, "details": lambda value: isinstance(value, dict)}}
QUESTIONS: dict[str, tuple[list[object], Any]] = {
    **{f"coverage by {by}": (["coverage", "--by", by], COVERAGE)
       for by in ("block", "district", "enterprise", "sector", "ownership")},
    "replication": (["replication"], REPLICATION),
    "gaps": (["gaps", "--top", 3], GAPS),
    "simulate": (["simulate", "--months", MONTHS, "--runs", 20], SIMULATE),
    "mean field": (["simulate", "--months", MONTHS, "--engine", "mean-field"], SIMULATE),
    "calibrate": (["calibrate"], CALIBRATE),
    "backtest": (["backtest", "--hide", MONTHS, "--runs", 20], BACKTEST),
    "plan": (["plan", "--budget", 20, "--periods", 2], PLAN),
    "check": (["check"], CHECKED),
}  # fmt: skip
NOTHING_TO_DO = ("calibrate", "backtest", "plan")  # where there is no history and no block, that is said


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The district that ``generate`` makes, small."""
    folder = tmp_path_factory.mktemp("shapes")
    write(generate(blocks=6, enterprises=50, seed=3), folder / "made")
    write(Network.from_tables({"districts": [], "blocks": [], "enterprises": []}), folder / "empty")
    return folder


DATA = {"made": "2026-06-30", "medical-innovation": "1955-01-01", "brazil-farmers": "1964-06-15", "empty": "2026-01-01"}


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_is_what_the_contract_says(district: Path, question: str, name: str) -> None:
    words, shape = QUESTIONS[question]
    folder = EXAMPLES / name if (EXAMPLES / name).is_dir() else district / name
    as_of = [] if question == "check" else ["--as-of", DATA[name]]
    outcome = tiaokuai(words[0], folder, *words[1:], *as_of, "--json")
    if name == "empty" and question in NOTHING_TO_DO:
        assert outcome.code == 1
        assert has(outcome.json, FAULT) is None
    else:
        assert outcome.code == 0, outcome.err
        assert has(outcome.json, shape) is None
        if question == "coverage by block":
            assert outcome.json["rows"] or name == "empty"


def test_scenarios_and_their_differences_are_what_the_contract_says(district: Path, tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_text('{"name": "s", "interventions": [{"at": "2026-08", "do": "lose_backbones", "share": 1}]}')
    asked = ("simulate", district / "made", "--scenario", path, "--start", "2026-07", "--months", MONTHS, "--runs", 20)
    document = tiaokuai(*asked, "--json").json
    assert has(document, SIMULATE) is None
    assert [each["name"] for each in document["scenarios"]] == ["baseline", "s"]
    assert document["differences"][0]["blocks"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["coverage", "NOWHERE"], 1),
        (["explain", "DATA", "B99"], 1),
        (["coverage", "DATA", "--by", "colour"], 2),
        (["coverage"], 2),
        (["coverage", "DATA", "--as-of", "yesterday"], 2),
        (["coverage", "bolt://127.0.0.1:1"], 3),
        (["simulate", "DATA", "--runs", "many"], 2),
        (["plan", "DATA"], 2),
    ],
)
def test_a_fault_is_one_document_with_its_exit_code(district: Path, words: list[str], code: int) -> None:
    named = {"DATA": str(district / "made"), "NOWHERE": str(district / "nowhere")}
    outcome = tiaokuai(*[named.get(word, word) for word in words], "--json")
    assert outcome.code == code
    assert has(outcome.json, FAULT) is None
