"""Whatever is computed from a release tells no more than it does: data that are released alike are answered alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import tiaokuai
from tests.release.made import exchange
from tests.test_answers_released import QUICK, READERS, asked
from tests.web_desk import Browser, open_desk, users_file
from tiaokuai.graph import Network
from tiaokuai.graph.privacy import forget
from tiaokuai.loaders import write
from tiaokuai.loaders.synthetic import generate

NET = generate(blocks=8, enterprises=160, seed=4)
TWINS: dict[str, Callable[[Network], Network]] = {
    "other people": exchange,
    "a third erased": lambda network: forget(network, network["members"]["id"].to_list()[::3]).network,
}
DOWNLOADS = ("answers.json", "coverage.json", "blocks.csv", "gaps.json", "history.json", "influence.json")


@pytest.fixture(scope="module", params=TWINS)
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A data set and its twin, in folders of the same name."""
    twin = TWINS[request.param](NET)
    assert not twin["members"].equals(NET["members"])
    made = []
    for name, network in (("one", NET), ("other", twin)):
        made.append(tmp_path_factory.mktemp(name) / "district")
        write(network, made[-1])
    return made[0], made[1]


@pytest.mark.parametrize("audience", READERS)
@pytest.mark.parametrize("question", QUICK)
def test_commands_answer_twins_alike(question: str, audience: str, both: tuple[Path, Path]) -> None:
    one, other = (asked(question, data, "--for", audience) for data in both)
    assert one == other


def test_the_steward_is_told_them_apart(both: tuple[Path, Path]) -> None:
    one, other = (asked("by enterprise", data) for data in both)
    assert one != other


@pytest.mark.slow
@pytest.mark.parametrize("audience", READERS)
def test_reports_of_twins_are_the_same_file(
    audience: str, both: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = []
    for data in both:
        monkeypatch.chdir(data.parent)
        done = tiaokuai("report", "district", "--out", "r.html", "--for", audience, "--as-of", "2026-06-30")
        assert done.code == 0, done.err
        pages.append(Path("r.html").read_bytes())
    assert pages[0] == pages[1]


@pytest.mark.parametrize("name", ["ping", "vera"])
@pytest.mark.parametrize("twin", TWINS)
def test_downloads_of_the_desk_are_the_same_for_twins(twin: str, name: str, tmp_path: Path) -> None:
    users_file(tmp_path)
    taken = []
    for network in (NET, TWINS[twin](NET)):
        server, _ = open_desk(network, users=tmp_path / "users.json", lang="en", log=tmp_path / "access.log")
        browser = Browser(server.test_client())
        assert browser.log_in(name).status_code == 303
        answers = [browser.client.get(f"/download/{file}?day=2026-06-30") for file in DOWNLOADS]
        assert {answer.status_code for answer in answers} == {200}
        taken.append([answer.data for answer in answers])
    assert taken[0] == taken[1]
