"""Made-up districts of any size that look and grow like real ones: for demonstrations, tests and benchmarks."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tiaokuai.graph import Network, Template
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.template import ASSOCIATION, BACKBONE_COHORT, FEDERATION
from tiaokuai.loaders import synthetic_names as names
from tiaokuai.loaders.synthetic_counts import without_persons
from tiaokuai.loaders.synthetic_growth import LEAST_MONTHS, NEVER, Ground, Growth, grow

Ints = NDArray[np.int64]

END = np.datetime64("2026-07", "M")  # the month after the last one that is grown
MOST_ENTERPRISES, MOST_BLOCKS = 5_000_000, 50_000
STAFF_MEAN, LARGEST = 10, 20_000  # the source's about ten per enterprise
EMERGING, FOCUS, UNKNOWN_STAFF = 0.15, 0.2, 0.04
OPENING, CLOSING = 0.08, 0.0004  # share that opens on the way; share that closes in a month
BLOCKS_A_PART = 8
NEIGHBOURS = 3


def generate(blocks: int = 12, enterprises: int = 300, seed: int = 1, counts: bool = False) -> Network:
    """A made-up district grown by the model's own rules (model.md §3) until mid-2026; the same for the same seed.

    Head-counts and blocks are heavy-tailed (Pareto, Zipf); about a third of the enterprises have a line at the end;
    some blocks are covered, some hollow, some not founded. With ``counts`` the same district is recorded without
    persons: members and lines are numbers, a row of ``counts`` whenever they change.

    Raises RequestError where a size is out of range.

    >>> network = generate(blocks=5, enterprises=60, seed=7)
    >>> network["enterprises"].height, network["blocks"]["kind"].to_list()[0]
    (60, 'pilot')
    """
    _refuse("blocks", blocks, 1, MOST_BLOCKS)
    _refuse("enterprises", enterprises, 0, MOST_ENTERPRISES)
    _refuse("seed", seed, 0, 2**63 - 1)
    template, rng = Template.default(), np.random.Generator(np.random.PCG64(seed))
    places = _Places(rng, blocks)
    ground = _ground(rng, places, enterprises)
    grown = grow(ground, template, rng)
    network = Network.from_tables(
        {
            **_district_tables(rng, places),
            "enterprises": _enterprises(rng, ground, grown),
            **_association_tables(rng, places, ground, grown),
            **_member_tables(rng, ground, grown),
            "links": _links(ground),
        },
        template,
    )
    return without_persons(network) if counts else network


def _refuse(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        zh, en = f"{name} 须在 {least} 到 {most} 之间", f"{name} must be between {least} and {most}, not {value}"
        raise RequestError("out_of_range", zh, en, name=name, value=value, low=least, high=most)


class _Places:
    """Blocks [B] on the ground: part of the district, kind, coordinates."""

    def __init__(self, rng: np.random.Generator, blocks: int) -> None:
        parts = -(-blocks // BLOCKS_A_PART)
        side = np.sqrt(parts) * 0.1
        centre = rng.random((parts, 2)) * side
        self.parts, self.part = parts, np.arange(blocks) * parts // blocks
        spot = centre[self.part] + (rng.random((blocks, 2)) + rng.random((blocks, 2)) - 1) * 0.06
        self.lon, self.lat = np.round(121.2 + spot[:, 0], 5), np.round(30.9 + spot[:, 1], 5)
        self.kind = np.where(rng.random(blocks) < EMERGING, "emerging", "mature")
        self.kind[:: max(1, min(blocks, 400))] = "pilot"
        self.name = names.blocks(rng, blocks)
        self.focus = (rng.random(blocks) < FOCUS) | (self.kind == "pilot")


def _ground(rng: np.random.Generator, places: _Places, count: int) -> Ground:
    blocks = len(places.part)
    # Zipf over a shuffled order, the pilots among the largest: the source's pilot block is a mature cluster.
    rank = rng.permutation(blocks)
    rank[places.kind == "pilot"] = 0
    share = 1 / np.sqrt(rank + 2.0)
    block = np.sort(np.searchsorted(np.cumsum(share / share.sum())[:-1], rng.random(count), side="right"))
    # A shifted Pareto tail of exponent 2 by the square root alone, which every platform rounds alike.
    tail = (STAFF_MEAN - 1) * (1 / np.sqrt(1 - rng.random(count)) - 1)
    opens = np.where(rng.random(count) < OPENING, rng.integers(1, LEAST_MONTHS - 1, size=count), 0)
    closes = np.minimum(opens + 12 + rng.geometric(CLOSING, count), NEVER)
    unknown = rng.random(count) < UNKNOWN_STAFF
    a, b, weight = _neighbours(places)
    return Ground(
        block=block.astype(np.int64),
        staff=np.where(unknown, STAFF_MEAN, np.minimum(1 + tail.astype(np.int64), LARGEST)),
        unknown=unknown,
        opens=opens,
        closes=closes,
        blocks=blocks,
        pilot=places.kind == "pilot",
        eligible=places.kind != "emerging",
        focus=places.focus,
        a=a,
        b=b,
        weight=weight,
    )


def _neighbours(places: _Places) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """Links to the nearest blocks and to the nearest earlier one, so that experience can reach every block."""
    spot = np.column_stack([places.lon, places.lat])
    pairs: set[tuple[int, int]] = set()
    for at in range(1, len(spot)):
        away = ((spot - spot[at]) ** 2).sum(axis=1)
        away[at] = np.inf
        near = np.argsort(away, kind="stable")[:NEIGHBOURS] if len(spot) <= 2000 else _least(away, NEIGHBOURS)
        pairs.update((min(at, int(other)), max(at, int(other))) for other in near if np.isfinite(away[other]))
        pairs.add((int(away[:at].argmin()), at))
    ends = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    gap = np.sqrt(((spot[ends[:, 0]] - spot[ends[:, 1]]) ** 2).sum(axis=1))
    return ends[:, 0], ends[:, 1], np.round(np.clip(0.03 / np.maximum(gap, 0.01), 0.2, 3), 2)


def _least(values: NDArray[np.float64], count: int) -> Ints:
    return np.argpartition(values, count)[:count]


def _ids(letter: str, count: int) -> pl.Series:
    width = max(2, len(str(count)))
    return pl.select(pl.lit(letter) + pl.int_range(1, count + 1).cast(pl.String).str.zfill(width)).to_series()


def _days(grown: Growth, month: Ints, day: Ints | int) -> pl.Series:
    """Dates from months of growth and days of the month, null where the month does not come."""
    first = (END - grown.months + np.where(month < grown.months, month, 0)).astype("datetime64[D]")
    dates = pl.Series(first + (np.asarray(day) - 1)).cast(pl.Date)
    return dates.zip_with(
        pl.Series(month < grown.months), pl.Series([None], dtype=pl.Date).new_from_index(0, len(month))
    )


def _district_tables(rng: np.random.Generator, places: _Places) -> dict[str, pl.DataFrame]:
    whole = {"id": ["D00"], "name": ["示例区"], "parent": [None]}
    parts = {
        "id": _ids("D", places.parts),
        "name": names.districts(rng, places.parts),
        "parent": ["D00"] * places.parts,
    }
    blocks = {
        "id": _ids("B", len(places.part)),
        "district": _ids("D", places.parts).gather(places.part),
        "name": places.name,
        "kind": places.kind.tolist(),
        "lon": places.lon,
        "lat": places.lat,
    }
    text = {"id": pl.String, "name": pl.String, "parent": pl.String}
    districts = pl.concat([pl.DataFrame(whole, schema=text), pl.DataFrame(parts, schema=text)])
    return {"districts": districts, "blocks": pl.DataFrame(blocks)}


def _enterprises(rng: np.random.Generator, ground: Ground, grown: Growth) -> pl.DataFrame:
    count = len(ground.block)
    sector = pl.Series([name for name, _ in names.SECTORS]).gather(_pick(rng, names.SECTOR_SHARES, count))
    began = pl.Series(np.datetime64("1992-01-01") + rng.integers(0, 6000, size=count)).cast(pl.Date)
    nothing = pl.Series([None], dtype=pl.Date).new_from_index(0, count)
    early = began.zip_with(pl.Series(rng.random(count) < 0.4), nothing)
    return pl.DataFrame(
        {
            "id": _ids("E", count),
            "block": _ids("B", ground.blocks).gather(ground.block),
            "name": names.enterprises(rng, sector),
            "staff": pl.Series(ground.staff).zip_with(~pl.Series(ground.unknown), pl.Series([None], dtype=pl.Int64)),
            "ownership": pl.Series(names.OWNERSHIPS).gather(_pick(rng, names.OWNERSHIP_SHARES, count)),
            "sector": sector,
            "since": _days(grown, ground.opens, 1).zip_with(pl.Series(ground.opens > 0), early),
            "until": _days(grown, ground.closes, 28),
        }
    )


def _pick(rng: np.random.Generator, shares: tuple[float, ...], count: int) -> Ints:
    return np.searchsorted(np.cumsum(shares)[:-1], rng.random(count), side="right").astype(np.int64)


def _association_tables(
    rng: np.random.Generator, places: _Places, ground: Ground, grown: Growth
) -> dict[str, pl.DataFrame]:
    """Associations and federations, the template in place, who founded on whose model, corporate members."""
    founded = np.flatnonzero(grown.founded < NEVER)
    day = rng.integers(1, 10, size=ground.blocks)
    federation = grown.adopted[:, grown.template.index[FEDERATION]]
    federated = founded[federation[founded] < NEVER]
    block_ids, block_names = _ids("B", ground.blocks), pl.Series(places.name)

    def bodies(rows: Ints, month: Ints, letter: str, kind: str, suffix: str) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "id": letter + block_ids.gather(rows).str.slice(1),
                "block": block_ids.gather(rows),
                "name": block_names.gather(rows) + suffix,
                "kind": [kind] * len(rows),
                "since": _days(grown, month[rows], day[rows]),
            },
            schema_overrides={"kind": pl.String},
        )

    replicated = np.flatnonzero(grown.source >= 0)
    return {
        "associations": pl.concat(
            [
                bodies(founded, grown.founded, "A", "association", "联谊会"),
                bodies(federated, federation, "F", "federation", "企业联合会"),
            ]
        ),
        "enrolments": _enrolments(rng, ground, grown, federation),
        "adoptions": _adoptions(rng, grown, block_ids, day),
        "replications": pl.DataFrame(
            {
                "source": block_ids.gather(grown.source[replicated]),
                "target": block_ids.gather(replicated),
                "since": _days(grown, grown.founded[replicated], day[replicated]),
            }
        ),
    }


def _adoptions(rng: np.random.Generator, grown: Growth, block_ids: pl.Series, day: Ints) -> pl.DataFrame:
    entered = grown.adopted.copy()
    entered[:, [grown.template.index[name] for name in (ASSOCIATION, FEDERATION, BACKBONE_COHORT)]] = NEVER
    block, part = np.nonzero(entered < NEVER)
    month = entered[block, part]
    when = np.where(month == grown.founded[block], day[block], rng.integers(10, 29, size=len(block)))
    ids = pl.Series([component.id for component in grown.template.components])
    return pl.DataFrame(
        {"block": block_ids.gather(block), "component": ids.gather(part), "since": _days(grown, month, when)}
    )


def _enrolments(rng: np.random.Generator, ground: Ground, grown: Growth, federation: Ints) -> pl.DataFrame:
    """Most enterprises with a line enrol soon after it began, a few others at some time; some join the federation."""
    people, count = grown.people, len(ground.block)
    first = np.full(count, NEVER, dtype=np.int64)
    holders = np.flatnonzero(people.line[: people.size] < NEVER)
    np.minimum.at(first, people.enterprise[holders], people.line[holders])
    chance, wait = rng.random(count), rng.geometric(0.2, size=count)
    other = np.where(chance < 0.06, grown.founded[ground.block] + rng.geometric(0.03, size=count), NEVER)
    month = np.where(first < NEVER, np.where(chance < 0.7, first + wait, NEVER), np.maximum(other, ground.opens))
    joint = np.where(rng.random(count) < 0.3, np.maximum(federation[ground.block], month) + 1, NEVER)
    frames = []
    for letter, when in (("A", month), ("F", joint)):
        rows = np.flatnonzero((when < grown.months) & (when < ground.closes))
        frames.append(
            pl.DataFrame(
                {
                    "enterprise": _ids("E", count).gather(rows),
                    "association": letter + _ids("B", ground.blocks).gather(ground.block[rows]).str.slice(1),
                    "since": _days(grown, when[rows], rng.integers(10, 29, size=len(rows))),
                    "until": _days(grown, ground.closes[rows], 28),
                }
            )
        )
    same_day = pl.col("until").is_null() | (pl.col("until") > pl.col("since"))
    return pl.concat(frames).filter(same_day)


def _member_tables(rng: np.random.Generator, ground: Ground, grown: Growth) -> dict[str, pl.DataFrame]:
    people, size = grown.people, grown.people.size
    at, joined, left, line = (array[:size] for array in (people.enterprise, people.joined, people.left, people.line))
    day, before = rng.integers(10, 29, size=size), rng.integers(0, 30, size=size)
    since = _days(grown, joined, day)
    # Before anybody joins in the month, so that a place taken again is never held by two.
    until = _days(grown, left, rng.integers(1, 10, size=size))
    ids = _ids("M", size)
    holders = np.flatnonzero(line < NEVER)
    began = _days(grown, line[holders], rng.integers(10, 29, size=len(holders)))
    members = pl.DataFrame(
        {
            "id": ids,
            "enterprise": _ids("E", len(ground.block)).gather(at),
            "association": "A" + _ids("B", ground.blocks).gather(ground.block[at]).str.slice(1),
            "since": since,
            "until": until,
            "consent": since - pl.Series(before * 86_400_000).cast(pl.Duration("ms")),
        }
    )
    same_month = pl.Series(line[holders] == joined[holders])
    backbones = pl.DataFrame(
        {
            "member": ids.gather(holders),
            "since": since.gather(holders).zip_with(same_month, began),
            "until": until.gather(holders),
        }
    )
    return {"members": members, "backbones": backbones}


def _links(ground: Ground) -> pl.DataFrame:
    ids = _ids("B", ground.blocks)
    return pl.DataFrame({"a": ids.gather(ground.a), "b": ids.gather(ground.b), "weight": ground.weight})
