"""Who takes part in which workload, whether it samples what it should, and how fast it is."""

import time

import numpy as np

import ours
from dwave_gibbs import DwaveGibbs, DwaveMetropolis
from ess import ess_and_rhat, mcse
from models import ENUMERABLE, load
from thrml_gibbs import ThrmlGibbs
from torch_gwg import TorchGwg

CHAINS = 100
SEED = 20211
# Taken for models of spins only.
SWEEPERS = (ThrmlGibbs, DwaveMetropolis, DwaveGibbs)


def peers(kind):
    return (TorchGwg,) if kind.startswith("potts") else (TorchGwg, *SWEEPERS)


def verify(gwg, specs, threads):
    """Compares the mean of f with enumeration, for every sampler and every kind that is asked for."""
    checks = []
    for kind in dict.fromkeys(spec.split(":")[0] for spec in specs):
        model = load(gwg, ENUMERABLE[kind])
        exact = model.mean_log_prob()
        print(f"\ncheck  {model.spec}: exact mean of f {exact:.4f}")
        found = []
        for sampler, _ in ours.samplers(kind):
            f = ours.run(gwg, model.spec, sampler, CHAINS, threads, 1000, 2000, 5)
            f = f["statistics"]["log_prob"]
            found.append((f"gwg sample --sampler {sampler}", f["mean"], f["mcse"]))
        for peer in peers(kind):
            sampler = peer(model, CHAINS, SEED, threads=1)
            sampler.thin = 5 if sampler.unit == "step" else 1
            sampler.advance(200)
            states = sampler.advance(400)
            f = model.log_prob(states.reshape(-1, model.sites)).reshape(len(states), -1).T
            found.append((sampler.name, f.mean(), mcse(f)))
        for name, mean, error in found:
            z = (mean - exact) / error
            passed = bool(abs(z) < 4)
            print(f"  {name:30} {mean:9.4f} +- {error:.4f}   z {z:+.1f}   {'ok' if passed else 'WRONG'}")
            checks.append({"model": model.spec, "system": name, "mean": float(mean),
                           "mcse": float(error), "exact": exact, "z": float(z), "passed": passed})
    return checks


def workload(gwg, spec, seconds, threads):
    """One row a system, gwg first."""
    model = load(gwg, spec)
    rows = [_our_row(gwg, model, sampler, unit, threads, seconds)
            for sampler, unit in ours.samplers(model.kind)]
    for peer in peers(model.kind):
        rows.append(_peer_row(peer, model, threads, seconds))
    base = rows[0]
    for row in rows:
        if row.pop("same_kernel") and not row["converged"] and base["converged"]:
            # Too slow to be measured in the time; a step of the same kernel is worth the same.
            row["ess_per_unit"], row["borrowed"] = base["ess_per_unit"], True
            row["ess_per_second"] = row["ess_per_unit"] * row["units_per_second"]
        row["rate_to_gwg"] = row["site_updates_per_second"] / base["site_updates_per_second"]
        sound = base["converged"] and (row["converged"] or row["borrowed"])
        ratio = row["ess_per_second"] / base["ess_per_second"]
        row["ess_to_gwg"] = ratio if sound else float("nan")
    return rows


def _our_row(gwg, model, sampler, unit, threads, seconds):
    steps = model.sites if unit == ours.SITE else 1
    updates = 1 if unit == ours.STEP else model.sites
    stride = {ours.STEP: max(1, model.sites // 10), ours.SITE: model.sites, ours.SWEEP: 1}[unit]
    found = ours.timed(gwg, model.spec, sampler, stride, CHAINS, threads, seconds)
    hamming = found["statistics"]["hamming"]
    return _row(model, f"gwg {found['version']} {sampler}", "step" if unit == ours.STEP else "sweep",
                updates, found["steps"] / steps, found["seconds"]["sampling"],
                hamming["ess_bulk"], hamming["rhat"], False)


def _peer_row(peer, model, threads, seconds):
    sampler, chunk = _prepared(peer, model, threads, seconds)
    warm = time.perf_counter() + seconds / 3
    while time.perf_counter() < warm:
        sampler.advance(chunk)
    reference = np.random.default_rng(1).integers(0, model.states, model.sites)
    hamming, taken = [], 0.0
    # Up to four times as long where there are too few draws to judge.
    while taken < seconds or (len(hamming) * chunk < 40 and taken < 4 * seconds):
        start = time.perf_counter()
        states = sampler.advance(chunk)
        taken += time.perf_counter() - start
        hamming.append((states != reference).sum(2))
    hamming = np.concatenate(hamming).T
    ess, rhat = ess_and_rhat(hamming)
    size = model.sites if sampler.unit == "sweep" else 1
    return _row(model, sampler.name, sampler.unit, size, hamming.size * sampler.thin, taken,
                ess, rhat, sampler.same_kernel_as_gwg)


def _prepared(peer, model, threads, seconds):
    """A sampler, compiled, and the draws to ask it for at a time (some 0.2 s of work)."""
    best = None
    # Small batches are faster without torch's own threads.
    for count in {1, threads} if peer is TorchGwg else {threads}:
        sampler = peer(model, CHAINS, SEED, count)
        rate = _draws_per_second(sampler, min(0.5, seconds / 4))
        if best is None or rate > best[1]:
            best = sampler, rate
    sampler, rate = best
    if peer is TorchGwg:
        # A draw every D / 10 steps, more often where that left fewer than 200 draws.
        sampler.thin = max(1, min(model.sites // 10, int(rate * seconds / 200)))
        rate /= sampler.thin
    chunk = max(2, min(200, int(rate * min(0.2, seconds / 10))))
    sampler.advance(chunk)
    return sampler, chunk


def _draws_per_second(sampler, seconds):
    sampler.advance(2)
    start, draws = time.perf_counter(), 0
    while time.perf_counter() < start + seconds:
        sampler.advance(2)
        draws += 2
    return draws / (time.perf_counter() - start)


def _row(model, system, unit, size, units, seconds, ess, rhat, same_kernel):
    ess, rhat = (float("nan") if value is None else float(value) for value in (ess, rhat))
    return {
        "workload": model.spec, "system": system, "unit": unit,
        "units_per_second": units / seconds, "site_updates_per_second": units * size / seconds,
        "ess_per_unit": ess / units, "ess_per_second": ess / seconds, "rhat": rhat,
        "converged": bool(rhat < 1.05), "borrowed": False, "same_kernel": same_kernel,
        "seconds": seconds,
    }
