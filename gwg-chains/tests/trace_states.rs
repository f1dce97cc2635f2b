//! Other forms of the states in a trace: bits, and named dimensions.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;

use gwg_chains::trace::{Batch, Chunks, TraceReader, TraceSpec, TraceWriter};
use serde_json::{Value, json};

const CHAINS: usize = 3;
const DRAWS: usize = 7;

fn symbol(chain: usize, draw: usize, site: usize) -> u8 {
    ((chain + draw * draw + site * site * site + 3 * site) % 5 % 2) as u8
}

fn states(sites: usize, draws: std::ops::Range<usize>) -> Vec<u8> {
    let rows = (0..CHAINS).flat_map(|c| draws.clone().map(move |d| (c, d)));
    rows.flat_map(|(c, d)| (0..sites).map(move |s| symbol(c, d, s)))
        .collect()
}

fn spec(sites: usize, packed: bool, dims: &[(&str, usize)]) -> TraceSpec {
    let chunks = Chunks {
        chains: 2,
        draws: 3,
        stat_draws: 4,
    };
    TraceSpec {
        packed,
        dims: dims.iter().map(|&(name, n)| (name.to_owned(), n)).collect(),
        stats: Vec::new(),
        chunks: Some(chunks),
        ..TraceSpec::new(CHAINS, sites)
    }
}

fn append(writer: &mut TraceWriter, sites: usize, to: usize) {
    let from = writer.draws();
    let x = states(sites, from..to);
    let (draws, x, stats) = (to - from, &x[..], &[][..]);
    writer.append(&Batch { draws, x, stats }).unwrap();
}

fn assert_holds(path: &Path, sites: usize) {
    let reader = TraceReader::open(path).unwrap();
    reader.check().unwrap();
    let shape = (reader.chains(), reader.draws(), reader.sites());
    assert_eq!(shape, (CHAINS, DRAWS, sites));
    let mut found = vec![Vec::new(); CHAINS];
    let visit = |chain: usize, first: usize, x: &[u8]| {
        assert_eq!(found[chain].len(), first * sites);
        found[chain].extend_from_slice(x);
    };
    reader.for_each_x(visit).unwrap();
    assert_eq!(found.concat(), states(sites, 0..DRAWS));
    let wide: Vec<u16> = reader.x_chunk(2, 1).unwrap();
    let chain = &found[2][3 * sites..6 * sites];
    assert!(wide.iter().copied().eq(chain.iter().map(|&s| u16::from(s))));
}

fn node(path: &Path) -> Value {
    let text = fs::read_to_string(path.join("posterior/x/zarr.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn bits_and_dimensions_are_read_as_sites() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    for (sites, dims) in [
        (1, &[][..]),
        (8, &[]),
        (21, &[("row", 3), ("column", 7)]),
        (30, &[("plane", 2), ("row", 3), ("column", 5)]),
    ] {
        for packed in [false, true] {
            let spec = || spec(sites, packed, dims);
            let mut writer = TraceWriter::create(&path, spec()).unwrap();
            append(&mut writer, sites, 5);
            writer.sync().unwrap();
            drop(writer);
            let mut writer = TraceWriter::resume(&path, spec(), 4).unwrap();
            append(&mut writer, sites, DRAWS);
            writer.finish().unwrap();
            assert_holds(&path, sites);

            let json = node(&path);
            let (mut names, mut shape) = (vec!["chain", "draw"], vec![CHAINS, DRAWS]);
            if packed {
                names.push("byte");
                shape.push(sites.div_ceil(8));
                assert_eq!(json["attributes"]["bitorder"], "little");
                assert_eq!(json["attributes"]["sites"], sites);
            } else if dims.is_empty() {
                names.push("site");
                shape.push(sites);
            } else {
                names.extend(dims.iter().map(|(name, _)| *name));
                shape.extend(dims.iter().map(|(_, n)| n));
            }
            assert_eq!(json["dimension_names"], json!(names));
            assert_eq!(json["shape"], json!(shape));
            for name in names {
                assert!(path.join("posterior").join(name).join("c/0").is_file());
            }
            // What may be in such a trace is known.
            let force = TraceSpec {
                force: true,
                ..spec()
            };
            drop(TraceWriter::create(&path, force).unwrap());
            fs::remove_dir_all(&path).unwrap();
        }
    }
}

/// The first site is the least significant bit, unless another writer says otherwise.
#[test]
fn the_order_of_bits_is_that_of_numpy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let spec = TraceSpec {
        packed: true,
        stats: Vec::new(),
        compression: gwg_chains::trace::Compression::None,
        ..TraceSpec::new(1, 10)
    };
    let mut writer = TraceWriter::create(&path, spec).unwrap();
    let state = [1_u8, 0, 0, 0, 0, 0, 1, 1, 0, 1];
    let (draws, x, stats) = (1, &state[..], &[][..]);
    writer.append(&Batch { draws, x, stats }).unwrap();
    let x = &[0_u8, 1, 2, 0, 0, 0, 0, 0, 0, 0][..];
    let error = writer.append(&Batch { draws, x, stats }).unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("largest symbol of the batch after draw 1 is 2; 0 and 1"),
        "{said}"
    );
    writer.finish().unwrap();
    let bytes = fs::read(path.join("posterior/x/c/0/0/0")).unwrap();
    assert_eq!(bytes[..2], [0b1100_0001, 0b10]);
    assert_eq!(
        TraceReader::open(&path)
            .unwrap()
            .x_chunk::<u8>(0, 0)
            .unwrap(),
        state
    );

    let mut root: Value =
        serde_json::from_slice(&fs::read(path.join("zarr.json")).unwrap()).unwrap();
    let mut edited = |key: &str, value: Value| {
        let x = &mut root["consolidated_metadata"]["metadata"]["posterior/x"];
        let before = std::mem::replace(&mut x["attributes"][key], value);
        fs::write(path.join("zarr.json"), root.to_string()).unwrap();
        root["consolidated_metadata"]["metadata"]["posterior/x"]["attributes"][key] = before;
        TraceReader::open(&path)
    };
    let big = edited("bitorder", json!("big")).unwrap();
    let reversed = [1, 1, 0, 0, 0, 0, 0, 1, 0, 0];
    assert_eq!(big.x_chunk::<u8>(0, 0).unwrap(), reversed);
    for (key, value, named) in [
        (
            "bitorder",
            json!("middle"),
            "posterior/x: attributes.bitorder is \"middle\"",
        ),
        ("sites", json!(-1), "posterior/x: attributes.sites is -1"),
        (
            "sites",
            json!(17),
            "shape is [1,1,2]; 17 sites as bits are [3] bytes",
        ),
        ("sites", json!(0), "0 sites as bits are [0] bytes"),
    ] {
        let said = edited(key, value).unwrap_err().to_string();
        assert!(said.contains(named), "{said}");
    }
}

#[test]
fn wrong_dimensions_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let wide = TraceSpec {
        symbols: gwg_chains::trace::SymbolType::U16,
        ..spec(6, true, &[])
    };
    let many = ["a", "b", "c1", "d", "e", "f", "g"].map(|name| (name, 1));
    for (spec, named) in [
        (
            spec(6, false, &[("row", 2), ("column", 4)]),
            "dims is (row: 2, column: 4); the product",
        ),
        (
            spec(6, false, &[("row", usize::MAX), ("column", 3)]),
            "the product",
        ),
        (
            spec(6, false, &[("draw", 6)]),
            "dims is draw; a dimension needs its own name",
        ),
        (spec(6, false, &[("row", 2), ("row", 3)]), "dims is row; "),
        (spec(6, false, &[("../row", 6)]), "dims is ../row; "),
        (spec(1, false, &many), "at most 6 are stored"),
        (wide, "symbols is uint16; bits are packed"),
    ] {
        let said = TraceWriter::create(&path, spec).unwrap_err().to_string();
        assert!(said.contains(named), "{said}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

    let mut writer = TraceWriter::create(&path, spec(6, false, &[])).unwrap();
    append(&mut writer, 6, 2);
    writer.finish().unwrap();
    let dims = [("row", 2), ("column", 3)];
    for (spec, named) in [
        (
            spec(6, false, &dims),
            "the shape of posterior/x is [3,2,6] there and [3,2,2,3]",
        ),
        (spec(6, true, &[]), "posterior/"),
    ] {
        let said = TraceWriter::resume(&path, spec, 2).unwrap_err().to_string();
        assert!(
            said.contains("cannot be continued") && said.contains(named),
            "{said}"
        );
    }
}
