"""Coverage a third time, on the networkx graph of model.md §1 alone: no table, no array, for tests and as a peer."""

from __future__ import annotations

from typing import Any


def coverage_of_graph(graph: Any, staff_of_unknown: int = 10, line_capacity: int = 10) -> dict[str, dict[str, int]]:
    """Per block: enterprises, enterprises_with_line, staff, lines, members, potential, reached."""
    keys = ("enterprises", "enterprises_with_line", "staff", "lines", "members", "potential", "reached")
    blocks = {id: dict.fromkeys(keys, 0) for _, id in labelled(graph, "Block")}
    for node, _ in labelled(graph, "Enterprise"):
        block = next(end for _, end, kind in graph.out_edges(node, data="type") if kind == "IN_BLOCK")
        staff = graph.nodes[node].get("staff", staff_of_unknown)
        edges = list(graph.in_edges(node, data=True))
        members = sum(own["type"] == "WORKS_AT" for _, _, own in edges)
        lines = [own.get("capacity", line_capacity) for _, _, own in edges if own["type"] == "EXTENDS_TO"]
        counted = [graph.nodes[count] for count, _, own in edges if own["type"] == "OF"]
        capacity = sum(lines) + sum(
            own.get("capacity", own["lines"] * line_capacity) for own in counted if own["lines"]
        )
        number = len(lines) + sum(own["lines"] for own in counted)
        members += sum(own["members"] for own in counted)
        potential = min(staff, capacity)
        figures = (1, number > 0, staff, number, members, potential, min(staff, max(potential, members)))
        for key, figure in zip(keys, figures, strict=True):
            blocks[graph.nodes[block]["id"]][key] += int(figure)
    return blocks


def labelled(graph: Any, label: str) -> list[tuple[Any, str]]:
    """Nodes of one label with their ids."""
    return [(node, own["id"]) for node, own in graph.nodes(data=True) if own["label"] == label]
