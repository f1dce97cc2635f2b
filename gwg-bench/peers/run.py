#!/usr/bin/env python3
"""Samples the same models with gwg and with other programs, in one run, and prints a table.

The first use makes a virtual environment under target/ and installs the peers there from PyPI.
"""

import argparse
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / "target" / "peers-venv"
PACKAGES = ["torch", "jax", "thrml", "dwave-samplers", "numpy", "scipy", "safetensors"]


def enter_environment():
    """Runs this file again inside the virtual environment, which is made where it is missing."""
    if Path(sys.prefix).resolve() == VENV.resolve():
        return
    if sys.version_info < (3, 11):
        sys.exit(f"error: Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    python = VENV / "bin" / "python"
    complete = VENV / ".installed"  # written last: an interrupted installation is begun again
    if not complete.exists() or complete.read_text() != " ".join(PACKAGES):
        print(f"installing {' '.join(PACKAGES)} into {VENV} (once; some GB)", file=sys.stderr)
        venv.create(VENV, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        complete.write_text(" ".join(PACKAGES))
    os.execv(python, [str(python), *sys.argv])


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="WORKLOAD", help="workloads whose spec contains this")
    parser.add_argument("--seconds", type=float, default=5.0, help="per measurement [5]")
    parser.add_argument("--threads", type=int, help="cores to use [all]")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    parser.add_argument("--gwg", type=Path, default=ROOT / "target" / "release" / "gwg",
                        help="the gwg command [target/release/gwg]")
    given = parser.parse_args()
    if given.seconds <= 0 or (given.threads is not None and given.threads < 1):
        parser.error("--seconds and --threads must be positive")
    if not given.gwg.is_file():
        parser.error(f"{given.gwg} is not there; run `cargo build --release -p gwg-cli` first")
    return given


def hold_to_cores(threads):
    """Lets this process and its children run on so many cores; returns their number."""
    cores = sorted(os.sched_getaffinity(0))[:threads]
    os.sched_setaffinity(0, cores)
    return len(cores)


def main():
    given = arguments()
    enter_environment()
    sys.dont_write_bytecode = True  # nothing is left beside the sources
    # Before torch and jax are imported: both count the cores when they start.
    threads = hold_to_cores(given.threads)

    import measure
    import report
    from models import WORKLOADS

    specs = [spec for spec in WORKLOADS if given.only is None or given.only in spec]
    if not specs:
        sys.exit(f"error: --only {given.only}: no such workload; there are {', '.join(WORKLOADS)}")
    about = report.machine(given.gwg, threads)
    report.print_machine(about)
    sound = measure.verify(given.gwg, specs, threads)
    rows = []
    for spec in specs:
        found = measure.workload(given.gwg, spec, given.seconds, threads)
        report.print_rows(spec, found)
        rows += found
    report.print_legend()
    report.advise(about)
    if given.json is not None:
        report.write_json(given.json, about, given.seconds, sound, rows)
    if not all(check["passed"] for check in sound):
        sys.exit("error: a sampler failed its check above; its rows mean nothing")


if __name__ == "__main__":
    main()
