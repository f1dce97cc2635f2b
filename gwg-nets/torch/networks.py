"""Networks of gwg-nets as modules of PyTorch: to train there, and to write files that `gwg` reads.

    import networks
    description = {
        "shape": [28, 28],
        "symbols": {"kind": "binary"},
        "layers": [
            {"type": "conv", "channels": 16, "kernel": [3, 3], "padding": 1},
            {"type": "swish"},
            {"type": "mean_pool"},
            {"type": "linear", "features": 1},
        ],
    }
    net = networks.build(description)      # maps symbols (batch, sites) to f (batch)
    ...                                    # train it
    networks.save(net, "net.safetensors")  # gwg sample net.safetensors
"""

import json
import math

import torch
from safetensors.torch import save_file
from torch import nn


class Swish(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.beta = nn.Parameter(torch.ones(channels))

    def forward(self, x):
        beta = self.beta.reshape(1, -1, *[1] * (x.dim() - 2))
        return x * torch.sigmoid(beta * x)


class Scale(nn.Module):
    def __init__(self, channels, initial):
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), float(initial)))

    def forward(self, x):
        return x * self.weight.reshape(1, -1, *[1] * (x.dim() - 2))


class OnChannels(nn.Module):
    """A module of the last dimension, on the channels, which are dimension 1."""

    def forward(self, x):
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class ChannelLinear(OnChannels, nn.Linear):
    pass


class ChannelNorm(OnChannels, nn.LayerNorm):
    pass


class Embedding(nn.Embedding):
    """Of one-hot channels, so that there is a gradient by them."""

    def forward(self, x):
        return torch.einsum("bq...,qf->bf...", x, self.weight)


class Residual(nn.Module):
    def __init__(self, body, shortcut):
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


class Pool(nn.Module):
    def __init__(self, mean):
        super().__init__()
        self.mean = mean

    def forward(self, x):
        x = x.flatten(2)
        return (x.mean(2) if self.mean else x.sum(2)).unsqueeze(2)


class Flatten(nn.Module):
    def forward(self, x):
        return x.flatten(1).unsqueeze(2)


def layers(all_layers, shape):
    """The layers as a Sequential, and the shape (channels, positions...) after them."""
    modules = []
    for layer in all_layers:
        kind, channels, sequence = layer["type"], shape[0], len(shape) == 2
        if kind == "embedding":
            modules.append(Embedding(channels, layer["features"]))
            shape = (layer["features"], *shape[1:])
        elif kind == "linear":
            modules.append(ChannelLinear(channels, layer["features"], bias=layer.get("bias", True)))
            shape = (layer["features"], *shape[1:])
        elif kind == "conv":
            make = nn.Conv1d if sequence else nn.Conv2d
            stride, padding = layer.get("stride", 1), layer.get("padding", 0)
            out, kernel = layer["channels"], layer["kernel"]
            modules.append(make(channels, out, kernel, stride, padding, bias=layer.get("bias", True)))
            places = [(n + 2 * padding - k) // stride + 1 for n, k in zip(shape[1:], kernel)]
            shape = (out, *places)
        elif kind == "swish":
            modules.append(Swish(channels) if layer.get("learned", False) else nn.SiLU())
        elif kind == "relu":
            modules.append(nn.ReLU())
        elif kind == "tanh":
            modules.append(nn.Tanh())
        elif kind == "softplus":
            modules.append(nn.Softplus())
        elif kind == "scale":
            modules.append(Scale(channels, layer["initial"]))
        elif kind == "norm":
            modules.append(ChannelNorm(channels, eps=layer.get("epsilon", 1e-5)))
        elif kind == "residual":
            body, after = layers(layer["body"], shape)
            shortcut, _ = layers(layer.get("shortcut", []), shape)
            modules.append(Residual(body, shortcut))
            shape = after
        elif kind in ("mean_pool", "sum_pool"):
            modules.append(Pool(kind == "mean_pool"))
            shape = (channels, 1)
        elif kind == "flatten":
            modules.append(Flatten())
            shape = (math.prod(shape), 1)
        else:
            raise ValueError(f"unknown layer {kind!r}")
    return nn.Sequential(*modules), shape


class Network(nn.Sequential):
    """f(x) of a batch of states, (batch, sites) of integers, or of their numbers."""

    def __init__(self, description):
        symbols = description["symbols"]
        states = symbols.get("states", 2) if symbols["kind"] == "categorical" else 1
        built, _ = layers(description["layers"], (states, *description["shape"]))
        super().__init__(*built)
        self.description = description

    def numbers(self, x):
        """What the first layer receives, (batch, channels, positions...)."""
        symbols, shape = self.description["symbols"], self.description["shape"]
        if symbols["kind"] == "categorical":
            hot = nn.functional.one_hot(x.long(), symbols["states"]).to(self.dtype())
            return hot.movedim(-1, 1).reshape(len(x), -1, *shape)
        low, high = symbols.get("low", 0.0), symbols.get("high", 1.0)
        steps = symbols.get("states", 2) - 1
        return (low + (high - low) / steps * x.to(self.dtype())).reshape(len(x), 1, *shape)

    def dtype(self):
        return next(self.parameters()).dtype

    def of_numbers(self, numbers):
        return super().forward(numbers).reshape(len(numbers))

    def forward(self, x):
        return self.of_numbers(self.numbers(x))


def build(description):
    return Network(description)


def save(net, path, **base):
    """Writes the file; `base` is logits=..., log_prob=..., or mean=..., precision=..., of a base distribution."""
    tensors = {name: t.detach().float().contiguous() for name, t in net.state_dict().items()}
    tensors.update({f"base.{name}": torch.as_tensor(t).float().contiguous() for name, t in base.items()})
    save_file(tensors, path, {"kind": "network", "network": json.dumps(net.description)})
