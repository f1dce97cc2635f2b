"""Writes the files of tests/golden: small networks with every layer, states, and what PyTorch computes of them in f64.

    python golden.py ../tests/golden
"""

import json
import sys
from pathlib import Path

import networks
import torch

conv = lambda channels, *kernel, **more: {"type": "conv", "channels": channels, "kernel": list(kernel), **more}
linear = lambda features: {"type": "linear", "features": features}
swish, learned = {"type": "swish"}, {"type": "swish", "learned": True}

image = {
    "shape": [6, 5],
    "symbols": {"kind": "binary"},
    "layers": [
        conv(4, 3, 3, padding=1),
        learned,
        {
            "type": "residual",
            "body": [conv(6, 3, 2, stride=2, padding=1), swish, conv(6, 1, 1)],
            "shortcut": [conv(6, 1, 2, stride=2, padding=0, bias=False), {"type": "relu"}],
        },
        {"type": "norm"},
        {"type": "tanh"},
        {"type": "flatten"},
        linear(3),
        {"type": "softplus"},
        linear(1),
    ],
}
# The two branches have to end in the same shape: 3 x 3.
image["layers"][2]["shortcut"][0] = conv(6, 1, 1, stride=2, bias=False)
image["layers"][2]["body"][0] = conv(6, 3, 3, stride=2, padding=1)
sequence = {
    "shape": [9],
    "symbols": {"kind": "categorical", "states": 5},
    "layers": [
        {"type": "embedding", "features": 4},
        conv(6, 3, padding=1),
        {"type": "norm", "epsilon": 1e-3},
        swish,
        {"type": "residual", "body": [conv(6, 5, padding=2), {"type": "scale", "initial": 0.5}], "shortcut": []},
        {"type": "sum_pool"},
        linear(1),
    ],
}
levels = {
    "shape": [4, 4],
    "symbols": {"kind": "ordinal", "states": 8, "low": -1.0, "high": 1.0},
    "layers": [conv(3, 2, 2, stride=1, padding=1), swish, {"type": "mean_pool"}, linear(1)],
}

torch.manual_seed(1)
folder = Path(sys.argv[1])
for name, description in [("image", image), ("sequence", sequence), ("levels", levels)]:
    net = networks.build(description)
    with torch.no_grad():
        for tensor in net.parameters():
            tensor.add_(0.1 * torch.randn_like(tensor))
    networks.save(net, folder / f"{name}.safetensors")
    net = net.double()
    sites = torch.Size(description["shape"]).numel()
    x = torch.randint(description["symbols"].get("states", 2), (7, sites))
    numbers = net.numbers(x).requires_grad_(True)
    f = net.of_numbers(numbers)
    (gradient,) = torch.autograd.grad(f.sum(), numbers)
    # (batch, sites, channels), as gwg has it.
    gradient = gradient.flatten(2).movedim(1, 2)
    golden = {"x": x.tolist(), "f": f.tolist(), "gradient": gradient.flatten(1).tolist()}
    (folder / f"{name}.json").write_text(json.dumps(golden))
