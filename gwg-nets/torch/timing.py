"""The time of values and input gradients of a batch, and of gradients of the weights, in PyTorch: timing.py CHANNELS BATCH THREADS REPETITIONS"""

import statistics
import sys
import time

import networks
import torch

channels, batch, threads, repetitions = (int(a) for a in sys.argv[1:])
torch.set_num_threads(threads)
conv = lambda kernel, stride: {"type": "conv", "channels": channels, "kernel": [kernel] * 2, "stride": stride, "padding": kernel // 2}
swish = {"type": "swish", "learned": True}
layers = [conv(3, 1)]
for stride in [2, 2, 1, 1, 1, 1, 1, 1]:
    shortcut = [conv(1, stride)] if stride > 1 else []
    layers += [{"type": "residual", "body": [conv(3, stride), swish, conv(3, 1)], "shortcut": shortcut}, swish]
layers += [{"type": "mean_pool"}, {"type": "linear", "features": 1}]
net = networks.build({"shape": [28, 28], "symbols": {"kind": "binary"}, "layers": layers})
x = torch.randint(2, (batch, 784))


def milliseconds(work):
    times = []
    for _ in range(repetitions):
        started = time.perf_counter()
        work()
        times.append(1e3 * (time.perf_counter() - started))
    return statistics.median(times)


def evaluate():
    numbers = net.numbers(x).requires_grad_(True)
    torch.autograd.grad(net.of_numbers(numbers).sum(), numbers)


def learn():
    net.zero_grad()
    net(x).sum().backward()


for p in net.parameters():
    p.requires_grad_(False)
evaluation = milliseconds(evaluate)
for p in net.parameters():
    p.requires_grad_(True)
print(f"PyTorch: {channels} channels, batch {batch}, {threads} threads: value and input gradient {evaluation:.1f} ms, with gradient of weights {milliseconds(learn):.1f} ms")
