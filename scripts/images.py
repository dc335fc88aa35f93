"""Draws the pictures of the README and the docs from the example district that `make demo` makes: `make images`."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import tiaokuai as tk
from tiaokuai.cli.demo import BLOCKS, ENTERPRISES, SEED
from tiaokuai.cli.figure import image
from tiaokuai.graph import Assumptions
from tiaokuai.viz.drawing import picture
from tiaokuai.viz.report_facts import Facts

# file: (picture, language), of the data but for those of READERS
IMAGES = {
    "coverage": ("coverage_bars", "en"),
    "coverage-zh": ("coverage_bars", "zh"),
    "network": ("network", "en"),
    "network-zh": ("network", "zh"),
    "plane": ("line_block_plane", "en"),
    "plane-zh": ("line_block_plane", "zh"),
    "plan": ("plan_board", "en"),
    "plan-zh": ("plan_board", "zh"),
    "forecast": ("forecast", "en"),
    "forecast-zh": ("forecast", "zh"),
    "gaps": ("gap_waterfall", "en"),
    "gaps-zh": ("gap_waterfall", "zh"),
    "influence": ("influence", "en"),
    "influence-zh": ("influence", "zh"),
    "tornado": ("sensitivity_tornado", "en"),
    "tornado-zh": ("sensitivity_tornado", "zh"),
    "public": ("coverage_bars", "en"),
    "public-zh": ("coverage_bars", "zh"),
}
READERS = {"public": "public", "public-zh": "public"}
KEY = b"of the pictures, the same every time"  # of releases
DAY = date(2026, 6, 30)


def lighter(png: bytes) -> bytes:
    """The same picture in 128 colours: a quarter of the bytes in the repository."""
    from PIL import Image

    made = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(128).save(made, "png", optimize=True)
    return made.getvalue()


def main() -> None:
    folder = Path(__file__).resolve().parent.parent / "docs" / "images"
    folder.mkdir(exist_ok=True)
    network = tk.generate(blocks=BLOCKS, enterprises=ENTERPRISES, seed=SEED)
    plan = tk.plan(network, budget=100, periods=4, start="2027-01", snapshot=network.as_of(DAY))
    facts = {
        audience: Facts(network.release(audience, KEY, today=DAY), DAY, Assumptions(), given_plan=plan)
        for audience in {"steward", *READERS.values()}
    }
    for file, (name, lang) in IMAGES.items():
        drawn = picture(name, facts[READERS.get(file, "steward")], lang)
        if drawn is None:
            raise SystemExit(f"{name} cannot be drawn")
        (folder / f"{file}.png").write_bytes(lighter(image(drawn.titled(), "png")))
        print(f"docs/images/{file}.png: {drawn.title}")


if __name__ == "__main__":
    main()
