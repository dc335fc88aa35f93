"""The answer to a slider under the hand: the curves' numbers alone, without the page's machinery around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, jsonify, request

from tiaokuai.graph.errors import TiaokuaiError
from tiaokuai.web.address import read_address
from tiaokuai.web.curves import means
from tiaokuai.web.frame import open_view
from tiaokuai.web.gate import refuse
from tiaokuai.web.trying import question, remembered

if TYPE_CHECKING:
    from tiaokuai.web.desk import Desk


def quick_pages(desk: Desk) -> Blueprint:
    """``POST /curve``: ``{search, values: {control: value}}`` → ``{curves: [[…], …]}``, a list a scenario."""
    pages = Blueprint("quick", __name__, url_prefix=desk.settings.prefix.rstrip("/") or None)

    @pages.post("/curve")
    def curve() -> Response:
        body: Any = request.get_json(silent=True)
        if not g.viewer.may("planner"):
            return refuse(403, "not_for_you")
        if not isinstance(body, dict) or not isinstance(body.get("values"), dict):
            return refuse(400, "bad_request")
        prefix = desk.settings.prefix
        address = read_address(f"{prefix}what-if", str(body.get("search") or ""), prefix, desk.settings.lang)
        if address is None:
            return refuse(400, "bad_request")
        try:
            view = open_view(address)
            asked = question(body["values"], view.day)
            expected = remembered(view, asked)
        except (TiaokuaiError, ValueError, TypeError) as error:
            return refuse(400, getattr(error, "code", "bad_request"))
        return jsonify({"curves": means(expected, str(body["values"].get("metric") or "coverage"))})

    return pages
