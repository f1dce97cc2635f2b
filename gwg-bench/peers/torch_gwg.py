"""Gibbs-With-Gradients in PyTorch, batched over chains (Grathwohl et al. 2021, algorithm 1).

Written to be fast in eager mode: closed-form gradients, f and the differences cached, so that a step
costs one value and one gradient; the state changes in place; only rejected rows are copied back.
"""

import numpy as np
import torch


class Spins:
    """Sites of -1 and +1; a move is a site."""

    def __init__(self, model):
        self.sites = model.sites

    def random(self, chains, generator):
        size = (chains, self.sites)
        return torch.randint(0, 2, size, generator=generator).float().mul_(2).sub_(1)

    def move(self, s, index):
        """The site of a move, its values before and after, and the index of the move back."""
        old = s.gather(1, index)
        return index, old, -old, index


class LatticeIsing(Spins):
    def __init__(self, model):
        super().__init__(model)
        self.side, self.theta = model.side, model.theta

    def survey(self, s):
        """f, and half the first-order differences -2 s df/ds."""
        grid = s.view(-1, self.side, self.side)
        pull = grid.roll(1, 1)
        for shift, axis in ((-1, 1), (1, 2), (-1, 2)):
            pull += grid.roll(shift, axis)
        pull = pull.view_as(s).mul_(s)
        return pull.sum(1).mul_(self.theta), pull.mul_(-2 * self.theta)


class DenseIsing(Spins):
    def __init__(self, model):
        super().__init__(model)
        self.coupling, self.bias = (torch.from_numpy(model.tensors[name]) for name in "Jh")

    def survey(self, s):
        pull = s @ self.coupling
        f = (pull + self.bias).mul_(s).sum(1)
        return f, pull.mul_(2).add_(self.bias).mul_(s).neg_()


class Rbm:
    def __init__(self, model):
        self.w, self.b, self.c = (torch.from_numpy(model.tensors[name]) for name in "Wbc")
        self.w_back = self.w.T.contiguous()

    def random(self, chains, generator):
        return torch.randint(0, 2, (chains, len(self.b)), generator=generator).float()

    def survey(self, x):
        activation = torch.addmm(self.c, x, self.w)
        f = x @ self.b + torch.nn.functional.softplus(activation).sum(1)
        gradient = torch.addmm(self.b, activation.sigmoid_(), self.w_back)
        return f, gradient.mul_(0.5 - x)

    def move(self, x, index):
        old = x.gather(1, index)
        return index, old, 1 - old, index


class Potts:
    """States are colours; a move is an index into (site, colour)."""

    def __init__(self, model):
        self.sites, self.states = model.sites, model.states

    def random(self, chains, generator):
        return torch.randint(0, self.states, (chains, self.sites), generator=generator)

    def move(self, x, index):
        site = index // self.states
        old = x.gather(1, site)
        return site, old, index % self.states, site * self.states + old

    def halves(self, gradient, x):
        """The sum of the gradient at the colours of x, and half the differences; no stay."""
        here = x.unsqueeze(2)
        current = gradient.gather(2, here)
        half = gradient.sub_(current).mul_(0.5).scatter_(2, here, -torch.inf)
        return current.sum((1, 2)), half.flatten(1)


class LatticePotts(Potts):
    def __init__(self, model):
        super().__init__(model)
        self.side, self.theta = model.side, model.theta
        self.colours = torch.arange(model.states)

    def survey(self, x):
        hot = (x.unsqueeze(2) == self.colours).float()
        grid = hot.view(-1, self.side, self.side, self.states)
        count = grid.roll(1, 1)
        for shift, axis in ((-1, 1), (1, 2), (-1, 2)):
            count += grid.roll(shift, axis)
        total, half = self.halves(count.mul_(4 * self.theta).view_as(hot), x)
        return total.mul_(0.5), half  # f up to a constant


class DensePotts(Potts):
    def __init__(self, model):
        super().__init__(model)
        coupling, bias = model.potts()
        self.coupling = torch.from_numpy(np.ascontiguousarray(coupling))
        self.bias = torch.from_numpy(np.ascontiguousarray(bias))
        self.first = torch.arange(self.sites) * self.states

    def survey(self, x):
        chosen = x + self.first
        # One row of J a site, summed: several times faster than the product with a one-hot matrix.
        pull = torch.nn.functional.embedding_bag(chosen, self.coupling, mode="sum")
        gradient = pull.mul_(2).add_(self.bias).view(len(x), self.sites, self.states)
        total, half = self.halves(gradient, x)
        return total.add_(self.bias[chosen].sum(1)).mul_(0.5), half


KINDS = {"ising-lattice": LatticeIsing, "ising-er": DenseIsing, "rbm": Rbm,
         "potts-lattice": LatticePotts, "potts-dense": DensePotts}


class TorchGwg:
    """One Gibbs-With-Gradients chain a row."""

    unit = "step"
    same_kernel_as_gwg = True

    def __init__(self, model, chains, seed, threads):
        self.threads, self.thin = threads, 1
        self.name = f"torch {torch.__version__.split('+')[0]} gwg, {threads} thr"
        self.law = KINDS[model.kind](model)
        self.generator = torch.Generator().manual_seed(seed)
        with torch.inference_mode():
            self.x = self.law.random(chains, self.generator)
            self.now = self._survey()

    def _survey(self):
        f, half = self.law.survey(self.x)
        half -= half.amax(1, keepdim=True)
        return f, half, half.exp().cumsum_(1)

    def _uniform(self):
        return torch.rand((len(self.x), 1), generator=self.generator)

    def _step(self):
        f, half, mass = self.now
        total = mass[:, -1:]
        draw = torch.searchsorted(mass, self._uniform().mul_(total), right=True)
        draw.clamp_max_(mass.shape[1] - 1)
        site, old, value, back = self.law.move(self.x, draw)
        self.x.scatter_(1, site, value)
        after = self._survey()
        forward = half.gather(1, draw) - total.log()
        reverse = after[1].gather(1, back) - after[2][:, -1:].log()
        log_ratio = (after[0] - f).unsqueeze(1) + reverse - forward
        rejected = self._uniform().log_() > log_ratio
        rows = rejected.squeeze(1).nonzero().squeeze(1)
        if len(rows):
            self.x.scatter_(1, site, torch.where(rejected, old, value))
            for new, kept in zip(after, self.now):
                new[rows] = kept[rows]
        self.now = after

    @torch.inference_mode()
    def advance(self, draws):
        """The states (draws, chains, sites) after every `thin` steps."""
        torch.set_num_threads(self.threads)
        out = np.empty((draws, *self.x.shape), dtype=np.uint8)
        for row in out:
            for _ in range(self.thin):
                self._step()
            row[:] = self.x.clamp_min(0).to(torch.uint8).numpy()
        return out
