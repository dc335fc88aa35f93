"""Nothing is lost: whichever file call fails, the old data stay whole, and the user is told in a sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from tests.faults.injected import Workshop, build_shim, contents
from tiaokuai.graph.privacy import KEY_BYTES
from tiaokuai.loaders import read, write
from tiaokuai.web.users import make_user, write_users

# Every command that writes, into a folder that already holds an older version of what it writes.
# In WORK lie: data/ (a district in CSV), old.* (what is replaced).
WRITERS: dict[str, tuple[str, ...]] = {
    "generate": ("generate", "WORK/old", "--blocks", "3", "--enterprises", "12", "--seed", "2", "--force"),
    "new": ("new", "WORK/old.xlsx", "--force"),
    "export-csv": ("export", "WORK/data", "--out", "WORK/old", "--for", "steward"),
    "export-parquet": ("export", "WORK/data", "--out", "WORK/old.parquet/", "--for", "steward"),
    "export-xlsx": ("export", "WORK/data", "--out", "WORK/old.xlsx", "--for", "steward"),
    "export-graphml": ("export", "WORK/data", "--out", "WORK/old.graphml", "--for", "steward"),
    "export-json": ("export", "WORK/data", "--out", "WORK/old.json", "--for", "steward"),
    "erase": ("erase", "WORK/data", "MEMBER"),
    "pseudonymise": ("pseudonymise", "WORK/data", "--out", "WORK/old", "--key", "WORK/keys/key"),
    "plan": ("plan", "WORK/data", "--budget", "20", "--periods", "2", "--out", "WORK/old.yaml"),
    "simulate-keep": (
        *("simulate", "WORK/data", "--months", "3", "--runs", "5", "--keep", "WORK/old.json"),
        *("--out", "WORK/old.parquet"),
    ),
    "calibrate": ("calibrate", "WORK/data", "--out", "WORK/old.yaml"),
    "report": ("report", "WORK/data", "--out", "WORK/old.html"),
    "export-gexf": ("export", "WORK/data", "--out", "WORK/old.gexf", "--for", "steward"),
    "export-neo4j-admin": ("export", "WORK/data", "--out", "WORK/admin", "--format", "neo4j-admin", "--for", "steward"),
    "export-for-planner": ("export", "WORK/data", "--out", "WORK/old.xlsx", "--for", "planner"),
    "figure": ("figure", "coverage-bars", "WORK/data", "--out", "WORK/old.json"),
    "erase-in-a-workbook": ("erase", "WORK/book.xlsx", "MEMBER"),
    "user-add": ("user", "add", "WORK/users.json", "wang", "--role", "planner"),
    "user-remove": ("user", "remove", "WORK/users.json", "li"),
    "demo": ("demo", "--out", "WORK/shown", "--no-open"),
}
# Calls failed of a command that writes quickly; `make fuzz` fails many more.
MOST = int(os.environ.get("TIAOKUAI_FAULTS", "6"))


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_shim(tmp_path_factory.mktemp("shim"))


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("district") / "data"
    command = [sys.executable, "-m", "tiaokuai", "generate", str(folder), "--blocks", "3", "--enterprises", "15"]
    subprocess.run([*command, "--seed", "1"], check=True, capture_output=True)
    return folder


@pytest.fixture
def workshop(request: pytest.FixtureRequest, tmp_path: Path, shim: Path, district: Path) -> Workshop:
    before = tmp_path / "before"
    shutil.copytree(district, before / "data")
    (before / "keys").mkdir()
    arguments = WRITERS[request.param]
    for name in ("old", "old.parquet/"):
        if any(part in (f"WORK/{name}", f"WORK/{name}/") for part in arguments):
            shutil.copytree(district, before / name)
            (before / name / "links.csv").unlink()
    if "WORK/book.xlsx" in arguments:
        write(read(district), before / "book.xlsx")
    if "WORK/users.json" in arguments:
        write_users(before / "users.json", {"li": make_user("li", "viewer", "a long password")})
    if "WORK/shown" in arguments:
        shutil.copytree(district, before / "shown" / "district")
        (before / "shown" / "report.html").write_text("an older version\n")
    for part in arguments:
        if part.startswith("WORK/old.") and not part.endswith("/"):
            (before / part.removeprefix("WORK/")).write_text("an older version\n")
    if arguments is WRITERS["export-for-planner"]:  # what is no earlier release is not written over
        write(read(district).release("planner", b"k" * 32, today=date(2020, 1, 1)), before / "old.xlsx")
    member = (district / "members.csv").read_text(encoding="utf-8-sig").splitlines()[1].split(",")[0]
    return Workshop(shim, tmp_path, before, tuple(member if part == "MEMBER" else part for part in arguments))


def intact(left: dict[str, str], before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Files that are no longer as they were; ``after`` of a command that writes two things, one after the other."""
    return [name for name in before if left.get(name) not in (before[name], after.get(name, before[name]))]


def half(folder: Path, before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Files that are neither as they were nor as they should become: there must be none. Hidden ones are temporary."""
    left = {
        name: digest
        for name, digest in contents(folder).items()
        if not any(part.startswith(".") for part in Path(name).parts)
    }
    odd = [name for name, digest in left.items() if digest not in (before.get(name), after.get(name))]
    return [name for name in odd if not whole_though_new(folder / name)]


def whole_though_new(path: Path) -> bool:
    """A key is another every time, pseudonyms with it, and a workbook holds its time: whole, where they are read."""
    if path.suffix == ".csv":
        return read(path.parent)["members"]["id"].str.starts_with("p-").all()
    if path.name == "key":
        return len(bytes.fromhex(path.read_text(encoding="ascii"))) == KEY_BYTES
    return path.suffix == ".xlsx" and zipfile.is_zipfile(path) and zipfile.ZipFile(path).testzip() is None


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("workshop", WRITERS, indirect=True)
def test_a_failing_file_call_leaves_the_old_data_and_a_plain_sentence(workshop: Workshop) -> None:
    before, (done, calls) = contents(workshop.before), workshop.run(0)
    assert done.code == 0, done.err
    assert calls > 0
    assert done.files != before
    for at, left in workshop.failures(calls, MOST):
        assert "Traceback" not in left.err, (at, left.err)
        if left.code == 0:
            assert set(left.files) == set(done.files), at
        else:
            assert left.code in (1, 3), (at, left.err)
            assert left.err.startswith("tiaokuai: "), (at, left.err)
            assert len(left.err) > len("tiaokuai: x"), (at, left.err)
            assert set(left.files) <= set(before) | {"keys/key"}, (at, left.err)
            assert intact(left.files, before, done.files if "demo" in workshop.arguments else {}) == [], (at, left.err)


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("workshop", WRITERS, indirect=True)
def test_killed_in_the_middle_leaves_every_file_old_or_new(workshop: Workshop) -> None:
    before, (done, calls) = contents(workshop.before), workshop.run(0)
    assert done.code == 0, done.err
    for at in sorted({1, calls // 4 or 1, calls // 2 or 1, 3 * calls // 4 or 1, calls}):
        workshop.run(at, kill=True)
        assert half(workshop.home / "work", before, done.files) == [], at
