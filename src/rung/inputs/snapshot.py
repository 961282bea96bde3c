"""`Snapshot`: what a later comparison needs to know of the reference, without a single row of it."""

from __future__ import annotations

from dataclasses import dataclass

from rung.inputs.contract import Task

SNAPSHOT_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """How far windows of `rows` rows lie from the rows before them, beyond what sampling gives.

    windows : how many were compared.   step, mass : mean squared excess of the Kolmogorov-Smirnov and of the total variation distance;
    gone : of the difference of the missing shares.   most : the largest of the three distances that one window had.
    """

    rows: int
    windows: int
    step: float
    mass: float
    gone: float = 0.0
    most: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a single new value may lie before chance cannot have brought it: limits for one row in 10^4, 10^6, 10^8 and 10^10."""

    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSketch:
    """One column of the reference.

    role : as in the schema.   clock : it moves with time, so it is not compared.   n, missing : rows and missing values.
    edges : increasing values, at most 41.   below, upto : shares of the known values that are < and <= each edge.
    levels, counts : the commonest categories, most first.   n_levels, once, twice : different levels, and those seen once and twice.
    seen : rows that these are counted over where they repeat entities (each level of an entity once), 0 where they do not.
    settled, rest : where not all levels are kept by name, how many of those are common beyond doubt, and the rows of all others, dealt into parts by hash.
    known : hashes of all levels, base64, '' where there are too many.   middle, spread : median and standard deviation.
    """

    name: str
    kind: str
    dtype: str
    role: str = "feature"
    clock: bool = False
    integer: bool = False
    date_format: str = ""
    n: int
    missing: int
    edges: tuple[float, ...] = ()
    below: tuple[float, ...] = ()
    upto: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    n_levels: int = 0
    once: int = 0
    twice: int = 0
    known: str = ""
    seen: int = 0
    settled: int = 0
    rest: tuple[int, ...] = ()
    middle: float | None = None
    spread: float | None = None
    reach: Reach = Reach()
    variation: tuple[Variation, ...] = ()

    @property
    def missing_share(self) -> float:
        """Missing values over rows, 0..1."""
        return self.missing / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """How the numeric columns go together: correlations of their normal scores, row by row of the upper triangle.

    edges, upto : quantiles of each column's surprise (its distance from what the others foretell, in standard deviations).
    reach : limits of the surprise for one row in 10^4, 10^6, 10^8 and 10^10, per column.   rows : that the figures rest on.
    totals : quantiles of a row's largest surprise at 0.5, 0.9, 0.95, 0.99 and 0.999.
    """

    names: tuple[str, ...]
    correlations: tuple[float, ...]
    reach: tuple[Reach, ...]
    totals: tuple[float, ...]
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSketch:
    """What the model says about reference rows, and how right it was.

    origin : whose predictions: 'test rows', 'out of fold', 'later rows than those fitted on', 'prediction column' or 'reference rows'.
    trusted : whether they are those of rows the model had not seen; the level of the score can only be compared where they are.
    score : P(positive), the largest probability, or the predicted number.   shares : predicted classes with their counts, classification.
    own : the score of the model itself on rows that it was fitted on, where `score` is that of clones fitted on fewer: what it says about new
    rows lies between the two.
    metric, value, error : score with its standard error, None without labels.   wobble : standard deviation of the score between windows in
    time beyond sampling, `wobble_windows` of them; off_wobble the same of mean outcome minus mean prediction.
    predicted, observed, squared, counts : per bin of the prediction: mean prediction, mean outcome, mean squared error, rows.
    base : share of the positive class, or mean of the target.
    """

    origin: str
    trusted: bool
    score: ColumnSketch
    shares: ColumnSketch | None = None
    own: ColumnSketch | None = None
    metric: str = ""
    value: float | None = None
    error: float | None = None
    wobble: float = 0.0
    off_wobble: float = 0.0
    wobble_windows: int = 0
    predicted: tuple[float, ...] = ()
    observed: tuple[float, ...] = ()
    squared: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    base: float | None = None
    n_labels: int = 0
    n_positive: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything that production compares with: small, and without rows.

    share : rows that count as independent over all rows (entities over rows where rows repeat entities).
    """

    source: str
    rows: int
    columns: tuple[ColumnSketch, ...]
    target: str | None = None
    task: Task | None = None
    classes: tuple[str, ...] = ()
    positive: int = -1
    time: str | None = None
    groups: str | None = None
    model: str = ""
    features: tuple[str, ...] = ()
    share: float = 1.0
    together: Together | None = None
    scores: ScoreSketch | None = None
    made: str = ""
    rung: str = ""
    snapshot: int = SNAPSHOT_VERSION


@dataclass(frozen=True, eq=False)
class Reference:
    """A snapshot in the place of the reference rows."""

    snapshot: Snapshot
    source: str = "snapshot"
