"""The same surroundings on every machine: folders of the run's own, one language, one time zone, no user's settings."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.internal.conjecture import providers

from tests.neo4j_jars import CACHE

ROOT = Path(__file__).resolve().parent.parent
RUN = "TIAOKUAI_TESTS_RUN"  # the run's folder, which the first process makes and its workers find
# Where other people's settings would come in, nothing does: what is not named here is not in the tests' environment.
KEPT = (
    *("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "TMPDIR", "USER", "LOGNAME", "JAVA_HOME", "CI"),
    *("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID", "PYTEST_CURRENT_TEST"),
    *("TIAOKUAI_FUZZ", "TIAOKUAI_FUZZ_FROM", "TIAOKUAI_FAULTS", "TIAOKUAI_NIGHTLY"),
)
# A server of the user's own is used as it is reached (docs/neo4j.md).
OWN_SERVER = ("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_PASSWORD_FILE", "NEO4J_DATABASE")


def settle() -> Path:
    """Makes the run's folder and puts the process into it, before the first line of the product is imported.

    ``TIAOKUAI_TESTS_TZ`` and ``TIAOKUAI_TESTS_LANG`` name another time zone and locale to run everything in.
    """
    first = RUN not in os.environ
    folder = Path(os.environ.get(RUN) or tempfile.mkdtemp(prefix="tiaokuai-tests-"))
    cache = os.environ.get(CACHE) or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    own = OWN_SERVER if "NEO4J_URI" in os.environ else ()
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in (*KEPT, *own) or name.startswith(("TIAOKUAI_TESTS_", "COVERAGE_", "COV_"))
    }
    zone, lang = os.environ.get("TIAOKUAI_TESTS_TZ", "UTC"), os.environ.get("TIAOKUAI_TESTS_LANG", "C.UTF-8")
    os.environ.clear()
    os.environ.update(
        kept,
        **{RUN: str(folder), CACHE: cache, "TZ": zone, "LANG": lang, "HOME": str(folder / "home")},
        **{f"XDG_{kind}_HOME": str(folder / "home" / kind.lower()) for kind in ("CONFIG", "CACHE", "DATA", "STATE")},
        HYPOTHESIS_STORAGE_DIRECTORY=str(folder / "hypothesis"),
        **_git_for_anyone(),
    )
    time.tzset()
    (folder / "home").mkdir(exist_ok=True)
    if first:
        (folder / "artefacts").mkdir()
    _choose_examples()
    return folder


def _git_for_anyone() -> dict[str, str]:
    """A checkout that belongs to somebody else, as in a container, may be read; no settings of the user's hold."""
    return {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }


def _choose_examples() -> None:
    """``make test`` tries the same examples every time; ``make fuzz`` tries others and remembers what failed."""
    # How long an example takes says how busy the machine is, not whether the code is right.
    settings.register_profile("machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("suite", settings.get_profile("machine"), derandomize=True, database=None)
    found = DirectoryBasedExampleDatabase(ROOT / ".cache" / "hypothesis")
    settings.register_profile("fuzz", settings.get_profile("machine"), database=found, print_blob=True)
    chosen = os.environ.get("TIAOKUAI_TESTS_EXAMPLES", "suite")
    settings.load_profile(chosen)
    if chosen == "suite":
        # Hypothesis also tries constants of whichever modules are loaded: with them a test's examples would hang on
        # what ran before it in the same process.
        assert providers.is_local_module_file
        providers.is_local_module_file = lambda path: False


def leave(folder: Path) -> None:
    """Removes the run's folder unless something in it helps to understand a red test."""
    if any((folder / "artefacts").iterdir()):
        return
    shutil.rmtree(folder, ignore_errors=True)


FOLDER = settle()
