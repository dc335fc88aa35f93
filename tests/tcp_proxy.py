"""A wire between client and server that can be cut or go silent after so many bytes from the server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


@contextmanager
def wire(address: str, *, after: int, silent: bool) -> Iterator[str]:
    """The address of a wire to ``address``; after so many bytes it is ``silent``, or cut."""
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
                threading.Thread(target=_pump, args=(client, server, None, silent), daemon=True).start()
                threading.Thread(target=_pump, args=(server, client, after, silent), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"bolt://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        for end in ends:
            end.close()


def _pump(source: socket.socket, sink: socket.socket, left: int | None, silent: bool) -> None:
    try:
        while data := source.recv(4096):
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
