"""Texts that a user hands in are bounded in depth and size before they are parsed; no timing is looked at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.command import tiaokuai
from tests.conftest import EXAMPLES
from tiaokuai.files import limits
from tiaokuai.files.limits import DEEPEST, BadYaml, toml_value, yaml_node, yaml_value
from tiaokuai.graph.errors import RequestError, TiaokuaiError
from tiaokuai.graph.template import BadTemplate, Template
from tiaokuai.planning.keeping import kept_text
from tiaokuai.planning.plan_wishes_reading import parse_wishes
from tiaokuai.planning.rates_file import read_rates
from tiaokuai.planning.scenario import Scenario
from tiaokuai.web.scenarios import decode
from tiaokuai.web.users import read_users

DEEP = {
    "lists": "[" * 5000,
    "lists, a line each": "[\n" * 5000,
    "mappings": "{a: " * 5000,
    "lists in mappings": "{a: [" * 5000,
    "lists that hold something": "[a," * 5000,
    "dashes": "- " * 5000,
    "questions": "? " * 5000,
    "indentation": "\n".join(" " * depth + "a:" for depth in range(1500)),
    "brackets that are closed in quotes": '["]", ' * 5000,
    "closed at the end": "[" * 5000 + "]" * 5000,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=list(DEEP))
def test_what_is_nested_too_deeply_is_refused_before_it_is_read_to_its_end(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ruamel.yaml.scanner import Scanner

    taken = []
    step = Scanner.fetch_more_tokens
    monkeypatch.setattr(Scanner, "fetch_more_tokens", lambda self: (taken.append(1), step(self))[1])
    with pytest.raises(BadYaml, match=f"nested more than {DEEPEST} deep"):
        yaml_node(text)
    assert len(taken) < 20 * DEEPEST  # of thousands that are in the text


texts = st.text(st.sampled_from("ab01[]{}:,'\"#&*!|>%@- \\\n"), max_size=8)


@given(
    st.recursive(st.integers() | texts, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=20)
)
def test_what_is_not_is_read_as_it_stands(value: object) -> None:
    assert yaml_value(json.dumps(value)) == value


def test_as_deep_as_may_be_is_read() -> None:
    assert yaml_node("[" * DEEPEST + "]" * DEEPEST) is not None
    with pytest.raises(BadYaml):
        yaml_node("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1))


def test_more_values_than_anybody_writes_are_refused_while_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_WRITTEN", 1000)
    assert yaml_node("[" + "a," * 999 + "]") is not None
    with pytest.raises(BadYaml, match="more than 1,000 values"):
        yaml_node("[" + "a," * 1000 + "]")


@pytest.mark.parametrize("text", DEEP.values(), ids=list(DEEP))
def test_every_text_of_a_user_is_bounded(text: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(TiaokuaiError, match="nested more than"):
        Scenario.parse(text)
    with pytest.raises(TiaokuaiError, match="nested more than"):
        parse_wishes(text)
    with pytest.raises(RequestError, match="nested more than"):
        read_rates(file)
    with pytest.raises(BadTemplate):
        Template.parse(f"a = {text}")
    with pytest.raises(RequestError):
        kept_text(text, "forecast.json")
    with pytest.raises(RequestError):
        read_users(file)
    with pytest.raises(RequestError):
        decode(text)


@pytest.mark.parametrize("text", ["a." * 1000 + "a = 1", f"[{'a.' * 1000}a]", "a = {" + "a." * 100 + "a = 1}"])
def test_a_key_of_a_template_is_no_chain_of_thousands(text: str) -> None:
    with pytest.raises(BadTemplate, match="nested more than 64 deep"):
        Template.parse(text)


def test_a_template_is_no_longer_than_templates_are() -> None:
    assert toml_value("a = 1\n") == {"a": 1}
    with pytest.raises(ValueError, match="longer than 256,000 characters"):
        toml_value("# \n" * 100_000)


@pytest.mark.parametrize(
    "arguments",
    [
        ("simulate", "DATA", "--scenario", "FILE"),
        ("plan", "DATA", "--budget", "9", "--constraints", "FILE"),
        ("simulate", "DATA", "--rates", "FILE"),
        ("coverage", "DATA", "--template", "FILE"),
        ("coverage", "DATA", "--mapping", "FILE"),
        ("grade", "FILE", "DATA"),
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_a_command_says_so_in_a_sentence(arguments: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("[" * 5000, encoding="utf-8")
    words = {"DATA": EXAMPLES / "medical-innovation", "FILE": file}
    done = tiaokuai(*(words.get(word, word) for word in arguments))
    assert done.code in (1, 2)
    assert "Traceback" not in done.err
    assert len(done.err) < 1000
