"""A wire between client and server that can be cut or go silent after so many bytes, or so many messages."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass
class Messages:
    """What the client says, counted over all connections; from ``cut_at`` on it no longer arrives.

    With ``answered`` False that message itself still arrives, and its answer is what is lost.
    """

    cut_at: int
    answered: bool = True
    seen: int = 0


@contextmanager
def wire(
    address: str, *, after: int | None = None, silent: bool = False, messages: Messages | None = None
) -> Iterator[str]:
    """The address of a wire to ``address``; after so many bytes, or ``messages``, it is ``silent``, or cut."""
    target = urlsplit(address)
    ends: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            while True:
                try:
                    client, _ = listening.accept()
                    server = socket.create_connection((target.hostname or "127.0.0.1", target.port or 7687))
                except OSError:
                    return
                ends.extend((client, server))
                threading.Thread(target=_pump, args=(client, server, None, silent, messages), daemon=True).start()
                threading.Thread(target=_pump, args=(server, client, after, silent), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"bolt://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        for end in ends:
            end.close()


def _pump(
    source: socket.socket, sink: socket.socket, left: int | None, silent: bool, messages: Messages | None = None
) -> None:
    try:
        while data := source.recv(1 << 16):
            if messages is not None:
                messages.seen += 1
                if messages.seen >= messages.cut_at:
                    if not messages.answered and messages.seen == messages.cut_at:
                        source.shutdown(socket.SHUT_WR)  # the answer finds nobody
                        sink.sendall(data)
                        time.sleep(0.05)  # the server does what it was told, commits included
                    break
            if left is not None:
                left -= len(data)
                if left < 0:
                    if silent:
                        continue
                    break
            sink.sendall(data)
    except OSError:
        pass
    finally:
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
