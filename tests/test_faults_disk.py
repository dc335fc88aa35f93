"""A full disk, missing rights, a folder that vanishes: the old data stay, and the user is told in a sentence."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import forked
from tests.faults.injected import Workshop, contents
from tests.test_faults import WRITERS, district, half, shim, workshop

__all__ = ["district", "shim", "workshop"]  # fixtures

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0 and not os.environ.get("CI"), reason="mounting and dropping rights need root"),
]
# The superuser without the right to pass over permissions.
WITHOUT_RIGHTS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


@contextlib.contextmanager
def small_disk(at: Path) -> Iterator[None]:
    """A disk of 4 MB."""
    at.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", at], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", at], check=True)


def fill(folder: Path) -> None:
    """Writes until nothing more fits."""
    with contextlib.suppress(OSError), (folder / "filler").open("wb", buffering=0) as filler:
        while filler.write(b"x" * 4096):
            pass


def told(code: int, err: str, expected: int) -> None:
    """A sentence and its exit code, no traceback."""
    assert code == expected, (code, err)
    assert err.startswith("tiaokuai: "), err
    assert "Traceback" not in err


def environment() -> dict[str, str]:
    return {**os.environ, "LANG": "C.UTF-8", "TIAOKUAI_LANG": "en", "TIAOKUAI_PASSWORD": "a long password"}


@pytest.mark.process
@pytest.mark.parametrize("workshop", WRITERS, indirect=True)
def test_a_full_disk_leaves_the_old_data_and_says_so(workshop: Workshop) -> None:
    folder = workshop.home / "work"
    with small_disk(folder):
        shutil.copytree(workshop.before, folder, dirs_exist_ok=True)
        fill(folder)
        before = contents(folder)
        code, err = forked.run(workshop.shim, workshop.typed, environment(), workshop.home)
        told(code, err, 3)
        assert "the disk is full" in err
        left = contents(folder)
        assert {name: digest for name, digest in left.items() if name != "keys/key"} == before


@pytest.mark.process
@pytest.mark.parametrize("workshop", WRITERS, indirect=True)
def test_a_folder_that_may_not_be_written_to_stays_as_it_is(workshop: Workshop) -> None:
    folder = workshop.home / "work"
    shutil.copytree(workshop.before, folder)
    before = contents(folder)
    for place in (folder, *(item for item in folder.rglob("*") if item.is_dir())):
        place.chmod(0o555)
    line = [*WITHOUT_RIGHTS, *workshop.command]
    done = subprocess.run(line, capture_output=True, text=True, timeout=120, env=environment())
    told(done.returncode, done.stderr, 1)
    assert "no permission" in done.stderr
    assert contents(folder) == before


@pytest.mark.process
@pytest.mark.parametrize("workshop", WRITERS, indirect=True)
def test_a_folder_that_vanishes_is_said_to_be_gone_and_nothing_is_half_written(workshop: Workshop) -> None:
    before, (done, calls) = contents(workshop.before), workshop.run(0)
    assert done.code == 0, done.err
    for at in sorted({1, calls // 2, calls - 1}):
        left, _ = workshop.run(at, vanish=True)
        assert "Traceback" not in left.err, left.err
        assert left.code in (0, 1, 3), left.err
        assert half(workshop.home / "work.gone", before, done.files) == [], at
