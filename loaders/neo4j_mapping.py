"""Which table is which label or relationship (model.md §1)."""

from __future__ import annotations

LABELS = {
    "districts": "District",
    "blocks": "Block",
    "enterprises": "Enterprise",
    "associations": "Association",
    "members": "Member",
}
# table: {column that refers: (relationship, table referred to)}
REFERENCES = {
    "blocks": {"district": ("IN_DISTRICT", "districts")},
    "enterprises": {"block": ("IN_BLOCK", "blocks")},
    "associations": {"block": ("SERVES", "blocks")},
    "members": {"enterprise": ("WORKS_AT", "enterprises"), "association": ("BELONGS_TO", "associations")},
}
# table: (relationship, table and column it starts at, table and column it ends at)
RELATIONS = {
    "enrolments": ("ENROLLED_IN", ("enterprises", "enterprise"), ("associations", "association")),
    "backbones": ("EXTENDS_TO", ("members", "member"), ("enterprises", "enterprise")),
    "adoptions": ("ADOPTED", ("blocks", "block"), ("components", "component")),
    "replications": ("REPLICATES", ("blocks", "target"), ("blocks", "source")),
    "links": ("LINKED_TO", ("blocks", "a"), ("blocks", "b")),
}
