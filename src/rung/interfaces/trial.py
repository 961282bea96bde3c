"""One question to a model before any work is done: does it answer for rows like these at all?"""

from __future__ import annotations

import numpy as np

from rung.core.errors import BadInput
from rung.inputs.model import Model
from rung.inputs.table import Table

ROWS = 5
HINT = "Hand over what answers for such rows: the pipeline with its preprocessing, or a function of rows. Without a model the tables are looked at alone."


def require_answer(model: Model, table: Table, target: str | None) -> None:
    """Ask for a few rows without missing values, which many models refuse for a reason of their own. Raises BadInput where no answer comes.

    A model that does not name its columns is asked where the target is known, since it must not be shown it.
    """
    if not model.features and (target is None or target not in table.columns):
        return
    features = [name for name in model.features or table.columns if name != target and name in table.columns]
    complete = table.frame.select(features).with_row_index("rung row").drop_nulls()["rung row"].head(ROWS).to_numpy()
    if not len(complete):
        return
    rows = table.take(complete.astype(np.int64))
    asked = rows if model.features or target is None else rows.drop([target])
    try:
        said = np.asarray(model.predict(asked))
    except BadInput:
        raise
    except Exception as error:
        first = str(error).splitlines()[0] if str(error) else ""
        raise BadInput(f"'{model.name}' fails on rows of '{table.source}': {type(error).__name__}: {first}", hint=HINT) from error
    if said.shape[:1] != (len(complete),):
        raise BadInput(f"'{model.name}' returns {said.shape} values for {len(complete)} rows of '{table.source}'.", hint=HINT)
    if said.dtype.kind == "f" and not np.isfinite(said).any():
        raise BadInput(f"'{model.name}' returns no number for any of {len(complete)} complete rows of '{table.source}'.", hint=HINT)
    if any(isinstance(each, np.ndarray | list | tuple) for each in model.classes):
        raise BadInput(
            f"'{model.name}' predicts {len(model.classes)} targets at once; rung looks at one.",
            hint="Hand over a function of rows that returns one of them, such as `lambda rows: model.predict(rows)[:, 0]`.",
        )
