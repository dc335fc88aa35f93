"""The wheel and the sdist build, and the wheel installs into an empty environment and works (contracts.md, demo)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import EXAMPLES, ROOT


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what git holds, so that nothing of the work tree slips in."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in files.rstrip("\0").split("\0"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", out, source]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(out.glob("*.tar.gz"))) == 1
    return next(out.glob("*.whl"))


@pytest.mark.process
@pytest.mark.slow
def test_the_wheel_holds_the_data_files_and_no_stray_package(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"tiaokuai", f"{wheel.name.split('-py3')[0]}.dist-info"}
    for needed in ("graph/template.toml", "viz/plotly-bundle.min.js.gz", "viz/report.css", "viz/report.js", "py.typed"):
        assert f"tiaokuai/{needed}" in names
    assert any(name.endswith(".cypher") for name in names)


@pytest.mark.process
@pytest.mark.slow
def test_the_installed_wheel_answers_in_a_new_environment(wheel: Path, tmp_path: Path) -> None:
    # The dependencies come from this environment; what is new is the package itself, away from the checkout.
    new = tmp_path / "new"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", new], check=True)
    site = next((new / "lib").glob("python*")) / "site-packages"
    (site / "dependencies.pth").write_text(_here())
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    python, study = new / "bin" / "python", EXAMPLES / "medical-innovation"
    where = subprocess.run(
        [python, "-c", "import tiaokuai; print(tiaokuai.__file__)"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert str(site) in where.stdout
    for arguments in (["--help"], ["coverage", study], ["report", study, "--out", tmp_path / "report.html"]):
        done = subprocess.run(
            [python, "-m", "tiaokuai", *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "report.html").stat().st_size > 100_000


def _here() -> str:
    """This environment's site-packages without the project itself."""
    import numpy

    return str(Path(numpy.__file__).parent.parent) + "\n"
