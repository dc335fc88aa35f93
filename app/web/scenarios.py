"""Scenarios of the desk: in the address as short text, and from the form's fields."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from tiaokuai.graph.errors import RequestError
from tiaokuai.planning.intervention import BY_DO, Form
from tiaokuai.planning.scenario import Scenario
from tiaokuai.web.packed import MARK, pack, unpack

Plain = dict[str, Any]
_FIELDS = {
    "block": ("块", "block"),
    "enterprise": ("企业", "enterprise"),
    "source": ("仿照哪个块", "on the model of"),
    "count": ("数量", "how many"),
    "share": ("占比", "share"),
    "staff": ("每家人数", "staff each"),
    "components": ("要素", "components"),
    "at": ("月份", "month"),
}
MOST, LONGEST = 5, 4_000_000  # scenarios; bytes of them all
FILE = 1_000_000  # bytes of a scenario file: some 12,000 steps, three seconds to read
SHORT = 1500  # characters of a link up to which its plain form is good enough
LINK = 16_000  # characters that go into an address: some 7,000 steps; beyond, the session keeps them
HERE, KEPT = ":", 8  # how such a link begins; how many of them a session keeps


def encode(scenarios: Sequence[Plain]) -> str:
    """As text for an address; nothing for nothing. What is too long for one is kept in the session of who asks.

    >>> decode(encode([{"name": "a", "interventions": []}]))
    [{'name': 'a', 'interventions': []}]
    """
    if not scenarios:
        return ""
    plain = json.dumps(list(scenarios), ensure_ascii=False, separators=(",", ":")).encode()
    text = base64.urlsafe_b64encode(zlib.compress(plain, 9)).decode().rstrip("=")
    if len(text) > SHORT:
        text = pack(scenarios)
    return text if len(text) <= LINK else HERE + _keep(text, len(plain))


def only_here(text: str) -> bool:
    """Whether a link leads to what this session keeps, and nowhere for others."""
    return text.startswith(HERE)


def _keep(text: str, size: int) -> str:
    if size > LONGEST:
        raise RequestError("too_long", "情景太长，请分成几个", "the scenarios are too long; split them up")
    kept: dict[str, str] = _session().setdefault("scenarios", {})
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    kept.pop(name, None)
    kept[name] = text
    for old in list(kept)[:-KEPT]:
        kept.pop(old, None)
    return name


def _session() -> dict[str, Any]:
    from flask import has_request_context

    from tiaokuai.web.desk import the_viewer

    return the_viewer().session.kept if has_request_context() else {}


def decode(text: str) -> list[Plain]:
    """The scenarios of an address; RequestError where the text is none of ours, or kept in another session."""
    if not text:
        return []
    if only_here(text):
        text = _session().get("scenarios", {}).get(text[1:])
        if text is None:
            zh = "这个情景太长，只存于做出它的那次会话；请读入它的情景文件"
            en = "this scenario was too long for a link and lasted for one session; open its scenario file instead"
            raise RequestError("gone", zh, en)
    try:
        found = unpack(text, LONGEST) if text.startswith(MARK) else _unzipped(text)
        if not isinstance(found, list) or len(found) > MOST or not all(isinstance(each, dict) for each in found):
            raise ValueError
        return [dict(each) for each in found]
    except (ValueError, zlib.error, RecursionError):
        raise RequestError("bad_link", "链接中的情景读不出来", "the scenario in this link cannot be read") from None


def _unzipped(text: str) -> Any:
    unpacker = zlib.decompressobj()
    plain = unpacker.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), LONGEST)
    if unpacker.unconsumed_tail:
        raise ValueError
    return json.loads(plain)


def parsed(plain: Plain) -> Scenario:
    """The scenario as the file's own reader sees it; BadScenario with every mistake."""
    return Scenario.parse(json.dumps(plain, ensure_ascii=False))


def step(fields: Mapping[str, Any]) -> Plain:
    """One intervention from the form: the fields that its kind takes and that are filled in.

    >>> step({"do": "found", "at": "2027-01", "block": "B03", "share": 30, "parts": "all"})
    {'at': '2027-01', 'do': 'found', 'block': 'B03', 'components': 'all'}
    """
    form = BY_DO[str(fields["do"])]
    _complete(form, fields)
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


def _complete(form: Form, fields: Mapping[str, Any]) -> None:
    """RequestError naming the fields of the form that are still to be filled in."""
    given = {name for name, value in fields.items() if value not in (None, "", [])}
    given |= {"components"} if "parts" in given else set()
    lacking = [_FIELDS[name] for name in ("at", *form.needs) if name in _FIELDS and name not in given]
    if form.one_of and not given & set(form.one_of):
        pairs = [_FIELDS[name] for name in form.one_of if name in _FIELDS]
        lacking.insert(0, ("或".join(zh for zh, _ in pairs), " or ".join(en for _, en in pairs)))
    if lacking:
        zh, en = "、".join(zh for zh, _ in lacking), ", ".join(en for _, en in lacking)
        raise RequestError("incomplete_step", f"请先填好：{zh}", f"fill in first: {en}")
