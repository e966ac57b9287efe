"""The picture of versions: one lane for each line of work."""

from domain.rubric.lanes import layout


def test_a_line_stays_in_its_lane_and_branches_get_their_own() -> None:
    nodes, edges = layout({1: None, 2: 1, 3: 1, 4: 2, 5: 3}, {4: [3], 5: [9]})
    assert [(node.number, node.column, node.lane) for node in nodes] == [
        (1, 0, 0), (2, 1, 0), (3, 2, 1), (4, 3, 0), (5, 4, 1),
    ]  # fmt: skip
    drawn = [(edge.start.number, edge.end.number, edge.merge) for edge in edges]
    assert drawn == [(1, 2, False), (1, 3, False), (2, 4, False), (3, 5, False), (3, 4, True)]


def test_versions_without_a_known_parent_stand_alone() -> None:
    nodes, edges = layout({3: 2, 7: None}, {})
    assert [(node.number, node.lane) for node in nodes] == [(3, 0), (7, 1)]
    assert edges == ()
    assert layout({}, {}) == ((), ())
