"""Forgetting people and replacing their ids (protection.md, Rules)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.command import tiaokuai
from tiaokuai.graph import Network
from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.privacy import erase, expired, facts, forget, pseudonymise
from tiaokuai.loaders import read, write

TODAY = date(2026, 6, 30)


@pytest.fixture
def network() -> Network:
    """One enterprise of 20: M1 left long ago, M2 left lately, M3 is still there; M1 and M3 extended a line."""
    joined = date(2019, 3, 5)
    member = {"enterprise": "E1", "association": "A1", "since": joined, "consent": joined}
    return Network.from_tables(
        {
            "districts": [{"id": "D1"}],
            "blocks": [{"id": "B1", "district": "D1"}],
            "enterprises": [{"id": "E1", "block": "B1", "staff": 20}],
            "associations": [{"id": "A1", "block": "B1", "since": date(2018, 1, 1)}],
            "members": [
                {"id": "M1", **member, "until": date(2021, 8, 17)},
                {"id": "M2", **member, "until": date(2025, 1, 1)},
                {"id": "M3", **member, "until": None},
            ],
            "backbones": [
                {"member": "M1", "since": date(2019, 6, 15), "until": date(2021, 8, 17)},
                {"member": "M3", "since": joined, "until": None},
            ],
        }
    )


def counts(network: Network, day: date) -> tuple[int, int, int]:
    at = network.as_of(day)
    return int(at.staff.sum()), int(at.members.sum()), int(at.lines.sum())


def test_an_erased_member_and_their_line_are_gone_and_the_head_count_stays(network: Network) -> None:
    gone = erase(network, ["M3"])
    assert (gone.members, gone.backbones) == (1, 1)
    assert counts(network, TODAY) == (20, 1, 1)
    assert counts(gone.network, TODAY) == (20, 0, 0)
    assert "M3" not in str([frame.to_dict(as_series=False) for frame in gone.network.tables.values()])


def test_one_unknown_id_and_nobody_is_erased(network: Network) -> None:
    with pytest.raises(RequestError, match=r"there is no member M7, M9; nothing was erased"):
        erase(network, ["M3", "M9", "M7"])


def test_expired_are_those_who_left_more_than_three_years_ago(network: Network) -> None:
    assert expired(network, TODAY) == ["M1"]
    assert expired(network, TODAY, years=1) == ["M1", "M2"]
    assert expired(network, date(2024, 8, 17)) == []
    assert expired(network, date(2024, 8, 18)) == ["M1"]


def test_a_forgotten_member_stays_in_the_history_as_a_count(network: Network) -> None:
    gone = forget(network, ["M1"])
    first_days = [date(year, month, 1) for year in range(2019, 2027) for month in range(1, 13)]
    assert [counts(gone.network, day) for day in first_days] == [counts(network, day) for day in first_days]


def test_nothing_leads_back_from_the_count_to_the_person(network: Network) -> None:
    left = forget(network, ["M1"]).network
    row = left["members"].filter(pl.col("id").str.starts_with("gone-")).row(0, named=True)
    assert row["since"] == row["consent"] == date(2019, 4, 1)
    assert row["until"] == date(2021, 9, 1)
    assert expired(left, TODAY) == []
    again = forget(network, ["M1"]).network
    assert set(again["members"]["id"]) != set(left["members"]["id"])


def test_a_membership_within_a_month_leaves_no_count_and_no_line_behind(network: Network) -> None:
    short = {"since": date(2019, 3, 5), "until": date(2019, 3, 20)}
    members = network["members"].with_columns(**{name: pl.lit(day) for name, day in short.items()})
    gone = forget(Network.from_tables({**network.tables, "members": members}), ["M1", "M2", "M3"])
    assert gone.members == 3
    assert gone.network["members"].is_empty()
    assert gone.network["backbones"].is_empty()


def test_pseudonyms_are_stable_under_a_key_and_change_nothing_else(network: Network) -> None:
    one, same, other = (pseudonymise(network, key) for key in (b"1" * 32, b"1" * 32, b"2" * 32))
    assert one.fingerprint == same.fingerprint != other.fingerprint
    assert counts(one, TODAY) == counts(network, TODAY)
    assert not set(one["members"]["id"]) & {"M1", "M2", "M3"}
    assert set(one["backbones"]["member"]) <= set(one["members"]["id"])


def test_the_facts_count_fields_people_consent_and_retention(network: Network) -> None:
    known = facts(network, TODAY)
    assert known["people"] == {"members": 3, "active_members": 1, "backbones": 2, "head_count_only": 20}
    counts = [{"enterprise": network["enterprises"]["id"][0], "since": date(2019, 1, 1), "members": 5}]
    counted = Network.from_tables({**network.tables, "counts": counts})
    assert facts(counted, TODAY)["people"] == known["people"]  # whoever is only counted is no record of a person
    assert known["consent"] == {"with_date": 3, "first": date(2019, 3, 5), "last": date(2019, 3, 5)}
    assert known["retention"] == {"years": 3, "expired": 1}
    assert known["fields"]["members"] == ["id", "enterprise", "association", "since", "until", "consent"]


def _written(network: Network, folder: Path) -> Path:
    write(network, folder)
    return folder


def test_check_names_who_is_past_retention_until_only_counts_are_left(network: Network, tmp_path: Path) -> None:
    data = _written(network, tmp_path / "d")

    def named() -> list[str]:
        problems = tiaokuai("check", data, "--json").json["problems"]
        return [problem["value"] for problem in problems if problem["code"] == "past_retention"]

    assert named() == ["M1"]
    assert tiaokuai("erase", data, "--expired", "--as-of", "2026-06-30").code == 0
    assert named() == []


@pytest.mark.parametrize("form", ["d", "d.parquet", "d.xlsx"])
def test_erase_rewrites_the_data_and_leaves_a_tombstone_without_the_id(
    network: Network, tmp_path: Path, form: str
) -> None:
    data = _written(network, tmp_path / form)
    done = tiaokuai("erase", data, "M3", "--json")
    assert done.json["erased"] == {"members": 1, "backbones": 1}
    left = read(data)
    assert sorted(left["members"]["id"]) == ["M1", "M2"]
    assert left["enterprises"]["staff"].to_list() == [20]
    log = next(file for file in tmp_path.rglob("*erasures.log"))
    assert "withdrawn" in log.read_text(encoding="utf-8")
    assert "M3" not in log.read_text(encoding="utf-8")


def test_pseudonyms_are_written_with_a_key_that_only_its_owner_reads(network: Network, tmp_path: Path) -> None:
    data, key = _written(network, tmp_path / "d"), tmp_path / "keys" / "key"
    key.parent.mkdir()
    assert tiaokuai("pseudonymise", data, "--out", tmp_path / "p", "--key", key).code == 0
    assert key.stat().st_mode & 0o777 == 0o600
    hidden = read(tmp_path / "p")
    assert not set(hidden["members"]["id"]) & {"M1", "M2", "M3"}
    assert counts(hidden, TODAY) == counts(network, TODAY)
    assert tiaokuai("pseudonymise", data, "--out", tmp_path / "q", "--key", data / "key").code == 1


@pytest.mark.parametrize("audience", ["planner", "public"])
def test_only_the_steward_erases_or_renames_people(network: Network, tmp_path: Path, audience: str) -> None:
    data = tmp_path / "district"
    write(network, data)
    before = {file.name: file.read_bytes() for file in data.iterdir()}
    for command in (("erase", data, "M3"), ("pseudonymise", data, "--out", tmp_path / "out", "--key", tmp_path / "k")):
        refused = tiaokuai(*command, "--for", audience, "--json")
        assert (refused.code, refused.json["error"]["code"]) == (2, "steward_only")
    assert {file.name: file.read_bytes() for file in data.iterdir()} == before
    assert [item.name for item in tmp_path.iterdir()] == ["district"]


def test_a_member_whose_enterprise_has_closed_is_no_active_member(network: Network) -> None:
    enterprises = network["enterprises"].with_columns(until=pl.lit(date(2026, 1, 1)))
    closed = Network.from_tables({**network.tables, "enterprises": enterprises})
    assert facts(closed, TODAY)["people"]["active_members"] == 0
