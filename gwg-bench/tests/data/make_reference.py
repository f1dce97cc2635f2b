"""Makes the small reference files of the tests of gwg-bench, gwg-chains, gwg-models and gwg-registry, without any code of the workspace.

    pip install numpy mpmath
    python gwg-bench/tests/data/make_reference.py     # writes gwg-{bench,chains,models,registry}/tests/data

- kaufman.csv: log Z, mean energy and variance of the energy, per site, of the square Ising torus by Kaufman's formula
  (Phys. Rev. 76 (1949) 1232), differentiated numerically at 100 digits. Energy: -sum_<ij> s_i s_j.
- torus.csv: the same of small tori by enumeration of all states.
- tiny_exact.json: dense Ising models, restricted Boltzmann machines and dense Potts models of a few sites with random
  parameters, enumerated in numpy: log Z, first and second moments, and of three kernels the spectral gaps, the mean
  acceptance and (four sites) the transition matrix. States: site 0 fastest (binary), last site fastest (Potts).
- rbm.safetensors, rbm.json: a machine in f32, its log Z by the sum over the hidden states in f64, and values of states.
- graph.txt, graph.json: a random graph with weights -1 and 1, a division of its vertices, and the cut of the division.
"""

import itertools
import json
import math
import pathlib
import struct

import mpmath
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[3]


def data(crate):
    folder = ROOT / crate / "tests" / "data"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_json(path, value):
    path.write_text(json.dumps(value, separators=(",", ":")).replace("},{", "},\n{") + "\n")


def logsumexp(f):
    top = max(f)
    return top + math.log(math.fsum(math.exp(v - top) for v in f))


# --- Ising tori --------------------------------------------------------------------------------------------------


def kaufman_log_z(m, n, k):
    product = mpmath.fprod
    gamma = [
        mpmath.acosh(mpmath.cosh(2 * k) * mpmath.coth(2 * k) - mpmath.cospi(mpmath.mpf(r) / n)) for r in range(2 * n)
    ]
    gamma[0] = 2 * k + mpmath.log(mpmath.tanh(k))
    terms = (
        product(2 * f(m * g / 2) for g in gamma[start::2]) for start in (1, 0) for f in (mpmath.cosh, mpmath.sinh)
    )
    return m * n * mpmath.log(2 * mpmath.sinh(2 * k)) / 2 + mpmath.log(sum(terms) / 2)


def kaufman():
    mpmath.mp.dps = 100
    h = mpmath.mpf(10) ** -20
    critical = mpmath.log(1 + mpmath.sqrt(2)) / 2
    rows = ["side,K,log_z,mean_energy,variance_energy"]
    for side in (3, 4, 6, 9, 16, 25, 40, 64):
        for k in (0.07, 0.15, 0.3, 0.42, float(critical), 0.46, 0.6, 0.9, 1.7):
            k, sites = mpmath.mpf(k), side * side
            low, at, high = (kaufman_log_z(side, side, x) for x in (k - h, k, k + h))
            numbers = at / sites, -(high - low) / (2 * h) / sites, (high - 2 * at + low) / h**2 / sites
            rows.append(f"{side},{float(k)!r}," + ",".join(mpmath.nstr(x, 17) for x in numbers))
    (data("gwg-bench") / "kaufman.csv").write_text("\n".join(rows) + "\n")


def energies(rows, columns):
    """How many states have each energy."""
    counts = {}
    sites = rows * columns
    bonds = []
    for i in range(rows):
        for j in range(columns):
            bonds.append((i * columns + j, (i + 1) % rows * columns + j))
            bonds.append((i * columns + j, i * columns + (j + 1) % columns))
    for x in range(1 << sites):
        energy = sum(2 * ((x >> a ^ x >> b) & 1) - 1 for a, b in bonds)
        counts[energy] = counts.get(energy, 0) + 1
    return counts


def torus():
    mpmath.mp.dps = 50
    rows = ["rows,columns,K,log_z,mean_energy,variance_energy"]
    for m, n in ((3, 3), (3, 4), (4, 4)):
        counts = energies(m, n)
        for k in (0.08, 0.25, 0.41, 0.44, 0.7, 1.3):
            exact = mpmath.mpf(k)
            weights = {e: count * mpmath.exp(-exact * e) for e, count in counts.items()}
            z = sum(weights.values())
            mean = sum(e * w for e, w in weights.items()) / z
            variance = sum((e - mean) ** 2 * w for e, w in weights.items()) / z
            numbers = (mpmath.log(z), mean, variance)
            rows.append(f"{m},{n},{k!r}," + ",".join(mpmath.nstr(x / (m * n), 17) for x in numbers))
    for crate in ("gwg-bench", "gwg-models", "gwg-registry"):
        (data(crate) / "torus.csv").write_text("\n".join(rows) + "\n")


# --- Models of a few sites ---------------------------------------------------------------------------------------


def binary_states(n):
    return np.array([[k >> i & 1 for i in range(n)] for k in range(1 << n)])


def ising(rng, n, scale):
    J = np.triu(scale * rng.normal(size=(n, n)), 1)
    J, b = J + J.T, scale * rng.normal(size=n)
    x = binary_states(n)
    s = 2 * x - 1
    f = ((s @ J) * s).sum(1) + s @ b
    gradient = 2 * (2 * s @ J + b)
    return {"name": f"ising_{n}", "n": n, "params": {"J": J.tolist(), "b": b.tolist()}}, x, f, gradient


def rbm(rng, n, hidden, scale):
    W, b, c = scale * rng.normal(size=(n, hidden)), rng.normal(size=n), rng.normal(size=hidden)
    x = binary_states(n)
    a = c + x @ W
    f = x @ b + np.logaddexp(0, a).sum(1)
    gradient = b + (1 / (1 + np.exp(-a))) @ W.T
    params = {"W": W.tolist(), "b": b.tolist(), "c": c.tolist()}
    return {"name": f"rbm_{n}x{hidden}", "n": n, "params": params}, x, f, gradient


def potts(rng, n, q, scale):
    h, J = rng.normal(size=(n, q)), {}
    for i, j in itertools.combinations(range(n), 2):
        J[i, j] = scale * rng.normal(size=(q, q))
    x = np.array(list(itertools.product(range(q), repeat=n)))
    f = sum(h[i][x[:, i]] for i in range(n)) + sum(block[x[:, i], x[:, j]] for (i, j), block in J.items())
    params = {"h": h.tolist(), "J": {f"{i},{j}": block.tolist() for (i, j), block in J.items()}}
    return {"name": f"potts_{n}x{q}", "sites": n, "states": q, "params": params}, x, f


def law(f):
    log_z = logsumexp(f)
    return log_z, np.exp(f - log_z)


def binary(model, kernels=False, values=False):
    entry, x, f, gradient = model
    log_z, p = law(f)
    entry |= {"log_z": log_z, "mean": (p @ x).tolist(), "second_moment": (x.T @ (p[:, None] * x)).tolist()}
    if values:
        entry["log_unnormalized"] = f.tolist()
    if kernels:
        n = entry["n"]
        neighbors = np.array([[k ^ 1 << i for i in range(n)] for k in range(1 << n)])
        exact = f[neighbors] - f[:, None]
        first_order = (1 - 2 * x) * gradient
        entry["gwg"] = kernel(p, locally_balanced(f, neighbors, first_order), n, moves=True)
        entry["locally_balanced_sqrt"] = kernel(p, locally_balanced(f, neighbors, exact), n, moves=True)
        entry["random_scan_gibbs"] = kernel(p, flips(neighbors, 1 / (1 + np.exp(-exact)) / n), n)
    return entry


def locally_balanced(f, neighbors, d):
    """One flip, drawn with weight exp(d / 2), accepted by Metropolis-Hastings."""
    w = np.exp(d / 2)
    q = w / w.sum(1, keepdims=True)
    back = np.array([[q[y, i] for i, y in enumerate(row)] for row in neighbors])
    return flips(neighbors, q * np.minimum(1, np.exp(f[neighbors] - f[:, None]) * back / q))


def flips(neighbors, rates):
    P = np.zeros((len(rates), len(rates)))
    for x, (row, rate) in enumerate(zip(neighbors, rates)):
        P[x, row] = rate
        P[x, x] = 1 - math.fsum(rate)
    return P


def kernel(p, P, n, moves=False):
    assert np.abs(p @ P - p).max() < 1e-15
    root = np.sqrt(p)
    symmetric = root[:, None] * P / root
    eigenvalues = np.linalg.eigvalsh((symmetric + symmetric.T) / 2)
    gaps = {
        "spectral_gap": 1 - eigenvalues[-2],
        "absolute_gap": 1 - max(abs(eigenvalues[-2]), abs(eigenvalues[0])),
    }
    if moves:
        gaps["mean_acceptance"] = float(p @ (1 - np.diag(P)))
    if n == 4:
        gaps["P"] = P.tolist()
    return gaps


def categorical(model, values=False):
    entry, x, f = model
    log_z, p = law(f)
    marginals = [[float(p[x[:, i] == a].sum()) for a in range(entry["states"])] for i in range(entry["sites"])]
    entry |= {"log_z": log_z, "marginals": marginals}
    if values:
        entry["log_unnormalized"] = f.tolist()
    return entry


def tiny():
    rng = np.random.default_rng(1)
    entries = [binary(ising(rng, n, 0.3), kernels=True) for n in (4, 6, 8)]
    entries += [binary(rbm(rng, n, h, 0.8), kernels=True) for n, h in ((4, 3), (6, 3), (8, 5))]
    entries += [categorical(potts(rng, n, q, 0.5)) for n, q in ((3, 3), (4, 4), (5, 5))]
    write_json(data("gwg-chains") / "tiny_exact.json", entries)

    rng = np.random.default_rng(2)
    entries = [binary(ising(rng, n, 0.4), values=n < 7) for n in (4, 6, 12)]
    entries += [binary(rbm(rng, n, h, 1.0), values=n < 7) for n, h in ((4, 3), (6, 3), (12, 6))]
    entries += [categorical(potts(rng, n, q, 0.7), values=n < 4) for n, q in ((3, 3), (6, 4), (5, 5))]
    write_json(data("gwg-models") / "tiny_exact.json", entries)

    rng = np.random.default_rng(3)
    entries = [binary(rbm(rng, n, h, 1.0)) for n, h in ((4, 3), (5, 9), (12, 6), (13, 2))]
    for entry in entries:
        del entry["second_moment"]
    write_json(data("gwg-bench") / "tiny_exact.json", entries)


# --- A machine in a file -----------------------------------------------------------------------------------------


def safetensors(tensors):
    header, body = {"__metadata__": {"kind": "rbm"}}, b""
    for name, tensor in tensors.items():
        numbers = tensor.astype("<f4").tobytes()
        offsets = [len(body), len(body) + len(numbers)]
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": offsets}
        body += numbers
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + body


def machine():
    rng = np.random.default_rng(4)
    visible, hidden = 40, 16
    tensors = {
        "W": 0.6 * rng.normal(size=(visible, hidden)),
        "b": rng.normal(size=visible) - 0.5,
        "c": rng.normal(size=hidden) - 1,
    }
    tensors = {name: tensor.astype(np.float32) for name, tensor in tensors.items()}
    W, b, c = (tensor.astype(np.float64) for tensor in tensors.values())
    terms = [h @ c + np.logaddexp(0, b + W @ h).sum() for h in binary_states(hidden)]
    states = rng.integers(0, 2, size=(5, visible))
    values = [float(v @ b + np.logaddexp(0, c + v @ W).sum()) for v in states]
    facts = {
        "visible": visible,
        "hidden": hidden,
        "log_z": logsumexp(terms),
        "states": states.tolist(),
        "log_unnormalized": values,
    }
    for crate in ("gwg-bench", "gwg-models", "gwg-registry"):
        (data(crate) / "rbm.safetensors").write_bytes(safetensors(tensors))
        write_json(data(crate) / "rbm.json", facts)


# --- A graph -----------------------------------------------------------------------------------------------------


def graph():
    rng = np.random.default_rng(5)
    n = 80
    pairs = [pair for pair in itertools.combinations(range(n), 2) if rng.random() < 0.1]
    edges = [(i, j, int(rng.choice((-1, 1)))) for i, j in pairs]
    side = rng.integers(0, 2, size=n)
    # Each vertex goes where it cuts more, until none gains.
    moved = True
    while moved:
        moved = False
        for v in range(n):
            gain = sum(w * (1 if side[i] == side[j] else -1) for i, j, w in edges if v in (i, j))
            if gain > 0:
                side[v] ^= 1
                moved = True
    cut = sum(w for i, j, w in edges if side[i] != side[j])
    lines = [f"{n} {len(edges)}"] + [f"{i + 1} {j + 1} {w}" for i, j, w in edges]
    for crate in ("gwg-models", "gwg-registry"):
        (data(crate) / "graph.txt").write_text("\n".join(lines) + "\n")
        write_json(data(crate) / "graph.json", {"division": side.tolist(), "cut": cut})


if __name__ == "__main__":
    kaufman()
    torus()
    tiny()
    machine()
    graph()
