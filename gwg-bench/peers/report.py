"""What is printed: the machine, the table, and how far to trust it."""

import json
import math
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from measure import CHAINS

PACKAGES = ("torch", "jax", "thrml", "dwave-samplers", "numpy")


def machine(gwg, threads):
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = names[0].split(":")[1].strip() if names else model
    gwg_version = subprocess.run([gwg, "--version"], check=True, capture_output=True, text=True)
    return {"cpu": model, "cores": os.cpu_count(), "threads": threads,
            "load_before": os.getloadavg(), "python": platform.python_version(),
            "gwg": gwg_version.stdout.split()[-1], **{name: version(name) for name in PACKAGES}}


def print_machine(about):
    load = " ".join(f"{value:.2f}" for value in about["load_before"])
    print(f"{about['cpu']}, {about['cores']} cores, {about['threads']} used; load average {load}")
    print(", ".join(f"{name} {about[name]}" for name in ("gwg", "python", *PACKAGES)))


def print_rows(spec, rows):
    print(f"\n{spec}, {CHAINS} chains")
    print(f"  {'system':28} {'unit':5} {'units/s':>9} {'updates/s':>9} {'ESS/unit':>9} {'ESS/s':>9}"
          f" {'R-hat':>7} {'rate/gwg':>9} {'ESS/gwg':>9}")
    for row in rows:
        mark = "~" if row["borrowed"] else " " if row["converged"] else "?"
        print(f"  {row['system']:28} {row['unit']:5} {_number(row['units_per_second'])}"
              f" {_number(row['site_updates_per_second'])} {_number(row['ess_per_unit'])}"
              f" {_number(row['ess_per_second'])}{mark}{row['rhat']:7.3f}"
              f" {_ratio(row['rate_to_gwg'])} {_ratio(row['ess_to_gwg'])}", flush=True)


def _number(value):
    return f"{value:9.2e}" if math.isfinite(value) else f"{'-':>9}"


def _ratio(value):
    return f"{value:9.3g}" if math.isfinite(value) else f"{'-':>9}"


def print_legend():
    print("""
unit: a step proposes one move; a sweep updates every site once. updates/s: steps/s, or sweeps/s x D.
ESS: rank-normalised bulk ESS of the Hamming distance to a fixed random state, over all chains.
?: R-hat above 1.05, the ESS is not to be trusted.  ~: so, and therefore gwg's own ESS per step: the
kernel is the same. rate/gwg and ESS/gwg: updates/s and ESS/s over those of the first row,
the latter where both are to be trusted.""")


def advise(about):
    after = os.getloadavg()
    about["load_after"] = after
    print(f"load average now {' '.join(f'{value:.2f}' for value in after)}")
    if about["load_before"][0] > 0.3:
        print(f"advice: the load average was {about['load_before'][0]:.2f} before the first "
              "measurement: other work shares these cores. End it and run again; what is above "
              "compares systems that were not equally disturbed.")


def write_json(path, about, seconds, checks, rows):
    found = {"machine": about, "seconds": seconds, "checks": checks, "rows": rows}
    path.write_text(json.dumps(_without_nan(found), indent=2) + "\n")


def _without_nan(value):
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
