"""`gwg sample`, run as a user runs it; its own clock and its own diagnostics."""

import json
import subprocess

STEP, SITE, SWEEP = "one move", "one site", "every site"
# (sampler, what a step of it updates, the kinds of models that have it)
SAMPLERS = (
    ("gwg", STEP, None),
    ("gibbs", SITE, None),
    ("sweep", SWEEP, {"ising-lattice", "ising-er", "potts-lattice", "rbm"}),
)


def samplers(kind):
    """Those that a kind of model has, and what a step of each updates."""
    return [(name, unit) for name, unit, kinds in SAMPLERS if kinds is None or kind in kinds]


MAX_DRAWS = 20_000


def run(gwg, spec, sampler, chains, threads, warmup, draws, thin):
    """The summary of one run."""
    options = {"sampler": sampler, "chains": chains, "threads": threads, "warmup": warmup,
               "draws": draws, "thin": thin, "seed": 1, "summary": "-"}
    words = [word for key, value in options.items() for word in (f"--{key}", str(value))]
    done = subprocess.run([gwg, "sample", spec, "--quiet", *words], check=True, capture_output=True)
    return json.loads(done.stdout)


def timed(gwg, spec, sampler, stride, chains, threads, seconds):
    """A run of about so many seconds, after as good as a third of that in warm-up.

    A draw is taken every `stride` steps: less often where a run would have more than MAX_DRAWS,
    more often where it would have fewer than 200.
    """
    steps = 100
    while True:
        found = run(gwg, spec, sampler, chains, threads, 10, 10, steps // 10)
        taken = found["seconds"]["sampling"]
        if taken > min(0.2, seconds / 5):
            break
        steps *= 4
    steps = max(200, int(steps * seconds / taken))
    draws = min(MAX_DRAWS, max(200, steps // stride))
    thin = max(1, steps // draws)
    return run(gwg, spec, sampler, chains, threads, draws * thin // 3, draws, thin)
