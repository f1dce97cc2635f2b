//! The formats of other programs: what is read of each, and what is refused by name.

use super::{assert_refused, parse, shared_data};
use gwg_models::io::edges::Format;
use gwg_models::io::{GraphFile, read_edges, read_graph};
use std::fs;

#[test]
fn formats_are_told_by_their_first_lines() {
    for (text, format) in [
        ("3 2\n", Format::List),
        ("% c\n3 2\n", Format::List),
        ("c a\np edge 1 0\n", Format::Dimacs),
        ("\np col 1 0\n", Format::Dimacs),
        ("%%MatrixMarket matrix", Format::MatrixMarket),
        ("%%matrixmarket MATRIX", Format::MatrixMarket),
        ("# vartype=SPIN\n", Format::Coo),
        ("# dimod\n#vartype = spin\n0 0 1\n", Format::Coo),
        ("3 2\n# vartype=SPIN\n", Format::List),
    ] {
        assert_eq!(Format::of(text), format, "{text:?}");
    }
}

#[test]
fn a_dimacs_graph_may_list_each_edge_twice() {
    let list = parse("c a\np edge 4 2\ne 1 2\nc more\ne 4 3\n");
    assert_eq!(
        (list.sites, &list.edges[..]),
        (4, &[(0, 1, 1.0), (3, 2, 1.0)][..])
    );
    for counted in [2, 4] {
        let text = format!("p col 3 {counted}\ne 1 2\ne 2 1\ne 2 3\ne 3 2\n");
        assert_eq!(parse(&text).edges, [(0, 1, 1.0), (1, 2, 1.0)]);
    }
    let weighted = parse("p edge 3 2\ne 1 2 0.5\ne 2 3 -2\n");
    assert_eq!(weighted.edges, [(0, 1, 0.5), (1, 2, -2.0)]);

    assert_refused(
        "p edge 3 2\ne 1 2 1\ne 2 1 1\n",
        3,
        "edge 2 1: already at line 2",
    );
    assert_refused("p edge 3 2\ne 1 2\ne 1 3 1\n", 3, "an edge with a weight");
    assert_refused("p edge 3 1\ne 1 2\ne 1 3\n", 3, "edge number 2");
    assert_refused("p edge 3 3\ne 1 2\ne 1 3\n", 3, "ends after 2 edges");
    assert_refused("p edge 3 1\ne 1 4\n", 2, "vertex: found `4`");
    assert_refused("p edge 3\n", 1, "found 3 words, allowed is `p edge n m`");
    assert_refused("p edge 3 1\np edge 3 1\n", 2, "a second line `p`");
    assert_refused("p edge 3 0\nn 1 5\n", 2, "weights of vertices");
    assert_refused("p edge 3 0\nx 1 5\n", 2, "begins no line of DIMACS");
    assert_refused("e 1 2\n", 1, "before its edges");
    assert_refused("c nothing\n", 1, "p edge n m");
    assert_refused("c q\np qubo 0 3 3 1\n", 2, "of kind `qubo`");
}

#[test]
fn a_matrix_is_symmetric() {
    let banner = "%%MatrixMarket matrix coordinate";
    let text = format!("{banner} real symmetric\n% c\n\n3 3 3\n2 1 0.5\n2 2 0\n3 2 -1\n");
    assert_eq!(parse(&text).edges, [(1, 0, 0.5), (2, 1, -1.0)]);
    let text = format!("{banner} integer general\n3 3 4\n1 2 3\n2 1 3\n3 2 4\n2 3 4\n");
    assert_eq!(parse(&text).edges, [(0, 1, 3.0), (2, 1, 4.0)]);
    let text = format!("{banner} pattern symmetric\n3 3 1\n3 1\n");
    assert_eq!(parse(&text).edges, [(2, 0, 1.0)]);
    // An entry of 0 needs no mirror image.
    let text = format!("{banner} real general\n2 2 1\n1 2 0\n");
    assert_eq!(parse(&text).edges, [(0, 1, 0.0)]);

    let refused = |rest: &str, line, part| assert_refused(format!("{banner} {rest}"), line, part);
    refused(
        "real general\n2 2 1\n1 2 3\n",
        3,
        "entry 1 2 is 3, but entry 2 1 is 0",
    );
    refused(
        "real general\n2 2 2\n1 2 3\n2 1 4\n",
        4,
        "entry 1 2 is 3, but entry 2 1 is 4",
    );
    refused(
        "real general\n2 2 2\n1 2 3\n1 2 3\n",
        4,
        "already at line 3",
    );
    refused(
        "real general\n2 2 3\n1 2 3\n2 1 3\n2 1 3\n",
        5,
        "already at line 3",
    );
    refused(
        "real symmetric\n2 2 2\n2 1 3\n1 2 3\n",
        4,
        "already at line 3",
    );
    refused("real symmetric\n2 2 1\n1 1 3\n", 3, "its own neighbor");
    refused("real symmetric\n2 3 0\n", 2, "number of columns: found `3`");
    refused(
        "real symmetric\n2 2 1\n2 1\n",
        3,
        "found 2 words, allowed is `i j w`",
    );
    refused(
        "pattern symmetric\n2 2 1\n2 1 5\n",
        3,
        "found 3 words, allowed is `i j`",
    );
    refused("real symmetric\n2 2 2\n2 1 1\n", 3, "ends after 1 edges");
    refused("complex symmetric\n", 1, "real, integer or pattern");
    refused("real skew-symmetric\n", 1, "symmetric or general");
    refused("real symmetric\n% c\n", 1, "n n entries");
    assert_refused(
        "%%MatrixMarket matrix array real general\n",
        1,
        "array real general",
    );
}

#[test]
fn spins_of_dimod_are_minus_their_energy() {
    let list = parse("# vartype=SPIN\n0 0 1.5\n0 2 -0.5\n2 0 1\n2 2 1e-1\n0 0 0.5\n");
    assert_eq!(list.sites, 3);
    assert_eq!(list.edges, [(0, 2, -0.25)]);
    assert_eq!(list.fields, [(0, -2.0), (2, -0.1)]);

    assert_refused(
        "# vartype=BINARY\n0 0 1\n",
        1,
        "found vartype=BINARY, where SPIN",
    );
    assert_refused("# vartype=SPIN\n", 1, "at least one line `i j bias`");
    assert_refused(
        "# vartype=SPIN\n0 1\n",
        2,
        "found 2 words, allowed is `i j bias`",
    );
    assert_refused("# vartype=SPIN\n0 -1 2\n", 2, "variable: found `-1`");
    assert_refused("# vartype=SPIN\n0 1 x\n", 2, "weight: found `x`");
    assert_refused(
        "# vartype=SPIN\n0 0 1e308\n0 0 1e308\n",
        3,
        "bias 0 0: the sum",
    );
    assert_refused(
        "0 0 1.5\n0 1 2\n",
        1,
        "begins with `# vartype=SPIN` instead",
    );
    assert_refused(b"DIMODBQM\x02\0\0", 1, "dimod's binary format");
    assert_refused("{\"type\": 1}", 1, "found JSON");
}

#[test]
fn spins_have_no_potts_model() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.coo");
    fs::write(&path, "# vartype=SPIN\n0 1 1\n").unwrap();
    let message = read_graph(&path).unwrap_err().to_string();
    assert!(
        message.contains("s.coo:1: found a COO file of an Ising model"),
        "{message}"
    );
    fs::write(&path, "p col 2 1\ne 1 2\n").unwrap();
    assert!(matches!(read_graph(&path), Ok(GraphFile::Edges(list)) if list.sites == 2));
}

/// All energies of a file that dimod wrote, by dimod.
#[test]
fn energies_of_a_coo_file_are_those_of_dimod() {
    let Some(folder) = shared_data("qubo_formats") else {
        return;
    };
    let list = read_edges(&folder.join("spin.coo")).unwrap();
    // Variable 9 has no bias, and is not in the file.
    assert_eq!((list.sites, list.edges.len()), (9, 20));
    let energies = fs::read(folder.join("spin_energies.npy")).unwrap();
    let (_, numbers) = energies.split_at(energies.len() - 1024 * 8);
    let mut constant = None;
    for (k, energy) in numbers.chunks_exact(8).enumerate() {
        let energy = f64::from_le_bytes(energy.try_into().unwrap());
        let spin = |i: usize| if (k >> i) & 1 == 1 { 1.0 } else { -1.0 };
        let pairs = list
            .edges
            .iter()
            .map(|&(i, j, w)| 2.0 * w * spin(i) * spin(j));
        let fields = list.fields.iter().map(|&(i, h)| h * spin(i));
        let f = pairs.chain(fields).sum::<f64>();
        // COO files do not have the constant of the energy.
        let constant = *constant.get_or_insert(f + energy);
        assert!((f + energy - constant).abs() < 1e-9, "{k}: {f} {energy}");
    }
}

#[test]
fn graphs_of_the_dimacs_challenges_are_read_whole() {
    for (name, ending) in [("dimacs_clique", "clq"), ("coloring", "col")] {
        let Some(folder) = shared_data(name) else {
            return;
        };
        let mut read = 0;
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|e| e != ending) {
                continue;
            }
            let list = read_edges(&path).unwrap_or_else(|e| panic!("{e}"));
            let text = fs::read_to_string(&path).unwrap();
            let header: Vec<_> = text
                .lines()
                .find(|l| l.starts_with('p'))
                .unwrap()
                .split_whitespace()
                .collect();
            assert_eq!(header[2], list.sites.to_string());
            let promised: usize = header[3].parse().unwrap();
            let found = list.edges.len();
            assert!(
                promised == found || promised == 2 * found,
                "{}",
                path.display()
            );
            read += 1;
        }
        assert!(read > 10, "{name}");
    }
}
