from itsmkit._diagrams.layout import Box, Edge, Layout, Node, _labelled, lay_out

NODES = [Node("a", 80, 40), Node("frame", 10, 10), Node("b", 80, 40, "frame")]


def test_what_is_wide_or_runs_with_the_flow_is_kept_straight_first():
    edges = [Edge("a", "b"), Edge("a", "b", width=3.0), Edge("b", "a", width=3.0)]
    asked = [
        (edge["weight"], edge["thickness"], edge["reverse_for_ranking"])
        for edge in _labelled(NODES, edges, [False, False, True]).edges
    ]
    assert asked == [(2.0, 1.0, False), (6.0, 3.0, False), (3.0, 3.0, True)]


def test_edges_run_to_their_label_and_on_or_straight_to_their_end():
    edges = [Edge("a", "b", (30, 15)), Edge("a", "frame"), Edge("b", "a", (200, 15))]
    found = lay_out(NODES, edges, direction="down", padding=20)
    assert [len(route) for route in found.routes] == [2, 1, 2]
    assert [(label.width, label.height) for label in found.labels] == [(30, 15), (200, 15)]
    a, frame, b = found.boxes
    assert (a.width, a.height) == (80, 40)
    assert a.bottom < found.labels[0].top < found.labels[0].bottom < frame.top
    assert (b.left - frame.left >= 20, b.top - frame.top >= 20) == (True, True)


def test_bounds_hold_nodes_labels_and_bends():
    found = Layout((Box(0, 0, 10, 10),), ((((5.0, 10.0), (-7.0, 31.0)),),), (Box(20, -3, 5, 5),))
    assert found.bounds == Box(-7, -3, 32, 34)
    assert found.bounds.middle == (9, 14)
    assert (25.0, 31.0) in found.bounds
    assert (25.1, 31.0) not in found.bounds
