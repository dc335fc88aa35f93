"""A plan made on a release is worth nearly what one made on the data is worth, there where its lines are placed."""

from __future__ import annotations

import numpy as np
import pytest

from tests.release.made import TODAY
from tiaokuai import Network, generate, plan
from tiaokuai.planning.plan import Plan


def worth(data: Network, made: Plan) -> int:
    """The plan's own objective on the data: staff newly within reach, summed over the ends of all periods."""
    snapshot = data.as_of("2026-07-01")
    place = {id: at for at, id in enumerate(snapshot.enterprise_ids)}
    capacity, total = snapshot.capacity.copy(), 0
    for period in made.document()["periods"]:
        for line in period["lines"]:
            capacity[place[line["enterprise"]]] += 10 * line["count"]
        gain = np.minimum(snapshot.staff, capacity) - np.minimum(snapshot.staff, snapshot.capacity)
        total += int(gain.sum())
    return total


# The last two budgets are as large as all that is missing: half of their lines go where fewer than five work, and where
# exactly is an estimate there.
@pytest.mark.parametrize(
    ("blocks", "enterprises", "budget", "share"), [(12, 300, 40, 0.97), (12, 300, 120, 0.94), (12, 100, 30, 0.92)]
)
def test_a_plan_made_by_a_planner_gets_nearly_what_the_stewards_gets(
    blocks: int, enterprises: int, budget: int, share: float
) -> None:
    """The benchmark has the mean over secrets."""
    data = generate(blocks=blocks, enterprises=enterprises, seed=1)
    most = plan(data, budget=budget, periods=6, start="2026-07")
    assert worth(data, most) == most.document()["objective"]
    for secret in range(3):
        release = data.release("planner", secret.to_bytes(32, "big"), today=TODAY)
        made = plan(release, budget=budget, periods=6, start="2026-07")
        assert worth(data, made) >= share * worth(data, most)
