"""The desk itself: what all requests share."""

from __future__ import annotations

import logging
import math
import threading
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import current_app, g

from tiaokuai.graph.errors import TiaokuaiError
from tiaokuai.web.access import AccessLog
from tiaokuai.web.apart import Readers
from tiaokuai.web.data_set import DataSet
from tiaokuai.web.entry import Entry
from tiaokuai.web.gate import Viewer
from tiaokuai.web.sessions import Session, Sessions
from tiaokuai.web.settings import Settings
from tiaokuai.web.users import User, read_users

if TYPE_CHECKING:
    from tiaokuai.web.address import Address
    from tiaokuai.web.jobs import Jobs


class Desk:
    """Settings, sessions, users, log, background work and the data sets.

    ``entry`` lets in whoever started the desk; None where there is a login.
    """

    def __init__(self, settings: Settings, main: DataSet, jobs: Jobs) -> None:
        self.settings, self.main, self.jobs = settings.check(), main, jobs
        self.entry = Entry(settings.token) if settings.users is None else None
        self.readers = Readers()
        # Who started the desk stays in until it stops.
        idle, longest = (settings.idle, settings.longest) if settings.users else (math.inf, math.inf)
        self.sessions = Sessions(idle=idle, longest=longest)
        self.sessions.on_end = self._forget
        self.log = AccessLog(settings.log)
        self._lock, self._reading = threading.Lock(), threading.Lock()
        self._users: tuple[tuple[int, int], dict[str, User]] | None = None
        self._example: DataSet | None = None
        self._stopping = False

    def users(self) -> dict[str, User]:
        """The users file, read again when it has changed; a file that cannot be read lets nobody in."""
        path = self.settings.users
        if path is None:
            return {}
        state = path.stat() if path.exists() else None
        if state is None:
            return {}
        stamp = (state.st_mtime_ns, state.st_ino)
        with self._lock:
            if self._users is None or self._users[0] != stamp:
                try:
                    self._users = (stamp, read_users(path))
                except (TiaokuaiError, OSError) as error:
                    logging.getLogger("tiaokuai.web").error("nobody can log in: %s", error)
                    self._users = (stamp, {})
            return self._users[1]

    @property
    def address(self) -> str:
        """Where to open the desk, with the token of the moment."""
        return self.settings.address + (f"?token={quote(self.entry.token, safe='')}" if self.entry else "")

    def data_set(self, address: Address, viewer: Viewer) -> DataSet | None:
        """The data set of a view: the desk's own, the example, or an upload of this very session; None where gone."""
        name = address.get("data")
        if not name:
            return self.main
        if name == "example":
            return self.example()
        found = viewer.session.kept.get("uploads", {}).get(name)
        return found if isinstance(found, DataSet) else None

    def example(self) -> DataSet:
        """A made-up district for trying out."""
        with self._lock:
            if self._example is None:
                from tiaokuai.loaders.synthetic import generate

                self._example = DataSet.with_throwaway_key("example", generate(blocks=12, enterprises=300, seed=1))
            return self._example

    def read_again(self) -> None:
        """Reads the desk's data anew from where they came; raises as the loaders do, and keeps the old ones then."""
        from tiaokuai.loaders import read

        if self.main.source is None:
            return
        with self._reading:
            network = read(self.main.source, template=self.main.network.template, mapping=self.main.mapping)
            if network.fingerprint != self.main.network.fingerprint:
                self.main = self.main.reread(network)

    def ready(self) -> bool:
        """Whether questions can be answered."""
        return not self._stopping

    def stop(self) -> None:
        """Ends all background work and forgets every session."""
        self._stopping = True
        self.jobs.stop()
        self.readers.stop()
        self.sessions.end_all()
        self.log.close()

    def _forget(self, session: Session) -> None:
        self.jobs.cancel_of(session.token)
        session.kept.clear()


def the_desk() -> Desk:
    """The desk that answers this request."""
    desk: Desk = current_app.config["desk"]
    return desk


def the_viewer() -> Viewer:
    """Who is asking."""
    viewer: Viewer = g.viewer
    return viewer
