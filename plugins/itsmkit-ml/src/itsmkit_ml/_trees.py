"""Boosted trees as plain arrays: taken out of what scikit-learn has learned, and read with NumPy alone."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from attrs import frozen

__all__ = ["Trees"]

_MOST_AT_ONCE = 256
_ARRAYS = ("feature", "threshold", "left", "right", "value", "roots", "column", "start")


@frozen(eq=False)
class Trees:
    """
    Trees, the nodes of all of them in one line.

    Args:
        feature: Which number each node asks for; -1 for a leaf.
        threshold: Up to how much it may be for the left way.
        left: The node on the left; for a leaf, itself.
        right: The node on the right; for a leaf, itself.
        value: What a leaf adds.
        roots: Where each tree begins.
        column: To which label each tree adds.
        start: What each label starts with.
    """

    feature: Any
    threshold: Any
    left: Any
    right: Any
    value: Any
    roots: Any
    column: Any
    start: Any

    @classmethod
    def of(cls, learned: Any) -> "Trees":
        """Return the trees of a fitted ``HistGradientBoostingClassifier`` without categories."""
        parts: dict[str, list[Any]] = {
            name: [] for name in ("feature", "threshold", "left", "right", "value")
        }
        roots, columns, offset = [], [], 0
        # scikit-learn shows its trees to nobody; a test holds what is read here to what it predicts itself.
        for iteration in learned._predictors:
            for column, tree in enumerate(iteration):
                nodes, here = tree.nodes, np.arange(len(tree.nodes))
                is_leaf = nodes["is_leaf"].astype(bool)
                parts["feature"].append(np.where(is_leaf, -1, nodes["feature_idx"]))
                parts["threshold"].append(np.where(is_leaf, 0.0, nodes["num_threshold"]))
                parts["left"].append(np.where(is_leaf, here, nodes["left"]) + offset)
                parts["right"].append(np.where(is_leaf, here, nodes["right"]) + offset)
                parts["value"].append(np.where(is_leaf, nodes["value"], 0.0))
                roots.append(offset)
                columns.append(column)
                offset += len(nodes)
        start = np.ravel(learned._baseline_prediction)
        joined = {name: np.concatenate(each) for name, each in parts.items()}
        return cls(
            feature=joined["feature"].astype(np.int32),
            threshold=joined["threshold"].astype(np.float64),
            left=joined["left"].astype(np.int32),
            right=joined["right"].astype(np.int32),
            value=joined["value"].astype(np.float32),
            roots=np.asarray(roots, dtype=np.int32),
            column=np.asarray(columns, dtype=np.int32),
            start=start.astype(np.float64),
        )

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any], called: str) -> "Trees | None":
        """Return the trees that `arrays` has written; ``None`` if there are none."""
        if f"{called}.roots" not in arrays:
            return None
        return cls(**{name: arrays[f"{called}.{name}"] for name in _ARRAYS})

    def arrays(self, called: str) -> dict[str, Any]:
        """Return what they are made of, by name."""
        return {f"{called}.{name}": getattr(self, name) for name in _ARRAYS}

    def shares(self, evidence: Any) -> Any:
        """Return for each row of *evidence*, the numbers that they ask for, the shares of the labels."""
        found = [
            self._scores(evidence[place : place + _MOST_AT_ONCE])
            for place in range(0, len(evidence), _MOST_AT_ONCE)
        ]
        scores = np.concatenate(found) if found else np.zeros((0, len(self.start)))
        if scores.shape[1] == 1:  # of two labels, the odds of the second are learned
            scores = np.hstack([np.zeros_like(scores), scores])
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        return raised / raised.sum(axis=1, keepdims=True)

    def _scores(self, evidence: Any) -> Any:
        rows = np.arange(len(evidence))[:, None]
        place = np.broadcast_to(self.roots, (len(evidence), len(self.roots))).copy()
        while True:
            asked = self.feature[place]
            if (asked < 0).all():
                break
            goes_left = evidence[rows, np.maximum(asked, 0)] <= self.threshold[place]
            # A leaf is on both of its own sides.
            place = np.where(goes_left, self.left[place], self.right[place])
        scores = np.tile(self.start, (len(evidence), 1))
        for column in range(len(self.start)):
            scores[:, column] += self.value[place][:, self.column == column].sum(axis=1, dtype=np.float64)
        return scores
