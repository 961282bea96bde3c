"""Which order of one table's rows goes with another's: every shift at once, and a stretch of rows that does not follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.stats.arrays import Array, Ints
from rung.stats.distributions import chi2_tail


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftScan:
    """Signal between x and y under every cyclic shift.

    lag : y[(i + lag) % n] goes with x[i] at the best shift other than 0.   best, present, second : share of y's variance that a
    linear fit explains at the best shift, as the rows stand, and at the best shift away from both.
    p : chance of one so good at any shift, after allowing for `spread`, the factor by which ordered rows widen the null.
    """

    lag: int
    best: float
    present: float
    second: float
    typical: float
    p: float
    spread: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The run of bins whose mean differs most from the others'; `z` is in standard errors, best over all runs."""

    first: int
    end: int
    inside: float
    outside: float
    z: float


def orthonormal(x: Array, limit: int) -> Array:
    """Leading directions of x as orthonormal columns of mean 0, at most `limit`; shape (n, <= limit).

    By the eigenvectors of the correlation matrix, so that n may be large; directions without variance are left out.
    """
    z = x - x.mean(axis=0)
    scale = z.std(axis=0)
    z = z[:, scale > 1e-12] / scale[scale > 1e-12]
    if not z.shape[1]:
        return np.empty((len(x), 0))
    values, vectors = np.linalg.eigh(z.T @ z)
    kept = np.flatnonzero(values > values.max() * 1e-8)[::-1][:limit]
    return z @ (vectors[:, kept] / np.sqrt(values[kept]))


def explained(u: Array, v: Array) -> float:
    """Mean share of v's variance that u explains linearly; both with orthonormal columns of mean 0."""
    return float(((u.T @ v) ** 2).sum() / max(v.shape[1], 1))


def explained_p(share: float, n: int, k: int, c: int) -> float:
    """Chance of such a share without any relation.

    Source: Bartlett's approximation of Wilks' lambda (1938), the roots taken as equal: conservative where they are not.
    """
    scale = max(n - 1 - (k + c + 1) / 2, 1.0)
    return float(chi2_tail(-scale * c * np.log1p(-min(share, 1 - 1e-12)), k * c))


def scan_shifts(u: Array, v: Array) -> ShiftScan:
    """Linear signal between u and v under every cyclic shift of v, by the Fourier transform: O(k c n log n).

    u, v : orthonormal columns of mean 0, shapes (n, k) and (n, c).
    """
    n, k, c = len(u), u.shape[1], v.shape[1]
    shares = _all_shifts(u, v)
    typical = float(np.median(shares))
    # Rows in a natural order make neighbouring shifts alike and the null wider: the median shift says by how much.
    spread = max(1.0, typical * n / max(k - 2 / (3 * c), 0.5))
    away = shares.copy()
    away[0] = -1.0
    lag = int(np.argmax(away))
    best = float(shares[lag])
    away[_peak(shares, lag, typical)] = -1.0
    p = min(1.0, n * explained_p(1 - (1 - best) ** (1 / spread), n, k, c))
    return ShiftScan(
        lag=lag if lag <= n // 2 else lag - n,
        best=best,
        present=float(shares[0]),
        second=max(float(away.max()), typical),
        typical=typical,
        p=p,
        spread=spread,
    )


def _all_shifts(u: Array, v: Array) -> Array:
    n = len(u)
    left, right = np.conj(np.fft.rfft(u, axis=0)), np.fft.rfft(v, axis=0)
    total = np.zeros(n)
    for place in range(v.shape[1]):
        total += (np.fft.irfft(left * right[:, [place]], n, axis=0) ** 2).sum(axis=1)
    return total / max(v.shape[1], 1)


def _peak(shares: Array, at: int, typical: float) -> Ints:
    """The shifts around a peak that stay above half of its height: they belong to it."""
    n, floor = len(shares), (shares[at] + typical) / 2
    right = next((step for step in range(1, n) if shares[(at + step) % n] < floor), n)
    left = next((step for step in range(1, n) if shares[(at - step) % n] < floor), n)
    return np.arange(at - min(left, n // 2), at + min(right, n // 2) + 1) % n


def stretch(values: Array, counts: Array, spread: float) -> Stretch:
    """The run of consecutive bins whose mean lies farthest below the others'.

    values : mean of each bin.   counts : rows of each bin.   spread : standard deviation of a row.
    Runs and their complement hold at least a twentieth of the rows. O(bins squared).
    """
    weight, total = np.r_[0.0, np.cumsum(counts)], np.r_[0.0, np.cumsum(counts * values)]
    n, whole = weight[-1], total[-1]
    inside_n = weight[None, :] - weight[:, None]
    inside_sum = total[None, :] - total[:, None]
    allowed = (inside_n >= n / 20) & (n - inside_n >= n / 20)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside, outside = inside_sum / inside_n, (whole - inside_sum) / (n - inside_n)
        z = np.where(allowed, (outside - inside) / (spread * np.sqrt(1 / inside_n + 1 / (n - inside_n))), -np.inf)
    first, end = np.unravel_index(int(np.argmax(z)), z.shape)
    return Stretch(
        first=int(first), end=int(end), inside=float(inside[first, end]), outside=float(outside[first, end]), z=float(z[first, end])
    )
