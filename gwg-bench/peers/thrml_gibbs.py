"""Block Gibbs sampling in thrml (JAX): the colour classes of the graph in turn."""

import equinox
import jax
import jax.numpy as jnp
import numpy as np
from thrml import Block, SamplingSchedule, SpinNode, sample_states
from thrml.models import IsingEBM, IsingSamplingProgram


def colour_classes(size, starts, ends):
    """Greedily, in order: two classes for an even torus and for an RBM."""
    neighbours = [[] for _ in range(size)]
    for i, j in zip(starts.tolist(), ends.tolist()):
        neighbours[i].append(j)
        neighbours[j].append(i)
    colour = [-1] * size
    for i in range(size):
        taken = {colour[j] for j in neighbours[i]}
        colour[i] = next(c for c in range(size) if c not in taken)
    return [[i for i in range(size) if colour[i] == c] for c in range(max(colour) + 1)]


class ThrmlGibbs:
    unit = "sweep"
    same_kernel_as_gwg = False

    def __init__(self, model, chains, seed, threads):
        del threads  # XLA takes the cores it sees
        self.thin, self.sites = 1, model.sites
        bias, starts, ends, weights = model.pairs()
        nodes = [SpinNode() for _ in bias]
        edges = [(nodes[i], nodes[j]) for i, j in zip(starts.tolist(), ends.tolist())]
        energy = IsingEBM(nodes, edges, jnp.asarray(bias, jnp.float32),
                          jnp.asarray(weights, jnp.float32), jnp.asarray(1.0))
        classes = colour_classes(len(bias), starts, ends)
        self.name = f"thrml Gibbs, {len(classes)} blocks"
        self.blocks = [Block([nodes[i] for i in members]) for members in classes]
        self.program = IsingSamplingProgram(energy, self.blocks, [])
        self.order = np.argsort(np.concatenate(classes))[: model.sites]
        self.key, *keys = jax.random.split(jax.random.key(seed), 1 + len(classes))
        self.state = [jax.random.bernoulli(key, 0.5, (chains, len(members)))
                      for key, members in zip(keys, classes)]
        self.chains, self.compiled = chains, {}

    def _run(self, draws):
        """A compiled run of so many draws; the program is an argument, lest XLA folds it."""
        if (draws, self.thin) not in self.compiled:
            # The first state is recorded after n_warmup sweeps, each further one after `thin`.
            schedule = SamplingSchedule(self.thin, draws, self.thin)

            def run(program, keys, state):
                def chain(key, state):
                    return sample_states(key, program, schedule, state, [], self.blocks)

                return jax.vmap(chain)(keys, state)

            self.compiled[draws, self.thin] = equinox.filter_jit(run)
        return self.compiled[draws, self.thin]

    def advance(self, draws):
        """The states (draws, chains, sites) after every `thin` sweeps."""
        self.key, key = jax.random.split(self.key)
        keys = jax.random.split(key, self.chains)
        seen = jax.block_until_ready(self._run(draws)(self.program, keys, self.state))
        self.state = [block[:, -1] for block in seen]
        joined = np.concatenate([np.asarray(block) for block in seen], axis=2)
        return joined[:, :, self.order].transpose(1, 0, 2)
