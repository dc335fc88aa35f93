"""Scenarios as short text for an address: steps column by column, so that a plan of thousands of steps is a link."""

from __future__ import annotations

import base64
import json
import lzma
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

Plain = dict[str, Any]
MARK = "~"  # no text of the other kind (base64) begins with it
BYTES_A_FIELD = 8  # of a step in its plain form, at least
_FILTERS: list[Mapping[str, Any]] = [{"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": 1 << 22}]


def pack(scenarios: Sequence[Plain]) -> str:
    """As text of letters that an address takes; equal scenarios make equal texts.

    >>> unpack(pack([{"name": "a", "interventions": [{"do": "found", "block": "B1"}, {"do": "lose_backbones"}]}]), 9999)
    [{'name': 'a', 'interventions': [{'do': 'found', 'block': 'B1'}, {'do': 'lose_backbones'}]}]
    """
    text = json.dumps([_columns(each) for each in scenarios], ensure_ascii=False, separators=(",", ":"))
    packed = lzma.compress(text.encode(), format=lzma.FORMAT_RAW, filters=_FILTERS)
    return MARK + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def unpack(text: str, most: int) -> list[Plain]:
    """The scenarios again; ValueError where the text is none of ours, or of more than ``most`` bytes or steps."""
    packed = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
    opened = lzma.LZMADecompressor(format=lzma.FORMAT_RAW, filters=_FILTERS)
    try:
        plain = opened.decompress(packed, most)
    except lzma.LZMAError:
        raise ValueError("no scenarios") from None
    if not opened.eof:
        raise ValueError("too long, or cut off")
    found = json.loads(plain)
    if not isinstance(found, list):
        raise ValueError("no list")
    return [_rows(each, most) for each in found]


def _columns(scenario: Plain) -> Plain:
    """The steps as ``[[key, runs], …]``; a run is [how many] where the key is missing, else [how many, value]."""
    steps = scenario.get("interventions")
    if not isinstance(steps, list) or not all(isinstance(each, dict) for each in steps):
        return scenario
    keys = dict.fromkeys(chain.from_iterable(steps))
    return {**scenario, "interventions": {"steps": len(steps), "columns": [[key, _runs(steps, key)] for key in keys]}}


def _runs(steps: Sequence[Plain], key: str) -> list[list[Any]]:
    found: list[list[Any]] = []
    for step in steps:
        value = [step[key]] if key in step else []
        if found and found[-1][1:] == value:
            found[-1][0] += 1
        else:
            found.append([1, *value])
    return found


def _rows(scenario: Any, most: int) -> Plain:
    if not isinstance(scenario, dict):
        raise ValueError("no scenario")
    packed = scenario.get("interventions")
    if not isinstance(packed, dict):
        return scenario
    try:
        count = int(packed["steps"])
        columns = [(str(key), [(int(run[0]), run[1:]) for run in runs]) for key, runs in packed["columns"]]
    except (KeyError, TypeError, IndexError, OverflowError):
        raise ValueError("no columns") from None
    # A run says how often, so that a few letters could ask for any number of steps.
    if not 0 <= count * (1 + len(columns)) * BYTES_A_FIELD <= most or any(
        sum(n for n, _ in runs) != count for _, runs in columns
    ):
        raise ValueError("columns of other lengths")
    if any(n < 0 for _, runs in columns for n, _ in runs):
        raise ValueError("a run below nothing")
    steps: list[Plain] = [{} for _ in range(count)]
    for key, runs in columns:
        at = 0
        for many, value in runs:
            for step in steps[at : at + many] if value else ():
                step[key] = value[0]
            at += many
    return {**scenario, "interventions": steps}
