"""The desk under load: 20 people asking for a minute, the slider in a real browser, 100,000 enterprises.

python benchmarks/bench_web.py [--seconds 60] [--people 20] [--no-browser]
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import random
import threading
import time
from datetime import date
from typing import Any

import numpy as np

from tiaokuai.graph import Network

TOKEN = "a-token-of-the-benchmark"  # noqa: S105
CHROMIUM = "/usr/bin/chromium"


def made_up(enterprises: int, blocks: int, seed: int = 1) -> Network:
    """A district of that size: two blocks in three founded, lines in four of ten of their enterprises."""
    import polars as pl

    draw = np.random.default_rng(seed)
    block = np.sort(draw.integers(0, blocks, enterprises))
    ids = [f"E{number:06d}" for number in range(enterprises)]
    founded = np.arange(blocks) % 3 < 2
    lined = np.flatnonzero(founded[block] & (draw.random(enterprises) < 0.4))
    size = draw.integers(1, 8, len(lined))
    home, first = np.repeat(lined, size), np.concatenate([[0], np.cumsum(size)[:-1]])
    since = [date(2021 + int(month) // 12, 1 + int(month) % 12, 1) for month in draw.integers(0, 60, len(lined))]
    joined = [since[at] for at in np.repeat(np.arange(len(lined)), size)]
    members = [f"M{number:07d}" for number in range(len(home))]
    founding = [date(2018 + number % 4, 1 + number % 12, 1) for number in range(blocks)]
    return Network.from_tables(
        {
            "districts": pl.DataFrame({"id": ["D"]}),
            "blocks": pl.DataFrame(
                {
                    "id": [f"B{n:04d}" for n in range(blocks)],
                    "district": ["D"] * blocks,
                    "kind": ["pilot"] + ["mature"] * (blocks - 1),
                }
            ),
            "enterprises": pl.DataFrame(
                {"id": ids, "block": [f"B{n:04d}" for n in block], "staff": draw.integers(3, 90, enterprises)}
            ),
            "associations": pl.DataFrame(
                {
                    "id": [f"A{n}" for n in np.flatnonzero(founded)],
                    "block": [f"B{n:04d}" for n in np.flatnonzero(founded)],
                    "since": [founding[n] for n in np.flatnonzero(founded)],
                }
            ),
            "members": pl.DataFrame(
                {
                    "id": members,
                    "enterprise": [ids[n] for n in home],
                    "association": [f"A{block[n]}" for n in home],
                    "since": joined,
                    "consent": joined,
                }
            ),
            "backbones": pl.DataFrame({"member": [members[n] for n in first], "since": since}),
        }
    )


def run_server(enterprises: int, blocks: int, port: int) -> None:
    """In a process of its own: the desk as ``tiaokuai serve`` runs it."""
    from tiaokuai.web.data_set import DataSet
    from tiaokuai.web.server import serve
    from tiaokuai.web.settings import Settings

    serve(Settings(port=port, lang="en", token=TOKEN), DataSet("bench", made_up(enterprises, blocks)))


class Person:
    """One browser's requests without the browser."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        cookies = dict(self._get(f"/?token={TOKEN}", 303)[1])
        self.cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self.token = cookies[f"tiaokuai_csrf_{port}"]
        found = json.loads(self._get("/_dash-dependencies")[0])
        self.by_output = {each["output"]: each for each in found}

    def _get(self, path: str, status: int = 200) -> tuple[bytes, list[tuple[str, str]]]:
        headers = {"Cookie": self.cookie} if hasattr(self, "cookie") else {}
        self.link.request("GET", path, headers=headers)
        answer = self.link.getresponse()
        body = answer.read()
        if answer.status != status:
            raise RuntimeError(f"{answer.status} {path}")
        pairs = [text.split(";")[0].split("=", 1) for name, text in answer.getheaders() if name == "Set-Cookie"]
        return body, [(name, value) for name, value in pairs]

    def call(self, part: str, values: dict[str, Any], changed: str | None = None) -> bytes:
        """A callback whose output contains ``part``."""
        spec = next(
            each for output, each in self.by_output.items() if part in output and not each["clientside_function"]
        )

        def fill(one: dict[str, str]) -> Any:
            value = values.get(f"{one['id']}.{one['property']}", [] if "ALL" in one["id"] else None)
            return value if "ALL" in one["id"] else {**one, "value": value}

        outputs = [
            [] if "ALL" in each else dict(zip(("id", "property"), each.rsplit(".", 1), strict=True))
            for each in spec["output"].strip(".").split("...")
        ]
        inputs = [fill(each) for each in spec["inputs"]]
        body = {
            "output": spec["output"], "outputs": outputs if spec["output"].startswith("..") else outputs[0],
            "inputs": inputs, "state": [fill(each) for each in spec["state"]],
"changedPropIds": [changed or f"{spec['inputs'][0]['id']}.{spec['inputs'][0]['property']}"],
        }  # fmt: skip
        headers = {"Cookie": self.cookie, "X-CSRFToken": self.token, "Content-Type": "application/json"}
        self.link.request("POST", "/_dash-update-component", json.dumps(body), headers)
        answer = self.link.getresponse()
        text = answer.read()
        if answer.status != 200 or b"sendNotifications" in text:
            raise RuntimeError(f"{answer.status} {part}: {text[:200]!r}")
        return text

    def page(self, day: str) -> None:
        """Where we stand on a day: headline figures, coverage, pictures."""
        screen = {"dark": False, "narrow": False}
        self.call("navigation.children", {"url.pathname": "/where", "url.search": f"?day={day}", "screen.data": screen})

    def rows(self, day: str, start: int) -> None:
        """A page of the table of blocks."""
        request = {"startRow": start, "endRow": start + 100, "sortModel": [{"colId": "coverage", "sort": "desc"}]}
        place = {"url.pathname": "/where", "url.search": f"?day={day}"}
        self.call("blocks.getRowsResponse", {"blocks.getRowsRequest": request, **place})

    def simulate(self) -> None:
        """A heavy simulation in the background."""
        controls = {"s": "", "at": "0", "metric": "coverage", "months": 120, "start": "2027-01"}
        pattern, ids = '{"key":["ALL"],"type":"control"}', [{"type": "control", "key": key} for key in controls]
        values = [
            {"id": id, "property": "value", "value": value} for id, value in zip(ids, controls.values(), strict=True)
        ]
        self.call(
            "job.data",
            {
                "run.n_clicks": 1,
                "url.pathname": "/what-if",
                "url.search": "",
                f"{pattern}.value": values,
                f"{pattern}.id": [{"id": id, "property": "id", "value": id} for id in ids],
            },
            "run.n_clicks",
        )


def waited(port: int) -> float:
    """Seconds until the server answers."""
    begun = time.perf_counter()
    while True:
        try:
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            link.request("GET", "/readyz")
            if link.getresponse().status == 200:
                return time.perf_counter() - begun
        except OSError:
            time.sleep(0.05)


def crowd(port: int, people: int, seconds: float, heavy: bool) -> dict[str, Any]:
    """So many people, each asking, thinking for half a second, and asking on."""
    times: dict[str, list[float]] = {"page": [], "rows": []}
    errors: list[str] = []
    until = time.perf_counter() + seconds

    def ask(seed: int) -> None:
        draw, person = random.Random(seed), Person(port)
        while time.perf_counter() < until:
            day = f"{draw.randint(2021, 2026)}-{draw.randint(1, 12):02d}-01"
            kind, begun = draw.choice(("page", "rows")), time.perf_counter()
            try:
                if kind == "page":
                    person.page(day)
                else:
                    person.rows(day, 0)
            except (RuntimeError, OSError) as error:
                errors.append(str(error))
                person = Person(port)
            times[kind].append(time.perf_counter() - begun)
            time.sleep(draw.uniform(0.2, 0.8))

    if heavy:
        Person(port).simulate()
    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = {name: 1000 * np.quantile(values, (0.5, 0.95, 1.0)) for name, values in times.items()}
    return {"times": found, "count": sum(map(len, times.values())), "errors": errors}


def slider(port: int) -> list[float]:
    """Milliseconds from a key on a slider of What if to the new curve, in Chromium."""
    from playwright.sync_api import sync_playwright

    measure = """async () => {
      const last = () => document.querySelector('#curves .js-plotly-plot').data.at(-1).y.at(-1);
      const before = last(), begun = performance.now(), thumb = document.querySelector('[role=slider]');
      thumb.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', code: 'ArrowRight', bubbles: true}));
      return await new Promise((done) => (function look() {
        if (last() !== before) done(performance.now() - begun);
        else if (performance.now() - begun > 10000) done(-1);
        else requestAnimationFrame(look);
      })());
    }"""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/what-if?lang=en&start=2027-01&token={TOKEN}")
        page.wait_for_selector("#curves .scatterlayer path")
        page.wait_for_timeout(12_000)
        found = []
        for _ in range(40):
            found.append(float(page.evaluate(measure)))
            page.wait_for_timeout(250)
        browser.close()
    return found


def first_view(port: int, path: str) -> float:
    """Seconds until a page shows its heading, in a new browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        begun = time.perf_counter()
        page.goto(f"http://127.0.0.1:{port}/{path}{'&' if '?' in path else '?'}token={TOKEN}")
        page.wait_for_selector("h1")
        found = time.perf_counter() - begun
        browser.close()
    return found


def main() -> None:
    """Runs everything and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--no-browser", action="store_true")
    given = parser.parse_args()
    for enterprises, blocks, port in ((1_000, 50, 8971), (100_000, 2_000, 8972)):
        process = multiprocessing.get_context("spawn").Process(target=run_server, args=(enterprises, blocks, port))
        process.start()
        try:
            print(f"\n{enterprises:,} enterprises, {blocks:,} blocks: ready after {waited(port):.1f} s")
            measure(port, given)
        finally:
            process.terminate()
            process.join(20)


def measure(port: int, given: argparse.Namespace) -> None:
    """All figures of one server."""
    Person(port).page("2026-01-01")
    for heavy in (False, True):
        found = crowd(port, given.people, given.seconds, heavy)
        name = "beside a heavy simulation" if heavy else "alone"
        for kind, (half, most, worst) in found["times"].items():
            print(f"  {kind:5} {name:26} p50 {half:7.0f} ms  p95 {most:7.0f} ms  worst {worst:7.0f} ms")
        print(f"  {found['count']} questions, {len(found['errors'])} errors", *found["errors"][:3])
    if given.no_browser:
        return
    times = sorted(slider(port))
    print(f"  slider: median {times[20]:.0f} ms, p95 {times[37]:.0f} ms, worst {times[-1]:.0f} ms")
    where, block = first_view(port, "where"), first_view(port, "block?block=B0001")
    print(f"  first view: where {where:.1f} s, block {block:.1f} s")


if __name__ == "__main__":
    main()
