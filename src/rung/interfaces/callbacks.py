"""`rung.callback`: rung as a callback of the library that trains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rung.core.errors import BadSetting

if TYPE_CHECKING:
    from rung.core.report import Report
    from rung.inputs.history import History

LIBRARIES = ("lightning", "transformers", "keras", "xgboost", "lightgbm")


def callback(library: str, **settings: Any) -> Any:
    """A callback to hand to the library's trainer; ask it afterwards for `.report` and `.history`.

        trainer = Trainer(callbacks=[found := rung.callback("lightning")])

    library : 'lightning' and 'transformers' watch the PyTorch loop in full and take the settings of `rung.watch`; 'keras', 'xgboost' and
    'lightgbm' read the curves that the library logs (evaluation sets must be given to it).
    Raises BadSetting for another name, MissingExtra where the library is not installed.
    """
    if library not in LIBRARIES:
        raise BadSetting(f"'{library}' is no library that rung has a callback for.", hint=f"Known are {', '.join(LIBRARIES)}.")
    if library in ("lightning", "transformers"):
        return _watching(library, settings)
    if settings:
        raise BadSetting(f"The callback of '{library}' takes no settings; got {', '.join(settings)}.")
    return _reading(library)


def _watching(library: str, settings: dict[str, Any]) -> Any:
    from importlib import import_module

    from rung.interfaces.watching import watch

    run: list[Any] = []

    def begin() -> None:
        run.append(watch(**settings))
        run[-1].watching.framework = library

    def end(error: BaseException | None) -> None:
        if run:
            run[-1].close(error)

    made = import_module(f"rung.record.callbacks.{library}").make(begin, end)
    return _answering(made, lambda: _last(run).history, lambda: _last(run).report)


def _last(run: list[Any]) -> Any:
    if not run:
        raise BadSetting("Nothing was trained with this callback yet.")
    return run[-1]


def _reading(library: str) -> Any:
    from rung.record.callbacks.curves import Curves

    curves = Curves(library, "epoch" if library == "keras" else "round")
    if library == "keras":
        from rung.record.callbacks.keras import make

        made = make(curves, lambda: None)
    else:
        from rung.record.callbacks import boosting

        made = boosting.make_xgboost(curves, lambda: None) if library == "xgboost" else boosting.make_lightgbm(curves)
    return _answering(made, curves.history, lambda: _report(curves.history()))


def _report(history: History) -> Report:
    from rung.interfaces.training import report_on_history

    return report_on_history(history)


def _answering(made: Any, history: Any, report: Any) -> Any:
    """The library's own object, with `history` and `report` beside its methods."""
    if type(made).__name__ == "function":
        made.history, made.report = _Later(history), _Later(report)
        return made
    kind = type(made)
    made.__class__ = type(
        kind.__name__, (kind,), {"history": property(lambda _self: history()), "report": property(lambda _self: report())}
    )
    return made


class _Later:
    """For functions, which have no properties: call it for the answer."""

    def __init__(self, ask: Any) -> None:
        self._ask = ask

    def __call__(self) -> Any:
        return self._ask()


def follow(estimator: Any, valid: tuple[Any, Any] | None = None) -> Followed:
    """Follow an estimator that learns by `partial_fit`; call `partial_fit` on what is returned instead.

    valid : (X, y) whose loss is logged after every batch; it costs one prediction a batch.
    """
    return Followed(estimator, valid)


class Followed:
    """An estimator that is followed."""

    def __init__(self, estimator: Any, valid: tuple[Any, Any] | None = None) -> None:
        from rung.record.callbacks.curves import Curves
        from rung.record.callbacks.partial_fit import PartialFit

        self._curves = Curves("sklearn", "optimizer.step")
        self._inner = PartialFit(self._curves, estimator, valid)
        self.estimator = estimator

    def partial_fit(self, features: Any, labels: Any, *args: Any, **kwargs: Any) -> Followed:
        """Learn one batch, and log its loss on the model as it was before."""
        self._inner.partial_fit(features, labels, *args, **kwargs)
        return self

    @property
    def history(self) -> History:
        """The curves so far."""
        return self._curves.history()

    @property
    def report(self) -> Report:
        """What they say."""
        return _report(self.history)
