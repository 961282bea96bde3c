"""The steps of the debugging ladder, lowest first."""

from __future__ import annotations

from enum import StrEnum


class Rung(StrEnum):
    """One step of the ladder; lower steps are mended before higher ones."""

    INSTRUMENT = "instrument"
    DATA = "data"
    PIPELINE = "pipeline"
    MODEL = "model"
    TRAINING = "training"
    EVALUATION = "evaluation"
    OPERATION = "operation"

    @property
    def height(self) -> int:
        """Position on the ladder, 0 for the instrument."""
        return list(Rung).index(self)


LETTERS = {
    "D": Rung.DATA,
    "P": Rung.PIPELINE,
    "M": Rung.MODEL,
    "T": Rung.TRAINING,
    "E": Rung.EVALUATION,
    "O": Rung.OPERATION,
}
