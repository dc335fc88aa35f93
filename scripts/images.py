"""Draws the README's picture from the example district that `make demo` makes: `make images`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tiaokuai.cli.demo import BLOCKS, ENTERPRISES, SEED
from tiaokuai.cli.figure import image
from tiaokuai.graph import Assumptions
from tiaokuai.loaders.synthetic import generate
from tiaokuai.viz.drawing import picture
from tiaokuai.viz.report_facts import Facts

IMAGES = {"coverage": "coverage_bars"}
DAY = date(2026, 6, 30)


def main() -> None:
    folder = Path(__file__).resolve().parent.parent / "docs" / "images"
    folder.mkdir(exist_ok=True)
    facts = Facts(generate(blocks=BLOCKS, enterprises=ENTERPRISES, seed=SEED), DAY, "planner", Assumptions())
    for file, name in IMAGES.items():
        drawn = picture(name, facts, "en")
        if drawn is None:
            raise SystemExit(f"{name} cannot be drawn")
        (folder / f"{file}.png").write_bytes(image(drawn.titled(), "png"))
        print(f"docs/images/{file}.png: {drawn.title}")


if __name__ == "__main__":
    main()
