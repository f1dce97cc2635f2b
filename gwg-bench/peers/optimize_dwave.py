#!/usr/bin/env python3
"""Maximum cuts by simulated annealing and tabu search of dwave-samplers and by simulated annealing of OpenJij, on one core.

    pip install dwave-samplers openjij dimod
    optimize_dwave.py --seconds 10 G1.txt G14.txt    # files "n m", then m lines "i j w", vertices from 1

Prints, for every file and sampler, the best cut, the seconds to it and the number of reads. Seconds are those of the
processor, so that other work on the machine does not count, and include what the Python interface takes.
"""

import argparse
import os
import time
from pathlib import Path

import dimod
import openjij
from dwave.samplers import SimulatedAnnealingSampler, TabuSampler


def read(path, sign):
    """The couplings of the Ising model whose ground states are maximum cuts, and the sum of all weights."""
    words = path.read_text().split()
    edges = int(words[1])
    couplings = {}
    for start in range(2, 2 + 3 * edges, 3):
        i, j, weight = words[start : start + 3]
        couplings[int(i) - 1, int(j) - 1] = sign * float(weight)
    return couplings, sum(couplings.values())


class Annealing:
    """dwave-samplers' simulated annealing, its own schedule, one read per call."""

    def __init__(self, couplings, sweeps):
        self.name = f"dwave SA, {sweeps} sweeps"
        self.model = dimod.BinaryQuadraticModel.from_ising({}, couplings)
        self.sweeps = sweeps

    def energy(self, seed):
        found = SimulatedAnnealingSampler().sample(self.model, num_reads=1, num_sweeps=self.sweeps, seed=seed)
        return found.first.energy


class Tabu:
    """dwave-samplers' tabu search, restarted for a second per read (its default is a tenth)."""

    name = "dwave tabu, 1 s"

    def __init__(self, couplings):
        self.model = dimod.BinaryQuadraticModel.from_ising({}, couplings)

    def energy(self, seed):
        return TabuSampler().sample(self.model, num_reads=1, timeout=1000, seed=seed).first.energy


class OpenJij:
    """OpenJij's simulated annealing on sparse couplings, its own schedule, one read per call."""

    def __init__(self, couplings, sweeps):
        self.name = f"openjij SA, {sweeps} sweeps"
        self.couplings, self.sweeps = couplings, sweeps

    def energy(self, seed):
        sampler = openjij.SASampler()
        found = sampler.sample_ising({}, self.couplings, num_reads=1, num_sweeps=self.sweeps, seed=seed, sparse=True)
        return found.first.energy


def best_cut(sampler, total, seconds):
    """The best cut, the seconds to it, the number of reads and the seconds of all of them."""
    started, best, reads = time.process_time(), (-float("inf"), 0.0), 0
    while True:
        cut = (total - sampler.energy(reads + 1)) / 2
        reads += 1
        spent = time.process_time() - started
        if cut > best[0]:
            best = cut, spent
        if spent >= seconds:
            return *best, reads, spent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10.0, help="per file and sampler [10]")
    parser.add_argument("--minus", action="store_true", help="cut the weights -w: ground states of couplings w")
    parser.add_argument("files", type=Path, nargs="+")
    given = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    for path in given.files:
        couplings, total = read(path, -1 if given.minus else 1)
        samplers = [Annealing(couplings, 1000), Annealing(couplings, 10_000), Tabu(couplings), OpenJij(couplings, 1000)]
        for sampler in samplers:
            cut, at, reads, spent = best_cut(sampler, total, given.seconds)
            print(f"{path.stem:12} {sampler.name:24} cut {cut:g} after {at:.2f} s ({reads} reads, {spent:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
