"""Opens a trace with zarr-python, xarray and ArviZ and compares ArviZ's diagnostics with those of a run's summary.

    pip install arviz zarr xarray        # ArviZ 1.x wants Python 3.12 or later
    python open_trace.py TRACE SUMMARY.json [PLAIN]

SUMMARY.json is an object with "statistics": {"log_prob": {"mean", "sd", "mcse", "ess_bulk", "ess_tail", "rhat"}}; each statistic of it
that the trace stores is compared, "log_prob" must be one, and a missing or null figure must be undefined. "chains", "draws" and
"sites" are compared where present; "states" above 256 make states of 16 bits. PLAIN is a trace of the same run
without `--packed`, if TRACE has packed states. Prints what was compared; exits with 1 at the first mismatch.
"""

import json
import math
import sys
import warnings

import arviz
import numpy as np
import xarray
import zarr

TOLERANCE = 1e-6


class Mismatch(Exception):
    pass


def check(what, found, expected):
    if found != expected:
        raise Mismatch(f"{what}: found {found}, expected {expected}")
    print(f"ok  {what}: {found}")


def text(array):
    """Metadata as text: as values two fill values NaN would differ."""
    return str(array.metadata.to_dict())


def check_layout(trace, summary):
    root = zarr.open_group(trace, mode="r")
    if root.metadata.consolidated_metadata is None:
        raise Mismatch("zarr-python finds no consolidated metadata")
    x = root["posterior/x"]
    chains, draws = x.shape[:2]
    sites = x.attrs.get("sites", math.prod(x.shape[2:]))
    for name, size in [("chains", chains), ("draws", draws), ("sites", sites)]:
        check(name, size, summary.get(name, size))
    # Each node by itself must say what the consolidated metadata says of it.
    for name, node in [(None, root), *root.members(max_depth=None)]:
        path = trace if name is None else f"{trace}/{name}"
        alone = zarr.open(path, mode="r", zarr_format=3)
        if dict(alone.attrs) != dict(node.attrs) or alone.metadata.zarr_format != 3:
            raise Mismatch(f"{path}: attributes differ from the consolidated ones")
        if isinstance(node, zarr.Array) and text(alone) != text(node):
            raise Mismatch(f"{path}: metadata differ from the consolidated ones")
    wide = summary.get("states", 2) > 256
    check("dtype of x", str(x.dtype), "uint16" if wide else "uint8")
    dims = x.metadata.dimension_names
    check("first dimensions of x", dims[:2], ("chain", "draw"))
    if len(dims) > 3:
        check("dimensions of x", dims[2:], ("plane", "row", "column")[5 - len(dims) :])
    else:
        check("dimensions of x", dims[2:], ("byte",) if "bitorder" in x.attrs else ("site",))
    check("state in a chunk of x", x.chunks[2:], x.shape[2:])
    return root


def unpacked(x):
    """The states of a trace of bits, as a run without --packed stores them."""
    return xarray.apply_ufunc(
        lambda bits: np.unpackbits(bits, axis=-1, count=x.attrs["sites"], bitorder=x.attrs["bitorder"]),
        x, input_core_dims=[["byte"]], output_core_dims=[["site"]])


def check_packed(trace, plain):
    """Both traces are of the same run."""
    states = unpacked(xarray.open_datatree(trace, engine="zarr")["posterior"]["x"])
    expected = xarray.open_datatree(plain, engine="zarr")["posterior"]["x"]
    if not np.array_equal(states.values, expected.values.reshape(states.shape)):
        raise Mismatch(f"{trace} and {plain} differ in their states")
    print("ok  packed states are those of the other trace")


def check_tree(tree, root):
    x = root["posterior/x"]
    chains, draws = x.shape[:2]
    check("groups", sorted(tree.children), ["posterior", "sample_stats"])
    check("attributes", tree.attrs, dict(root.attrs))
    sizes = {"posterior": dict(zip(x.metadata.dimension_names, x.shape))}
    sizes["sample_stats"] = {"chain": chains, "draw": draws}
    for group, lengths in sizes.items():
        dataset = tree[group].to_dataset()
        check(f"sizes of {group}", dict(dataset.sizes), lengths)
        check(f"library of {group}", dataset.attrs["inference_library"], "gwg")
        for name, length in lengths.items():
            coordinate = dataset.coords[name]
            check(f"dtype of {group}/{name}", str(coordinate.dtype), "int64")
            if not np.array_equal(coordinate, np.arange(length)):
                raise Mismatch(f"{group}/{name} is not 0, 1, 2, ...")
    states = tree["posterior"]["x"]
    check("dtype of x in xarray", str(states.dtype), str(root["posterior/x"].dtype))
    check("dimensions of x in xarray", states.dims, x.metadata.dimension_names)
    if not np.array_equal(states.values, root["posterior/x"][:]):
        raise Mismatch("x differs between xarray and zarr-python")
    for name, array in tree["sample_stats"].data_vars.items():
        check(f"dtype of {name}", str(array.dtype), "float64")
        check(f"dimensions of {name}", array.dims, ("chain", "draw"))


def figures(draws):
    return {
        "mean": draws.mean(),
        "sd": draws.std(ddof=1),
        "mcse": arviz.mcse(draws, method="mean"),
        "ess_bulk": arviz.ess(draws, method="bulk"),
        "ess_tail": arviz.ess(draws, method="tail", prob=(0.05, 0.95)),
        "rhat": arviz.rhat(draws) if len(draws) > 1 else math.nan,
    }


def check_statistic(name, draws, expected):
    constant = np.ptp(draws) == 0
    for key, found in figures(draws).items():
        if key not in expected:
            continue
        ours, found = expected[key], float(found)
        if ours is None:
            # ArviZ gives a constant quantity all its draws as ESS, and chains stuck apart a rounding error as R-hat.
            undefined = constant or not math.isfinite(found) or (key == "rhat" and found > 1e12)
            if not undefined:
                raise Mismatch(f"{name} {key}: null in the summary, ArviZ {found}")
            print(f"ok  {name} {key}: undefined")
            continue
        scale = max(abs(found), draws.std() if key == "mean" else 0.0)
        off = 0.0 if ours == found else abs(ours - found) / scale if scale > 0 else math.inf
        if not off <= TOLERANCE:
            raise Mismatch(f"{name} {key}: {ours} in the summary, ArviZ {found}, off {off:.1e}")
        print(f"ok  {name} {key}: {ours:.9g}, ArviZ {found:.9g}, off {off:.1e}")


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit("usage: open_trace.py TRACE SUMMARY.json [TRACE_OF_THE_SAME_RUN_WITHOUT_PACKED]")
    trace, summary_path = sys.argv[1:3]
    with open(summary_path, encoding="utf-8") as file:
        summary = json.load(file)
    print(f"arviz {arviz.__version__}, zarr {zarr.__version__}, xarray {xarray.__version__}")
    # A reader that only warns (of missing consolidated metadata, say) has met a fault too.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        root = check_layout(trace, summary)
        trees = [xarray.open_datatree(trace, engine="zarr")]
        if int(arviz.__version__.split(".")[0]) >= 1:
            trees.append(arviz.from_zarr(trace))
        for tree in trees:
            check_tree(tree, root)
        if int(arviz.__version__.split(".")[0]) < 1:
            data = arviz.InferenceData.from_datatree(xarray.open_datatree(trace, engine="zarr"))
            check("groups of InferenceData", data.groups(), ["posterior", "sample_stats"])
        if len(sys.argv) == 4:
            check_packed(trace, sys.argv[3])
    stored = trees[-1]["sample_stats"]
    compared = [name for name in summary["statistics"] if name in stored.data_vars]
    if "log_prob" not in compared:
        raise Mismatch(f"log_prob must be in the summary and the trace; both have {compared}")
    for name in compared:
        check_statistic(name, stored[name].values, summary["statistics"][name])


if __name__ == "__main__":
    try:
        main()
    except Mismatch as mismatch:
        sys.exit(f"MISMATCH  {mismatch}")
