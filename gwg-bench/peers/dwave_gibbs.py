"""dwave-samplers' simulated annealing held at one temperature: Metropolis or Gibbs sweeps.

Its compiled function is called directly: `SimulatedAnnealingSampler.sample` would convert the model
and the states at every draw. It leaves the interpreter's lock, so each core sweeps its own chains.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from dwave.samplers.sa.simulated_annealing import simulated_annealing


class Dwave:
    unit = "sweep"
    same_kernel_as_gwg = False
    rule = ""

    def __init__(self, model, chains, seed, threads):
        self.name, self.sites = f"dwave {self.rule}", model.sites
        bias, starts, ends, weights = model.pairs()
        # Energies, so -f; lists convert faster than arrays.
        self.ising = (-bias).tolist(), starts.tolist(), ends.tolist(), (-weights).tolist()
        # Each call builds the graph anew: large graphs need several sweeps to make up for it.
        self.thin = 1 + len(starts) // 200_000
        self.numbers = np.random.default_rng(seed)
        spins = self.numbers.integers(0, 2, (chains, len(bias)), dtype=np.int8) * 2 - 1
        self.parts = [np.ascontiguousarray(part) for part in np.array_split(spins, threads)]
        self.pool = ThreadPoolExecutor(threads)

    def _sweep(self, part, seed):
        simulated_annealing(len(part), *self.ising, self.thin, [1.0], seed, part, False, self.rule)

    def advance(self, draws):
        """The states (draws, chains, sites) after every `thin` sweeps."""
        out = []
        for _ in range(draws):
            # Small seeds make its generator start badly.
            seeds = self.numbers.integers(2**62, 2**63, len(self.parts)).tolist()
            list(self.pool.map(self._sweep, self.parts, seeds))
            out.append(np.concatenate([part[:, : self.sites] > 0 for part in self.parts]))
        return np.array(out)


class DwaveMetropolis(Dwave):
    rule = "Metropolis"


class DwaveGibbs(Dwave):
    rule = "Gibbs"
