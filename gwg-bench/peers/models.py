"""The models: the same parameters for everyone, and f itself, plainly, to check samplers by."""

import itertools
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

WORKLOADS = (
    "ising-lattice:side=10,theta=0.1",
    "ising-lattice:side=40,theta=0.1",
    "ising-lattice:side=40,theta=0.2",
    "ising-er:sites=200,degree=4,seed=1",
    "rbm:visible=100,hidden=25,seed=1",
    "rbm:visible=784,hidden=500,seed=1",
    "potts-lattice:side=10,states=3,theta=0.1",
    "potts-dense:sites=100,states=21,scale=0.01,seed=1",
)

# Of the same kinds, and small enough for the mean of f to be summed over all states.
ENUMERABLE = {
    "ising-lattice": "ising-lattice:side=4,theta=0.15",
    "ising-er": "ising-er:sites=12,degree=4,seed=1",
    "rbm": "rbm:visible=10,hidden=6,seed=1",
    "potts-lattice": "potts-lattice:side=3,states=3,theta=0.1",
    "potts-dense": "potts-dense:sites=6,states=4,scale=0.3,seed=1",
}


@dataclass
class Model:
    """A spec with its numbers: `side` and `theta` of a lattice, `tensors` of anything else."""

    spec: str
    sites: int
    states: int
    side: int = 0
    theta: float = 0.0
    tensors: dict = field(default_factory=dict)

    @property
    def kind(self):
        return self.spec.split(":")[0]

    def log_prob(self, x):
        """f of each row of `x`, in double precision."""
        if self.kind == "potts-lattice":
            grid = x.reshape(-1, self.side, self.side)
            agree = sum((grid == np.roll(grid, 1, axis)).sum((1, 2)) for axis in (1, 2))
            return 2 * self.theta * (2.0 * agree - 2 * self.sites)
        if self.kind == "potts-dense":
            hot = np.eye(self.states)[x].reshape(len(x), -1)
            coupling, bias = self.potts()
            return np.einsum("ni,ij,nj->n", hot, coupling, hot, optimize=True) + hot @ bias
        if self.kind == "rbm":
            w, b, c = (self.tensors[name].astype(float) for name in "Wbc")
            return x @ b + np.logaddexp(0, c + x @ w).sum(1)
        bias, starts, ends, weights = self.pairs()
        spins = 2.0 * x - 1
        return spins @ bias + (spins[:, starts] * spins[:, ends]) @ weights

    def potts(self):
        """The couplings as one matrix over (site, state), and the biases."""
        size = self.sites * self.states
        return self.tensors["J"].transpose(0, 2, 1, 3).reshape(size, size), self.tensors["h"].ravel()

    def pairs(self):
        """Biases and weighted pairs of spins of +-1; an RBM's hidden units follow the visible."""
        if self.kind == "ising-lattice":
            grid = np.arange(self.sites).reshape(self.side, self.side)
            starts = np.concatenate([grid.ravel()] * 2)
            ends = np.concatenate([np.roll(grid, -1, axis).ravel() for axis in (0, 1)])
            # Every bond counts twice in f = theta s'As.
            return np.zeros(self.sites), starts, ends, np.full(len(starts), 2 * self.theta)
        if self.kind == "rbm":
            w, b, c = (self.tensors[name].astype(float) for name in "Wbc")
            starts, ends = (index.ravel() for index in np.indices(w.shape))
            # Units of 0 and 1 are (1 + s) / 2.
            bias = np.concatenate([b / 2 + w.sum(1) / 4, c / 2 + w.sum(0) / 4])
            return bias, starts, ends + len(b), w.ravel() / 4
        coupling = self.tensors["J"].astype(float)
        starts, ends = np.nonzero(np.triu(coupling))
        return self.tensors["h"].astype(float), starts, ends, 2 * coupling[starts, ends]

    def mean_log_prob(self):
        """The exact mean of f, by enumeration."""
        x = np.array(list(itertools.product(range(self.states), repeat=self.sites)))
        f = self.log_prob(x)
        weight = np.exp(f - f.max())
        return float((weight * f).sum() / weight.sum())


def load(gwg, spec):
    """The model of a spec; parameters that `gwg` drew are had from it."""
    keys = dict(part.split("=") for part in spec.split(":")[1].split(","))
    if "side" in keys:
        side = int(keys["side"])
        return Model(spec, side * side, int(keys.get("states", 2)), side, float(keys["theta"]))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.safetensors"
        subprocess.run([gwg, "info", spec, "--export", file], check=True, stdout=subprocess.DEVNULL)
        tensors = load_file(file)
    return Model(spec, int(keys.get("sites", keys.get("visible", 0))), int(keys.get("states", 2)),
                 tensors=tensors)
