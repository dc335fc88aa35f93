"""Scenarios of the desk: in the address as short text, from the form's fields, and who may ask what."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.scenario import BY_DO, Scenario

Plain = dict[str, Any]
MOST, LONGEST = 5, 400_000  # scenarios; characters of them all


def encode(scenarios: Sequence[Plain]) -> str:
    """As text for an address; nothing for nothing.

    >>> decode(encode([{"name": "a", "interventions": []}]))
    [{'name': 'a', 'interventions': []}]
    """
    if not scenarios:
        return ""
    packed = zlib.compress(json.dumps(list(scenarios), ensure_ascii=False, separators=(",", ":")).encode(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(text: str) -> list[Plain]:
    """The scenarios of an address; RequestError where the text is none of ours."""
    if not text:
        return []
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(packed, LONGEST)
        found = json.loads(plain)
        good = isinstance(found, list) and len(found) <= MOST and not unpacker.unconsumed_tail
        if not good or not all(isinstance(each, dict) for each in found):
            raise ValueError
        return [dict(each) for each in found]
    except (ValueError, zlib.error):
        raise RequestError("bad_link", "链接中的情景读不出来", "the scenario in this link cannot be read") from None


def parsed(plain: Plain) -> Scenario:
    """The scenario as the file's own reader sees it; BadScenario with every mistake."""
    return Scenario.parse(json.dumps(plain, ensure_ascii=False))


def step(fields: Mapping[str, Any]) -> Plain:
    """One intervention from the form: the fields that its kind takes and that are filled in.

    >>> step({"do": "found", "at": "2027-01", "block": "B03", "share": 30, "parts": "all"})
    {'at': '2027-01', 'do': 'found', 'block': 'B03', 'components': 'all'}
    """
    form = BY_DO[str(fields["do"])]
    made: Plain = {"at": str(fields.get("at") or "")}
    if fields.get("every") and int(fields.get("times") or 1) > 1:
        made |= {"every": int(fields["every"]), "times": int(fields["times"])}
    made["do"] = form.do
    takes = (*form.needs, *form.may, *form.one_of)
    if "block" in takes and fields.get("block") and not ("enterprise" in takes and fields.get("enterprise")):
        made["block"] = str(fields["block"])
    if "enterprise" in takes and fields.get("enterprise"):
        made["enterprise"] = str(fields["enterprise"])
    if "source" in takes and fields.get("source"):
        made["source"] = str(fields["source"])
    if "count" in takes and fields.get("count"):
        made["count"] = int(fields["count"])
    if "where" in takes and fields.get("where") and "block" in made:
        made["where"] = str(fields["where"])
    if "staff" in takes and fields.get("staff") is not None and fields.get("staff") != "":
        made["staff"] = int(fields["staff"])
    if "share" in takes and fields.get("share"):
        made["share"] = round(float(fields["share"]) / 100, 4)
    if "components" in takes:
        if form.do == "adopt":
            made["components"] = [str(part) for part in fields.get("components") or []]
        elif fields.get("parts"):
            made["components"] = str(fields["parts"])
    return made


def allow(scenarios: Sequence[Plain], audience: str) -> None:
    """Refuses what would give a withheld figure back: closing one enterprise shows how many it reaches."""
    if audience == "steward":
        return
    for scenario in scenarios:
        steps = scenario.get("interventions")
        for each in steps if isinstance(steps, list) else []:
            if isinstance(each, dict) and each.get("do") == "close_enterprise":
                zh = "关闭单个企业会显出其人数,只供管理者使用"
                raise RequestError(
                    "steward_only", zh, "closing one enterprise would show its people; it is for the steward"
                )
