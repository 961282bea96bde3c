"""T302: layers that the model uses and does not list."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.run_charts import at
from rung.inputs.history import History
from rung.inputs.history_model import Unregistered

HOLDERS = {"modules": "nn.ModuleList or nn.ModuleDict", "parameters": "nn.ParameterList or nn.ParameterDict", "tensor": "nn.Parameter"}

WEIGHTED = ("addmm", "linear", "mm", "t", "convolution", "baddbmm")  # operations on weights, as the graph names them


@check(
    "T302",
    severity="error",
    explains=(
        "flat-loss",
        "plateaued-loss",
        "underfitting",
        "frozen-parameters",
        "optimizer-holds-other-parameters",
        "serialization-mismatch",
        "graph-cut-at-loss",
    ),
)
def unregistered_parameters(history: History) -> Iterator[Finding]:
    """Layers or tensors of the model stand in a plain list, dict or attribute, so that `parameters()` does not know them.

    Why it matters:
        The optimizer never moves them, `to(device)` leaves them behind, and the saved state does not contain them.
    Likely cause:
        `[nn.Linear(...) for _ in range(n)]` in place of `nn.ModuleList`, a dict of heads, or a tensor with requires_grad in place of `nn.Parameter`.
    How it decides:
        Exact: the model's attributes are walked; trainable modules and tensors that were called or got a gradient, and that `parameters()` does not list.
    When it is wrong:
        Held by an optimizer nevertheless they are trained, and only missing from the saved state: a note. What was never used is a note as well.
    Fix:
        Put them into nn.ModuleList, nn.ModuleDict or nn.Parameter.
    Verify:
        `sum(p.numel() for p in model.parameters())` grows by their number.
    Prevent:
        Compare the count of parameters with the one worked out by hand.
    Sources:
        The rule is exact.
    """
    for each in history.unregistered:
        yield _finding(each, history)
    if not history.unregistered and _made_anew(history):
        yield _anew(history)


def _made_anew(history: History) -> bool:
    """The output comes of weights that belong to no module, and they are others at each pass."""
    two = history.probes.two_passes
    loss = next((each for each in history.losses if each.phase == "train"), None)
    stray = loss is not None and not loss.producer and loss.producer_type in WEIGHTED
    return stray and two is not None and two.difference > 1e-3 and not history.loop.dropout_in_eval


def _anew(history: History) -> Finding:
    idle = tuple(each.path for each in history.layers if each.order < 0 and each.n_parameters)
    return Finding(
        subject=Subject(kind="layer", names=(*idle, history.model_name), where=history.model_where),
        message=f"The output of {history.model_name} is made by weights that no module holds, and they are others at each pass: a layer is made inside forward()"
        + (f", while '{idle[0]}' is never called" if idle else "")
        + f"{at(history.model_where)}.",
        severity=Severity.CRITICAL,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Measure(
                title="Difference of two passes of one batch, over the outputs' spread",
                value=history.probes.two_passes.difference,
                limit=1e-3,
            ),
        )
        if history.probes.two_passes
        else (),
        remedy=Remedy(
            cause="A layer that is made in forward() has new random weights at each call.",
            fix="Make it in __init__ and call it in forward().",
            patch="def __init__(self):\n    self.out = nn.Linear(40, 10)\n\ndef forward(self, x):\n    return self.out(x)",
        ),
    )


def _finding(found: Unregistered, history: History) -> Finding:
    name = f"{found.owner}.{found.attribute}" if found.owner else found.attribute
    holder = HOLDERS.get(found.kind, "nn.ModuleList")
    layer = history.layer(found.owner)
    where = (layer.where if layer is not None else None) or history.model_where
    harmful = bool(found.used) and not found.held
    fate = "are never trained" if harmful else "are trained, but missing from the saved state" if found.held else "were not used"
    return Finding(
        subject=Subject(kind="layer", names=(name, found.owner or history.model_name), where=where),
        message=f"'{name}' holds {found.count} {found.type_name or found.kind} ({found.entries:,} weights) that parameters() does not list; they {fate}{at(where)}.",
        severity=Severity.CRITICAL if harmful else Severity.NOTE,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Measure(title="Weights that are not listed", value=float(found.entries)),
            Ranking(
                title="What was found",
                columns=("attribute", "kind", "how many", "entries"),
                rows=((name, found.kind, found.count, found.entries),),
            ),
        ),
        remedy=Remedy(
            cause=f"A plain Python container hides them; {holder} does not.",
            fix=f"Use {holder}.",
            patch=_patch(found),
            verify="The number of parameters grows, and each changes after one step.",
            prevent="assert all(isinstance(v, nn.Module) or not hasattr(v, '__len__') for v in vars(model).values())",
            experiment="unfreeze",
        ),
    )


def _patch(found: Unregistered) -> str:
    if found.kind == "tensor":
        return f"self.{found.attribute} = nn.Parameter(self.{found.attribute}.detach())"
    box = "nn.ModuleDict" if "dict" in found.type_name.lower() else "nn.ModuleList" if found.kind == "modules" else "nn.ParameterList"
    return f"self.{found.attribute} = {box}(self.{found.attribute})"
