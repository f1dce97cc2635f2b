"""Makes diagnostics_golden.json: what ArviZ finds on series that the Rust test makes again, bit for bit.

    pip install arviz        # 1.x, Python 3.12 or later
    python make_diagnostics_golden.py > diagnostics_golden.json

The series use only integers and the exactly rounded operations + - * / and floor, in the order written here; the same lines stand in
diagnostics_golden.rs. Numbers that JSON has no word for are written as the strings "inf" and "nan".
"""

import json
import math
import sys

import arviz
import arviz_stats
import numpy as np

MASK = (1 << 64) - 1

# name, chains, draws, seed, phi, shift, spread, transform, argument
CASES = [
    ("independent", 4, 1000, 1, 0.0, 0.0, 0.0, "none", 0.0),
    ("odd number of draws", 3, 501, 2, 0.0, 0.0, 0.0, "none", 0.0),
    ("single chain", 1, 400, 3, 0.5, 0.0, 0.0, "none", 0.0),
    ("single chain, odd", 1, 37, 4, 0.2, 0.0, 0.0, "none", 0.0),
    ("four draws", 2, 4, 5, 0.0, 0.0, 0.0, "none", 0.0),
    ("five draws", 2, 5, 6, 0.0, 0.0, 0.0, "none", 0.0),
    ("ten draws", 3, 10, 7, 0.9, 0.0, 0.0, "none", 0.0),
    ("eleven draws", 4, 11, 8, 0.0, 0.0, 0.0, "none", 0.0),
    ("sixty-four short chains", 64, 50, 9, 0.6, 0.0, 0.0, "none", 0.0),
    ("autocorrelation 0.9", 4, 2000, 10, 0.9, 0.0, 0.0, "none", 0.0),
    ("autocorrelation 0.999", 4, 1001, 11, 0.999, 0.0, 0.0, "none", 0.0),
    ("antithetic -0.7", 4, 1000, 12, -0.7, 0.0, 0.0, "none", 0.0),
    ("antithetic -0.95", 2, 999, 13, -0.95, 0.0, 0.0, "none", 0.0),
    ("unequal means", 4, 500, 14, 0.3, 0.5, 0.0, "none", 0.0),
    ("unequal scales", 4, 500, 15, 0.3, 0.0, 1.5, "none", 0.0),
    ("far from zero", 4, 500, 16, 0.8, 0.0, 0.0, "offset", 1e6),
    ("trend", 2, 300, 17, 0.3, 0.0, 0.0, "trend", 0.01),
    ("heavy tails", 4, 1000, 18, 0.2, 0.0, 0.0, "reciprocal", 0.0),
    ("sticky binary", 4, 1000, 19, 0.95, 0.0, 0.0, "above", 0.0),
    ("rare binary", 4, 1000, 20, 0.0, 0.0, 0.0, "above", 0.48),
    ("binary, few draws", 3, 9, 21, 0.0, 0.0, 0.0, "above", 0.1),
    ("three levels", 4, 333, 22, 0.5, 0.0, 0.0, "floor", 1.5),
    ("thirty levels, unequal means", 3, 750, 23, 0.9, 0.2, 0.0, "floor", 10.0),
    ("antithetic levels", 2, 401, 24, -0.8, 0.0, 0.0, "floor", 3.0),
    ("alternating", 4, 100, 25, 0.0, 0.0, 0.0, "parity", 2.0),
    ("period three", 2, 101, 26, 0.0, 0.0, 0.0, "parity", 3.0),
    ("one chain stuck", 4, 200, 27, 0.4, 0.0, 0.0, "first stuck", 0.25),
    ("each chain stuck", 3, 60, 28, 0.0, 0.0, 0.0, "all stuck", 0.5),
    ("large", 2, 40000, 29, 0.98, 0.0, 0.0, "none", 0.0),
]


def mix(state):
    """SplitMix64: the next state and a uniform number in [0, 1)."""
    state = (state + 0x9E3779B97F4A7C15) & MASK
    z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    z ^= z >> 31
    return state, (z >> 11) * 2.0**-53


def series(chains, draws, seed, phi, shift, spread, transform, argument):
    """Draws, shape (chain, draw): a first-order autoregression, shifted and scaled by chain, then transformed."""
    out = np.empty((chains, draws))
    state = seed
    for chain in range(chains):
        x = 0.0
        for draw in range(draws):
            state, u = mix(state)
            x = phi * x + (u - 0.5)
            y = x * (1.0 + spread * chain) + shift * chain
            out[chain, draw] = transformed(y, chain, draw, transform, argument)
    return out


def transformed(y, chain, draw, transform, argument):
    match transform:
        case "none":
            return y
        case "offset":
            return y + argument
        case "trend":
            return y + argument * draw
        case "reciprocal":
            return 1.0 / y
        case "above":
            return 1.0 if y > argument else 0.0
        case "floor":
            return float(math.floor(y * argument))
        case "parity":
            return draw % argument
        case "first stuck":
            return argument if chain == 0 else y
        case "all stuck":
            return argument * chain
    raise ValueError(transform)


def word(x):
    """JSON for a number. A finite R-hat beyond 1e12 is a rounding error divided into: the variances within are exactly zero."""
    x = float(x)
    if x > 1e12:
        x = math.inf
    return x if math.isfinite(x) else str(x)


def golden(case):
    name, *recipe = case
    x = series(*recipe)
    with np.errstate(all="ignore"):
        expected = {
            "mean": x.mean(),
            "sd": x.std(ddof=1),
            "mcse": arviz.mcse(x, method="mean"),
            "ess_bulk": arviz.ess(x, method="bulk"),
            "ess_tail": arviz.ess(x, method="tail", prob=(0.05, 0.95)),
            "ess_mean": arviz.ess(x, method="mean"),
            "ess_median": arviz.ess(x, method="quantile", prob=0.5),
            "rhat": arviz.rhat(x),
        }
    keys = ("name", "chains", "draws", "seed", "phi", "shift", "spread", "transform", "argument")
    return dict(zip(keys, case)) | {"expected": {k: word(v) for k, v in expected.items()}}


def main():
    header = {"arviz": arviz.__version__, "arviz_stats": arviz_stats.__version__, "numpy": np.__version__}
    rows = ",\n".join("  " + json.dumps(golden(case)) for case in CASES)
    sys.stdout.write('{"made_with": %s,\n "cases": [\n%s\n]}\n' % (json.dumps(header), rows))


if __name__ == "__main__":
    main()
