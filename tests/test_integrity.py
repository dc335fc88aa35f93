"""Every code of `check`: what brings it about, where it is told, and in which words (contracts.md, ``check``)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import EXAMPLES
from tests.data_sets import PEOPLE, PLAIN, found, lay_out
from tiaokuai.graph.problems import CODES, ERROR
from tiaokuai.loaders import check

MEMBERS = "id,enterprise,association,since,until,consent\n"
TWO = PEOPLE["members.csv"] + "M2,E1,A1,2020-01-01,,2020-01-01\n"
ASSOCIATIONS = "id,block,kind,since,until\nA1,B1,,2019-05-01,\nA2,B2,,2020-05-01,\n"
SOURCED = {"associations.csv": ASSOCIATIONS, "replications.csv": "source,target,since\nB1,B2,2020-05-01\n"}


@dataclass(frozen=True)
class Wrong:
    """Files that bring one problem about, and how it is told."""

    code: str
    files: dict[str, str | bytes]
    table: str | None
    row: int | None
    column: str | None
    says: str


CASES = [
    Wrong("unreadable", {"blocks.csv": b"\x00\x01\x02"}, "blocks", None, None, "cannot be read: it is not text"),
    Wrong(
        "missing_column", {"blocks.csv": "id\nB1\nB2\n"}, "blocks", None, "district", "the column district is missing"
    ),
    Wrong(
        "repeated_column",
        {"blocks.csv": "id,district,片区\nB1,D1,D1\nB2,D1,D1\n"},
        *("blocks", None, "district", "two columns are both district (district and 片区)"),
    ),
    Wrong(
        "ragged_row", {"blocks.csv": "id,district\nB1,D1\nB2\n"}, "blocks", 3, None, "1 cells where the header has 2"
    ),
    Wrong("missing_value", {"blocks.csv": "id,district\nB1,D1\nB2,\n"}, "blocks", 3, "district", "is empty"),
    Wrong(
        "not_a_date",
        {"enterprises.csv": "id,block,since\nE1,B1,soon\n"},
        *("enterprises", 2, "since", "'soon' is not a date; write it as 2024-03-01"),
    ),
    Wrong(
        "not_an_integer",
        {"enterprises.csv": "id,block,staff\nE1,B1,2.5\n"},
        *("enterprises", 2, "staff", "'2.5' is not a whole number"),
    ),
    Wrong(
        "not_a_number", {"blocks.csv": "id,district,lon\nB1,D1,east\nB2,D1,\n"}, "blocks", 2, "lon", "'east' is not a"
    ),
    Wrong(
        "out_of_range",
        {"enterprises.csv": "id,block,since\nE1,B1,9999-01-01\n"},
        *("enterprises", 2, "since", "'9999-01-01' is outside 1800-01-01 to 2200-12-31"),
    ),
    Wrong(
        "unknown_value",
        {"blocks.csv": "id,district,kind\nB1,D1,ripe\nB2,D1,\n"},
        *("blocks", 2, "kind", "'ripe' is not one of emerging, mature, pilot"),
    ),
    Wrong(
        "too_long",
        {"districts.csv": f"id,name\nD1,{'x' * 1001}\n"},
        *("districts", 2, "name", "is 1001 characters long; at most 1000"),
    ),
    Wrong("bad_text", {"districts.csv": "id,name\nD1,a\x07b\n"}, "districts", 2, "name", "control character"),
    Wrong(
        "formula_error",
        {"enterprises.csv": "id,block,staff\nE1,B1,#DIV/0!\n"},
        *("enterprises", 2, "staff", "the cell shows the formula error #DIV/0!"),
    ),
    Wrong(
        "refused_column",
        {"enterprises.csv": "id,block,联系电话\nE1,B1,1\n"},
        *("enterprises", None, "联系电话", "would profile people (a phone number); it was not read"),
    ),
    Wrong(
        "duplicate_id",
        {"enterprises.csv": "id,block\nE1,B1\nE2,B2\nE1,B2\n"},
        *("enterprises", 4, "id", "'E1' is there already, in row 2"),
    ),
    Wrong(
        "duplicate_row",
        {"links.csv": "a,b,weight\nB1,B2,1\nB1,B2,2\n"},
        *("links", 3, "a", "says the same as row 2 (a B1, b B2)"),
    ),
    Wrong(
        "unknown_reference",
        {"enterprises.csv": "id,block\nE1,b 1\nE2,B2\n"},
        *("enterprises", 2, "block", "'b 1' is not an id of blocks; did you mean 'B1'?"),
    ),
    Wrong(
        "until_not_after_since",
        {"enterprises.csv": "id,block,since,until\nE1,B1,2020-01-01,2020-01-01\n"},
        *("enterprises", 2, "until", "2020-01-01 is not after since, 2020-01-01"),
    ),
    Wrong(
        "consent_missing",
        {**PEOPLE, "members.csv": MEMBERS + "M1,E1,A1,2020-01-01,,\n"},
        *("members", 2, "consent", "without a date of consent"),
    ),
    Wrong(
        "consent_after_since",
        {**PEOPLE, "members.csv": MEMBERS + "M1,E1,A1,2020-01-01,,2020-01-02\n"},
        *("members", 2, "consent", "consent on 2020-01-02 is later than since, 2020-01-01"),
    ),
    Wrong(
        "replicates_itself",
        {"replications.csv": "source,target,since\nB2,B2,2020-05-01\n"},
        *("replications", 2, "target", "block 'B2' cannot be its own source"),
    ),
    Wrong(
        "replication_cycle",
        {**SOURCED, "replications.csv": "source,target,since\nB1,B2,2020-05-01\nB2,B1,2020-06-01\n"},
        *("replications", 3, "target", "in a circle: B2 → B1 → B2"),
    ),
    Wrong(
        "district_cycle",
        {"districts.csv": "id,parent\nD1,D2\nD2,D3\nD3,D1\n"},
        *("districts", 4, "parent", "in a circle: D3 → D1 → D2 → D3"),
    ),
    Wrong(
        "unknown_component",
        {"adoptions.csv": "block,component,since\nB1,legal_iad,2020-01-01\n"},
        *("adoptions", 2, "component", "'legal_iad' is not a component of the template; did you mean 'legal_aid'?"),
    ),
    Wrong(
        "derived_component",
        {"adoptions.csv": "block,component,since\nB1,联谊会,2020-01-01\n"},
        *("adoptions", 2, "component", "follows from the records"),
    ),
    Wrong(
        "unknown_column",
        {"enterprises.csv": "id,block,staf\nE1,B1,3\n"},
        *("enterprises", None, "staf", "'staf' is not known and was left out; did you mean 'staff'?"),
    ),
    Wrong("unknown_table", {"bloks.csv": "id\nB1\n"}, None, None, None, "did you mean 'blocks'?"),
    Wrong("empty_table", {"links.csv": "a,b\n"}, "links", None, None, "has a header and no rows"),
    Wrong(
        "guessed_encoding",
        {"districts.csv": "id,name\nD1,区\n".encode("gb18030")},
        *("districts", None, None, "was read as GB18030; too short to be sure"),
    ),
    Wrong(
        "more_members_than_staff",
        {**PEOPLE, "enterprises.csv": "id,block,staff\nE1,B1,1\nE2,B2,8\n", "members.csv": TWO},
        *("enterprises", 2, "staff", "has 2 members at a time on a staff of 1"),
    ),
    Wrong(
        "more_lines_than_staff",
        {
            **PEOPLE,
            "enterprises.csv": "id,block,staff\nE1,B1,1\nE2,B2,8\n",
            "members.csv": MEMBERS + "M1,E1,A1,2020-01-01,,2020-01-01\n",
            "backbones.csv": "member,since,until\nM1,2020-03-01,\nM1,2020-04-01,2020-05-01\n",
        },
        *("enterprises", 2, "staff", "has 2 lines at a time on a staff of 1"),
    ),
    Wrong(
        "backbone_outside_membership",
        {**PEOPLE, "backbones.csv": "member,since\nM1,2019-12-01\n"},
        *("backbones", 2, "since", "the role (2019-12-01 to …) reaches outside the membership (2020-01-01 to …)"),
    ),
    Wrong(
        "overlapping_lines",
        {**PEOPLE, "backbones.csv": "member,since,until\nM1,2020-03-01,\nM1,2020-04-01,2020-05-01\n"},
        *("backbones", 3, "since", "another line at the same time, in row 2"),
    ),
    Wrong(
        "member_before_association",
        {**PEOPLE, "members.csv": MEMBERS + "M1,E1,A1,2019-04-30,,2019-04-30\n"},
        *("members", 2, "since", "2019-04-30 is before the association began, 2019-05-01"),
    ),
    Wrong(
        "member_before_enterprise",
        {**PEOPLE, "enterprises.csv": "id,block,since\nE1,B1,2020-01-02\nE2,B2,\n"},
        *("members", 2, "since", "2020-01-01 is before the enterprise began, 2020-01-02"),
    ),
    Wrong(
        "enrolment_before_association",
        {**PEOPLE, "enrolments.csv": "enterprise,association,since\nE1,A1,2019-04-30\n"},
        *("enrolments", 2, "since", "2019-04-30 is before the association began, 2019-05-01"),
    ),
    Wrong(
        "enrolment_before_enterprise",
        {
            **PEOPLE,
            "enterprises.csv": "id,block,since\nE1,B1,2019-06-01\nE2,B2,\n",
            "enrolments.csv": "enterprise,association,since\nE1,A1,2019-05-31\n",
        },
        *("enrolments", 2, "since", "2019-05-31 is before the enterprise began, 2019-06-01"),
    ),
    Wrong(
        "replication_before_source",
        {**SOURCED, "replications.csv": "source,target,since\nB1,B2,2019-04-30\n"},
        *("replications", 2, "since", "2019-04-30 is before the source block was founded, 2019-05-01"),
    ),
    Wrong(
        "founded_without_source",
        {"associations.csv": ASSOCIATIONS},
        *("blocks", 3, None, "block 'B2' is founded and no source is recorded"),
    ),
    Wrong(
        "fewer_members_than_lines",
        {"counts.csv": "enterprise,since,members,lines\nE1,2020-01-01,3,1\nE1,2021-01-01,,4\n"},
        *("counts", 3, "members", "3 members with 4 lines"),
    ),
    Wrong(
        "count_before_enterprise",
        {
            "enterprises.csv": "id,block,since\nE1,B1,2020-01-02\nE2,B2,\n",
            "counts.csv": "enterprise,since,members\nE1,2020-01-01,3\n",
        },
        *("counts", 2, "since", "2020-01-01 is before the enterprise began, 2020-01-02; it counts from then on"),
    ),
    Wrong(
        "capacity_as_before",
        {"counts.csv": "enterprise,since,members,lines,capacity\nE1,2020-01-01,3,1,8\nE1,2021-01-01,3,2,\n"},
        *("counts", 3, "capacity", "is empty while the lines changed: the capacity counted before, 8, still holds"),
    ),
    Wrong("bad_release", {"release.json": '{"audience": "all"}'}, None, None, None, "is not the note of a release"),
    Wrong(
        "persons_in_release",
        {
            "release.json": '{"audience": "planner", "steps": ["2020-01-01"], "base": "0123456789abcdef", '
            '"pools": {"lines": [], "members": [["B1", "B2"]]}, "without_staff": 0, '
            '"line_capacity": 10}',
            "associations.csv": PEOPLE["associations.csv"],
            "members.csv": PEOPLE["members.csv"],
        },
        *("members", None, None, "holds persons, and a release has none"),
    ),
    Wrong(
        "ambiguous_number",
        {"enterprises.csv": "id,block,staff\nE1,B1,1.000\n"},
        *("enterprises", 2, "staff", "'1.000' may be 1000 or 1; write it without a separator"),
    ),
    Wrong(
        "says_nothing",
        {"enterprises.csv": "id,block,staff\nE1,B1,—\n"},
        *("enterprises", 2, "staff", "'—' does not say what is meant"),
    ),
    Wrong(
        "swapped_coordinates",
        {"blocks.csv": "id,district,lon,lat\nB1,D1,31.2,121.5\nB2,D1,,\n"},
        *("blocks", 2, "lat", "'121.5' is no lat; are longitude and latitude swapped?"),
    ),
    Wrong(
        "lookalike_reference",
        {"enterprises.csv": "id,block\nE1,\u04121\nE2,B2\n"},
        *("enterprises", 2, "block", "looks like 'B1' of blocks but has other letters in it (U+0412 CYRILLIC"),
    ),
    Wrong(
        "headings_below",
        {"enterprises.csv": "企业一览表,\nid,block\nE1,B1\nE2,B2\n"},
        *("enterprises", 2, None, "the headings are in row 2"),
    ),
    Wrong("spreadsheet_beside", {"notes.xlsx": b"PK\x03\x04"}, None, None, None, "notes.xlsx is a spreadsheet"),
    Wrong(
        "day_numbers",
        {"enterprises.csv": "id,block,since\nE1,B1,45352\n"},
        *("enterprises", 2, "since", "45352 was read as 2024-03-01"),
    ),
    Wrong(
        "spoilt_id",
        {"enterprises.csv": "id,block\n2024-03-01,B1\n"},
        *("enterprises", 2, "id", "such as '2024-03-01'; format the column as text"),
    ),
    Wrong(
        "lookalike_id",
        {"enterprises.csv": "id,block\nE1,B1\n\u04151,B2\n"},
        *("enterprises", 3, "id", "looks like 'E1' in row 2 but has other letters in it (U+0415 CYRILLIC"),
    ),
    Wrong("link_to_itself", {"links.csv": "a,b\nB1,B1\n"}, "links", 2, "b", "links 'B1' with itself"),
    Wrong("link_repeated", {"links.csv": "a,b\nB1,B2\nB2,B1\n"}, "links", 3, "b", "is there already, in row 2"),
]


def test_every_code_has_its_case() -> None:
    # Retention is looked at beside the integrity of the data, in test_privacy; problems by the million in test_hostile;
    # what only spreadsheets have, and coordinates, in test_loading_spreadsheets and test_loading_odd_cells.
    elsewhere = {"missing_table", "past_retention", "more_errors", "more_warnings"}
    elsewhere |= {"formula_without_result", "hidden_sheet", "hidden_rows", "merged_cells", "far_from_others"}
    assert {case.code for case in CASES} | elsewhere == set(CODES)


def test_the_plain_data_sets_have_no_problem(tmp_path: Path) -> None:
    assert found(lay_out(tmp_path, people=True)) == []
    assert found(lay_out(tmp_path, SOURCED, people=True)) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_each_problem_is_told_once_at_its_place_in_both_languages(case: Wrong, tmp_path: Path) -> None:
    problems = [p for p in found(lay_out(tmp_path, case.files)) if p.code == case.code]
    assert [(p.table, p.row, p.column) for p in problems] == [(case.table, case.row, case.column)]
    assert case.says in problems[0].message("en")
    assert "{" not in problems[0].message("zh")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in problems[0].message("zh"))


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_a_missing_required_table_is_an_error_and_said_once(name: str, tmp_path: Path) -> None:
    data = lay_out(tmp_path)
    (data / name).unlink()
    table = name.removesuffix(".csv")
    assert ("missing_table", table) in {(p.code, p.table) for p in found(data)}


def test_errors_of_contracts_are_errors_and_oddities_warnings() -> None:
    """The list of contracts.md, word for word."""
    odd = {
        *("more_members_than_staff", "more_lines_than_staff", "backbone_outside_membership", "overlapping_lines"),
        *("member_before_association", "member_before_enterprise", "enrolment_before_association"),
        *("enrolment_before_enterprise", "replication_before_source", "founded_without_source", "unknown_column"),
        *("unknown_table", "empty_table", "guessed_encoding", "link_to_itself", "link_repeated"),
        *("past_retention", "more_warnings", "count_before_enterprise", "capacity_as_before"),
        *("headings_below", "hidden_sheet", "hidden_rows", "merged_cells", "spreadsheet_beside", "day_numbers"),
        *("spoilt_id", "lookalike_id", "far_from_others"),
    }
    assert {code for code, (severity, _, _) in CODES.items() if severity != ERROR} == odd


def test_more_members_than_staff_counts_those_at_a_time_and_while_the_enterprise_lives(tmp_path: Path) -> None:
    one_after_another = MEMBERS + "M1,E1,A1,2020-01-01,2020-06-01,2020-01-01\nM2,E1,A1,2020-06-01,,2020-06-01\n"
    after_it_closed = MEMBERS + "M1,E1,A1,2020-01-01,,2020-01-01\nM2,E1,A1,2022-01-01,,2020-06-01\n"
    closing = "id,block,staff,until\nE1,B1,1,2021-01-01\nE2,B2,8,\n"
    for at, members in enumerate((one_after_another, after_it_closed)):
        files: dict[str, str | bytes] = {**PEOPLE, "enterprises.csv": closing, "members.csv": members}
        assert [p.code for p in found(lay_out(tmp_path / str(at), files)) if p.table == "enterprises"] == []


def test_no_pilot_needs_a_source_and_a_source_never_founded_is_odd(tmp_path: Path) -> None:
    replications = "source,target,since\nB2,B1,2020-05-01\n"
    problems = found(lay_out(tmp_path, {"replications.csv": replications}, people=True))
    assert [(p.code, p.about["other"]) for p in problems] == [("replication_before_source", "…")]


def test_a_reference_to_a_row_with_another_fault_still_resolves(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"enterprises.csv": "id,block,staff\nE1,B1,many\nE2,B2,8\n"}
    assert [p.code for p in found(lay_out(tmp_path, files, people=True))] == ["not_an_integer"]


def test_every_problem_of_the_whole_data_set_is_told_at_once_in_order(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "blocks.csv": "id,district,kind\nB1,D9,pilot\n,D1,ripe\n",
        "enterprises.csv": "id,block,staff,email\nE1,B1,-3,x\nE1,B7,x,y\n",
    }
    problems = [(p.code, p.table, p.row, p.column) for p in found(lay_out(tmp_path, files))]
    assert problems == [
        ("unknown_reference", "blocks", 2, "district"),
        ("missing_value", "blocks", 3, "id"),
        ("unknown_value", "blocks", 3, "kind"),
        ("refused_column", "enterprises", None, "email"),
        ("out_of_range", "enterprises", 2, "staff"),
        ("duplicate_id", "enterprises", 3, "id"),
        ("unknown_reference", "enterprises", 3, "block"),
        ("not_an_integer", "enterprises", 3, "staff"),
    ]


@pytest.mark.parametrize(
    ("study", "rows", "blocks"), [("medical-innovation", 125, 4), ("brazil-farmers", 692, 11)], ids=str
)
def test_the_field_studies_have_no_error_and_their_blocks_no_source(study: str, rows: int, blocks: int) -> None:
    report = check(EXAMPLES / study)
    assert report.ok
    assert report.rows["enterprises"] == rows
    assert [p.code for p in report.problems] == ["founded_without_source"] * blocks
