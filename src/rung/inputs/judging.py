"""How a model is judged in one measurement: what is kept from it, and how the scored rows are parted."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """One way of judging. Two of them are added by `plus`; what differs between two measurements is the experiment.

    without_columns : features that are taken from the model.   without_rows : training rows (positions as given) that are not fitted on.
    without_scored : test rows (positions as given) that are not scored.
    by_entity, by_time : columns that part the scored rows into batches, whether or not the fault is in.
    entities_apart : no row of an entity of the batch is fitted on.   past_only : only rows before the batch are fitted on.
    reference : judge by rung's own model in place of the user's.   in_folds : leave the test set alone and judge in folds of the training rows.
    """

    without_columns: frozenset[str] = frozenset()
    without_rows: frozenset[int] = frozenset()
    without_scored: frozenset[int] = frozenset()
    by_entity: str | None = None
    by_time: str | None = None
    entities_apart: bool = False
    past_only: bool = False
    reference: bool = False
    in_folds: bool = False

    def plus(self, other: Judging) -> Judging:
        """Both taken out."""
        return replace(
            self,
            without_columns=self.without_columns | other.without_columns,
            without_rows=self.without_rows | other.without_rows,
            without_scored=self.without_scored | other.without_scored,
            by_entity=self.by_entity or other.by_entity,
            by_time=self.by_time or other.by_time,
            entities_apart=self.entities_apart or other.entities_apart,
            past_only=self.past_only or other.past_only,
            reference=self.reference or other.reference,
            in_folds=self.in_folds or other.in_folds,
        )

    def frame(self) -> Judging:
        """The same batches and judge with nothing taken out: the other side of the comparison."""
        return Judging(by_entity=self.by_entity, by_time=self.by_time, reference=self.reference, in_folds=self.in_folds)
