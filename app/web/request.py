"""What a callback is asked, read from the address that the browser shows."""

from __future__ import annotations

from flask import request

from tiaokuai.graph.errors import RequestError
from tiaokuai.web.address import Address, read_address
from tiaokuai.web.desk import Desk
from tiaokuai.web.words import preferred


def asked_address(desk: Desk, pathname: str, search: str) -> Address:
    """The view that the browser shows; RequestError where there is none."""
    address = read_address(
        str(pathname), str(search or ""), desk.settings.prefix, preferred(request, desk.settings.lang)
    )
    if address is None:
        raise RequestError("no_such_page", "没有这一页", "there is no such page")
    return address
