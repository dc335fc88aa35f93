"""Connections that dawdle do not hold the desk: each client has some, and a request must arrive in time."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

CLIENT = 64  # connections of one address; a browser has 6
HEAD, WHOLE = 10.0, 600.0  # seconds for the head of a request, and for all of it


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection that ends where its request is overdue, or where its client's later ones need the place."""

    def __init__(self, server: Any, sock: socket.socket, addr: Any, adj: Any, map: Any = None) -> None:
        self.since: float | None = time.time()  # when the request began that is arriving; None: none is
        super().__init__(server, sock, addr, adj, map=map)
        if server.by_client:
            _make_room(self)

    def received(self, data: bytes) -> bool:
        """Notes when a request begins to arrive, and when it has."""
        before = self.request
        done: bool = super().received(data)
        if self.request is None:
            self.since = None
        elif self.request is not before:
            self.since = time.time()
        return done

    def readable(self) -> bool:
        """Asked at every turn of the loop, so that time is looked at here."""
        if self.since is not None:
            headed = self.request is not None and self.request.headers_finished
            if time.time() - self.since > (WHOLE if headed else self.server.head_seconds):
                self.will_close = True
        ready: bool = super().readable()
        return ready


def _make_room(newest: Channel) -> None:
    """Ends the connection of the same client that has dawdled longest, where there are too many."""
    address = newest.addr[0]
    mine = [each for each in newest.server.active_channels.values() if each.addr[0] == address and not each.will_close]
    if len(mine) > CLIENT:
        idle = [each for each in mine if not each.requests and each is not newest]
        min(idle, key=_quiet_since, default=newest).will_close = True


def _quiet_since(channel: Channel) -> float:
    return channel.last_activity if channel.since is None else channel.since


def listen(application: Callable[..., Any], by_client: bool = True, head_seconds: float = HEAD, **options: Any) -> Any:
    """A waitress server with such connections; ``by_client`` is for where clients are told apart by their address."""
    sockets: dict[int, Any] = {}
    server: Any = create_server(application, map=sockets, **options)
    for each in sockets.values():
        if isinstance(each, BaseWSGIServer):
            each.channel_class = Channel
            each.by_client, each.head_seconds = by_client, head_seconds
    return server
