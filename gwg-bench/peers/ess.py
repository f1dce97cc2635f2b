"""Rank-normalised bulk ESS and R-hat of split chains (Vehtari, Gelman, Simpson, Carpenter and
Buerkner 2021), as gwg reports them."""

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata


def ess_and_rhat(values):
    """Of draws (chains, draws): the bulk ESS and the larger of bulk and folded R-hat."""
    values = np.asarray(values, dtype=float)
    if values.shape[1] < 8 or np.ptp(values) == 0:
        return float("nan"), float("nan")
    bulk = _normal_scores(_split(values))
    folded = _normal_scores(_split(np.abs(values - np.median(values))))
    return _ess(bulk), max(_rhat(bulk), _rhat(folded))


def mcse(values):
    """The standard error of the mean of draws (chains, draws)."""
    return float(np.std(values) / np.sqrt(_ess(_split(np.asarray(values, dtype=float)))))


def _split(values):
    half = values.shape[1] // 2
    return np.concatenate([values[:, :half], values[:, -half:]])


def _normal_scores(values):
    rank = rankdata(values).reshape(values.shape)
    return ndtri((rank - 0.375) / (values.size + 0.25))


def _rhat(z):
    n = z.shape[1]
    within = z.var(1, ddof=1).mean()
    between = n * z.mean(1).var(ddof=1)
    if within == 0:
        return float("nan")
    return float(np.sqrt((n - 1) / n + between / n / within))


def _autocovariance(z):
    """The mean over chains of the biased autocovariances, by FFT."""
    n = z.shape[1]
    total = np.zeros(n)
    for row in z - z.mean(1, keepdims=True):
        power = np.abs(np.fft.rfft(row, 2 * n)) ** 2
        total += np.fft.irfft(power, 2 * n)[:n] / n
    return total / len(z)


def _ess(z):
    """N / tau, tau summed by Geyer's initial monotone sequence, at most N log10 N."""
    m, n = z.shape
    covariance = _autocovariance(z)
    within = covariance[0] * n / (n - 1)
    variance = within * (n - 1) / n + z.mean(1).var(ddof=1)
    if variance == 0:
        return float("nan")
    rho = 1 - (within - covariance * n / (n - 1)) / variance
    rho[0] = 1
    pairs = rho[0 : n - n % 2 : 2] + rho[1 : n : 2]
    end = int(np.argmax(pairs <= 0)) if (pairs <= 0).any() else len(pairs)
    tau = 2 * np.minimum.accumulate(pairs[: max(end, 1)]).sum() - 1
    return float(m * n / max(tau, 1 / np.log10(m * n)))
