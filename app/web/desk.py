"""The desk itself: what all requests share."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from flask import current_app, g

from tiaokuai.graph.errors import TiaokuaiError
from tiaokuai.web.access import AccessLog
from tiaokuai.web.gate import Viewer
from tiaokuai.web.holding import Holding
from tiaokuai.web.sessions import Session, Sessions
from tiaokuai.web.settings import Settings
from tiaokuai.web.users import User, read_users

if TYPE_CHECKING:
    from tiaokuai.web.address import Address
    from tiaokuai.web.jobs import Jobs


class Desk:
    """Settings, sessions, users, log, background work and the data sets."""

    def __init__(self, settings: Settings, main: Holding, jobs: Jobs) -> None:
        self.settings, self.main, self.jobs = settings.check(), main, jobs
        self.sessions = Sessions(idle=settings.idle, longest=settings.longest)
        self.sessions.on_end = self._forget
        self.log = AccessLog(settings.log)
        self._lock, self._reading = threading.Lock(), threading.Lock()
        self._users: tuple[tuple[int, int], dict[str, User]] | None = None
        self._example: Holding | None = None
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

    def holding(self, address: Address, viewer: Viewer) -> Holding | None:
        """The data set of a view: the desk's own, the example, or an upload of this very session; None where gone."""
        name = address.get("data")
        if not name:
            return self.main
        if name == "example":
            return self.example()
        found = viewer.session.kept.get("uploads", {}).get(name)
        return found if isinstance(found, Holding) else None

    def example(self) -> Holding:
        """A made-up district for trying out."""
        with self._lock:
            if self._example is None:
                from tiaokuai.loaders.synthetic import generate

                self._example = Holding("example", generate(blocks=12, enterprises=300, seed=1))
            return self._example

    def read_again(self) -> None:
        """Reads the desk's data anew from where they came; raises as the loaders do, and keeps the old ones then."""
        from tiaokuai.loaders import read

        if self.main.source is None:
            return
        with self._reading:
            network = read(self.main.source, template=self.main.network.template, mapping=self.main.mapping)
            if network.fingerprint != self.main.network.fingerprint:
                old = self.main
                self.main = Holding(old.name, network, old.assumptions, old.source, old.mapping, old.last)

    def ready(self) -> bool:
        """Whether questions can be answered."""
        return not self._stopping

    def stop(self) -> None:
        """Ends all background work and forgets every session."""
        self._stopping = True
        self.jobs.stop()
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
