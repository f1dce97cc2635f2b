//! One problem of ten variables in all formats, against the values of all its states.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../../gwg-models/tests/support/shared_data.rs"]
mod shared_data;

use gwg_models::io::parse_numbers;
use gwg_optimize::read::{Fault, Format, Variables, parse_quadratic, read_graph, read_quadratic};
use gwg_optimize::{Sense, Terms};
use proptest::prelude::*;
use serde_json::Value;
use shared_data::shared_data;
use std::fs;
use std::path::Path;

const STATES: usize = 1 << 10;

fn state(k: usize, sites: usize) -> Vec<u8> {
    (0..sites).map(|i| (k >> i & 1) as u8).collect()
}

/// The function of a file of golden.json as a formula: sums over its lists.
fn formula(golden: &Value, x: &[u8], spins: bool) -> f64 {
    let value = |i: usize| {
        let x = f64::from(x[i]);
        if spins { 2.0 * x - 1.0 } else { x }
    };
    let number = |v: &Value| v.as_f64().unwrap();
    let index = |v: &Value| v.as_u64().unwrap() as usize;
    let linear = golden["linear"].as_array().unwrap().iter().enumerate();
    let linear: f64 = linear.map(|(i, w)| number(w) * value(i)).sum();
    let pairs = golden["quadratic"].as_array().unwrap().iter();
    let pairs: f64 = pairs
        .map(|p| number(&p[2]) * value(index(&p[0])) * value(index(&p[1])))
        .sum();
    linear + pairs + number(&golden["offset"])
}

/// The order of the variables of the LP file: that of its section Binary.
const LP: [usize; 10] = [0, 2, 3, 1, 4, 5, 6, 7, 8, 9];

#[test]
fn every_format_has_the_values_of_its_problem() {
    let Some(folder) = shared_data("qubo_formats") else {
        return;
    };
    let golden: Value =
        serde_json::from_slice(&fs::read(folder.join("golden.json")).unwrap()).unwrap();
    let energies = |name: &str| {
        parse_numbers(&fs::read(folder.join(name)).unwrap())
            .unwrap()
            .1
    };
    for (name, variables, format, sign, constant) in [
        ("binary.qubo", Variables::Binary, Format::Qubo, 1.0, -2.5),
        (
            "binary_awkward.qubo",
            Variables::Binary,
            Format::Qubo,
            1.0,
            -2.5,
        ),
        (
            "binary_floats.qubo",
            Variables::Binary,
            Format::Qubo,
            1.0,
            -2.5,
        ),
        (
            "binary_sparse_nodes.qubo",
            Variables::Binary,
            Format::Qubo,
            1.0,
            -2.5,
        ),
        ("binary.coo", Variables::Binary, Format::Coo, 1.0, -2.5),
        (
            "binary_noheader.coo",
            Variables::Binary,
            Format::Coo,
            1.0,
            -2.5,
        ),
        (
            "binary_lenient.coo",
            Variables::Binary,
            Format::Coo,
            1.0,
            -2.5,
        ),
        ("spin.coo", Variables::Spins, Format::Coo, 1.0, 1.25),
        (
            "spin_fields.ising",
            Variables::Spins,
            Format::List,
            1.0,
            1.25,
        ),
        (
            "binary_upper.mtx",
            Variables::Binary,
            Format::MatrixMarket,
            1.0,
            -2.5,
        ),
        (
            "binary_symmetric.mtx",
            Variables::Binary,
            Format::MatrixMarket,
            1.0,
            -2.5,
        ),
        (
            "binary_array.mtx",
            Variables::Binary,
            Format::MatrixMarket,
            1.0,
            -2.5,
        ),
        (
            "binary_negated.mqlib_qubo",
            Variables::Binary,
            Format::List,
            -1.0,
            -2.5,
        ),
        ("binary.lp", Variables::Binary, Format::Lp, 1.0, 0.0),
    ] {
        let spins = variables == Variables::Spins;
        let file = read_quadratic(&folder.join(name), variables, 1).unwrap();
        assert_eq!((file.format, file.sense), (format, Sense::Min), "{name}");
        let terms = file.terms(variables).unwrap();
        let all = energies(if spins {
            "spin_energies.npy"
        } else {
            "binary_energies.npy"
        });
        let problem = &golden[if spins { "spin" } else { "binary" }];
        assert_eq!(all.len(), STATES);
        for (k, &stored) in all.iter().enumerate() {
            let x = state(k, 10);
            let energy = formula(problem, &x, spins);
            assert_eq!(energy, stored);
            let mut own = match format {
                Format::Lp => LP.iter().map(|&i| x[i]).collect(),
                _ => x,
            };
            // Variables that the file does not name, or names and does not use.
            own.resize(terms.sites(), 1);
            assert_eq!(terms.value(&own), sign * (energy + constant), "{name} {k}");
        }
    }
}

#[test]
fn cuts_are_those_of_the_formula() {
    let Some(folder) = shared_data("qubo_formats") else {
        return;
    };
    let values = fs::read(folder.join("maxcut_values.npy")).unwrap();
    let (_, values) = parse_numbers(&values).unwrap();
    for name in ["maxcut.rudy", "maxcut_comments.mqlib"] {
        let graph = read_graph(&folder.join(name)).unwrap();
        let terms = Terms::of_cut(graph.sites, graph.edges).unwrap();
        for (k, &value) in values.iter().enumerate() {
            assert_eq!(terms.value(&state(k, 10)), value, "{name} {k}");
        }
    }
    let spins = read_graph(&folder.join("spin.coo"))
        .unwrap_err()
        .to_string();
    assert!(spins.contains("ising:path"), "{spins}");
}

#[test]
fn lenient_files_and_other_formats_are_refused() {
    let Some(folder) = shared_data("qubo_formats") else {
        return;
    };
    let refused = |name: &str, variables| {
        let error = read_quadratic(&folder.join(name), variables, 1).unwrap_err();
        error.to_string()
    };
    for (name, said) in [
        ("binary_lenient.qubo", ":2: nNodes: found `14`"),
        ("binary.bqm", "a model of dimod"),
        ("binary.bqm.json", "a model of dimod"),
        ("spin.coo", "ising:path"),
        ("binary_dense.csv", "a number of instances"),
    ] {
        let message = refused(name, Variables::Binary);
        assert!(message.contains(said) || name.ends_with("csv"), "{message}");
    }
    assert!(refused("binary.coo", Variables::Spins).contains("qubo:path"));
    // dimod skips this line without a word.
    let file = read_quadratic(&folder.join("trap_exponent.coo"), Variables::Binary, 1).unwrap();
    assert_eq!(file.terms, [(0, 0, 1e-3), (0, 1, -1.0)]);
}

fn fault(text: &str, variables: Variables) -> (usize, Fault) {
    parse_quadratic(text.as_bytes(), variables, 1).unwrap_err()
}

#[test]
fn faults_name_the_line_what_was_found_and_what_is_allowed() {
    let binary = |text| {
        let (line, fault) = fault(text, Variables::Binary);
        format!("{line}: {fault}")
    };
    for (text, said) in [
        ("", "1: found no line with a word"),
        (
            "p qubo 0 2 1 1\n0 0 nan\n0 1 1\n",
            "2: weight: found `nan`, allowed is a finite number",
        ),
        (
            "p qubo 0 2 1 1\n0 0 1e999\n0 1 1\n",
            "2: weight: found `1e999`",
        ),
        (
            "p qubo 0 2 1 1\n0 0 1\n1 0 1\n",
            "3: coupler 1 0: the smaller variable is first",
        ),
        (
            "p qubo 0 2 1 1\n0 0 1\n0 2 1\n",
            "3: variable: found `2`, allowed is an integer from 0 to 1",
        ),
        (
            "p qubo 0 2 1 2\n0 0 1\n0 1 1\n",
            "3: found 1 lines `i j w`, but the header says 2",
        ),
        (
            "p qubo 0 2 1 2\n0 1 1\n0 1 2\n",
            "3: pair 0 1: already at line 2",
        ),
        (
            "p qubo 0 2 0 1\n0 0 1\n0 1 1\n",
            "2: found 1 lines `i i w`, but the header says 0",
        ),
        (
            "p qubo 1 2 0 1\n0 1 1\n",
            "1: found topology `1`, allowed is 0 or unconstrained",
        ),
        (
            "p qubo 0 2 0\n",
            "1: found 5 words, allowed is `p qubo 0 maxNodes nNodes nCouplers`",
        ),
        (
            "p edge 2 1\ne 1 2\n",
            "1: found a DIMACS file of kind `edge`",
        ),
        ("c only\n", "1: found no line `p`"),
        ("0 1 1\n0 1\n", "2: found 2 words, allowed is `i j w`"),
        (
            "0 99999999 1\n",
            "1: largest variable of a file of so few lines: found `99999999`",
        ),
        (
            "# vartype=TERNARY\n0 0 1\n",
            "1: found vartype=TERNARY; allowed are BINARY and SPIN",
        ),
        (
            "2 1\n1 3 1\n",
            "2: variable: found `3`, allowed is an integer from 1 to 2",
        ),
        ("2 2\n1 2 1\n2 1 1\n", "3: pair 2 1: already at line 2"),
        (
            "2 1\n1 2 1\n2 2 1\n",
            "3: found 2 lines `i j w`, but the header says 1",
        ),
        (
            "2 18446744073709551615\n1 2 1\n",
            "2: found 1 lines `i j w`, but the header says 18446744073709551615",
        ),
        ("2\n2 1\n1 2 1\n", "3: found no line, allowed is `n m`"),
        (
            "%%MatrixMarket matrix coordinate real general\n2 3 0\n",
            "2: number of columns: found `3`, allowed is an integer from 2 to 2",
        ),
        (
            "%%MatrixMarket matrix array real general\n2 2\n1\n",
            "3: found 1 entries, but the header says 4",
        ),
        (
            "%%MatrixMarket matrix coordinate complex general\n",
            "1: found `%%MatrixMarket matrix coordinate complex general`",
        ),
        (
            "Minimize x\nBinary\nx\n",
            "3: found the end of the file, allowed is a last line `End`",
        ),
        (
            "Minimize x + y\nBinary\nx\nEnd\n",
            "1: found the variable `y`, which is not in the section Binary",
        ),
        (
            "Minimize x\nSubject To\nc1: x <= 1\nBinary\nx\nEnd\n",
            "3: found constraints, which begin with `c1`",
        ),
        (
            "Minimize [ x * y ]\nBinary\nx y\nEnd\n",
            "4: found the end of the objective, allowed is `] / 2`",
        ),
        (
            "Minimize [ x ^ 3 ] / 2\nBinary\nx\nEnd\n",
            "1: found `3`, allowed is the exponent 2",
        ),
        (
            "Minimize e1\nBinary\ne1\nEnd\n",
            "1: found `e1`, allowed is a name that does not begin with e",
        ),
        (
            "Minimize x\nBounds\nx <= 4\nBinary\nx\nEnd\n",
            "3: found `x`, allowed is `0 <= x <= 1`",
        ),
        (
            "Minimize x\nGeneral\nx\nEnd\n",
            "3: found integer variables",
        ),
    ] {
        let found = binary(text);
        assert!(found.starts_with(said), "{text:?}: {found}");
    }
    let (line, spins) = fault("p qubo 0 1 0 0\n", Variables::Spins);
    assert!(line == 1 && spins.to_string().contains("qubo:path"));
    let bytes = parse_quadratic(b"2 1\n1 \xff 1\n", Variables::Binary, 1);
    assert_eq!(bytes, Err((2, Fault::NotText { byte: 6 })));
}

#[test]
fn published_optima_have_their_values() {
    let Some(folder) = shared_data("qubo_bqp") else {
        return;
    };
    let index: Value =
        serde_json::from_slice(&fs::read(folder.join("index.json")).unwrap()).unwrap();
    let mut count = 0;
    for (name, entry) in index.as_object().unwrap() {
        let path = folder.join(format!("{name}.qubo"));
        for sense in ["min", "max"] {
            let state = entry[format!("{sense}_x")].as_str();
            let (Some(state), Some(value)) = (state, entry[sense].as_f64()) else {
                continue;
            };
            let file = read_quadratic(&path, Variables::Binary, 1).unwrap();
            let terms = file.terms(Variables::Binary).unwrap();
            let mut x: Vec<u8> = state.bytes().map(|b| b - b'0').collect();
            x.resize(terms.sites(), 0);
            assert!((terms.value(&x) - value).abs() < 1e-3, "{name} {sense}");
            count += 1;
        }
    }
    assert!(count >= 8);
}

#[test]
fn beasley_files_have_several_problems_to_be_maximized() {
    let text = b"2\n2 2\n1 1 5\n1 2 -3\n3 1\n3 3 7\n";
    for (instance, sites, ones) in [(1, 2, 5.0 - 6.0), (2, 3, 7.0)] {
        let file = parse_quadratic(text, Variables::Binary, instance).unwrap();
        assert_eq!((file.sites, file.sense), (sites, Sense::Max));
        let terms = file.terms(Variables::Binary).unwrap();
        assert_eq!(terms.value(&[1; 3][..sites]), ones);
    }
    let (_, none) = parse_quadratic(text, Variables::Binary, 3).unwrap_err();
    assert!(none.to_string().contains("from 1 to 2"), "{none}");
    let list = parse_quadratic(b"1 1\n1 1 5\n", Variables::Binary, 2);
    assert!(list.is_err());
}

#[test]
fn matrices_of_numpy_count_each_entry_once() {
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    let mut header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }".to_owned();
    while !(header.len() + 11).is_multiple_of(64) {
        header.push(' ');
    }
    header.push('\n');
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    for w in [1.0_f64, 2.0, 3.0, f64::from(-4)] {
        bytes.extend(w.to_le_bytes());
    }
    let file = parse_quadratic(&bytes, Variables::Binary, 1).unwrap();
    let terms = file.terms(Variables::Binary).unwrap();
    assert_eq!(
        [[0, 0], [1, 0], [0, 1], [1, 1]].map(|x| terms.value(&x)),
        [0.0, 1.0, -4.0, 2.0]
    );
    let end = bytes.len();
    bytes[end - 8..].copy_from_slice(&f64::NAN.to_le_bytes());
    let fault = parse_quadratic(&bytes, Variables::Binary, 1).unwrap_err().1;
    assert!(
        fault.to_string().contains("NaN in row 1, column 1"),
        "{fault}"
    );
    assert!(read_quadratic(Path::new("none.npy"), Variables::Binary, 1).is_err());
}

/// Small files of all formats.
const TEXTS: [&str; 9] = [
    "c a problem\np qubo 0 3 2 1\n0 0 -1.5\n2 2 0.5\n0 2 3e0\n",
    "# vartype=BINARY\n0 0 1\n0 2 -0.5\n2 0 1\n",
    "# vartype=SPIN\n0 0 1.75\n0 1 -0.5\n",
    "# bq\n3 2\n1 1 5\n1 3 -2\n",
    "2\n2 1\n1 2 4\n1 1\n1 1 3\n",
    "%%MatrixMarket matrix coordinate real symmetric\n% c\n2 2 2\n1 1 1\n2 1 0.5\n",
    "%%MatrixMarket matrix array integer general\n2 2\n1\n0\n-2\n3\n",
    "\\ c\nMaximize\n obj: 2 x - y + [ 3 x * y - x ^ 2 ] / 2 + 1\nSubject To\nBounds\n 0 <= x <= 1\nBinary\n x y\nEnd\n",
    "Minimize\n - 3 a + 1e2 b + [ a^2 ]/2 - 4\nBinary\na b\nEnd\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn no_text_makes_a_reader_panic(which in 0..TEXTS.len(), edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..4, "[ -~\n\u{e9}]{0,6}"), 0..4)) {
        let mut text: Vec<char> = TEXTS[which].chars().collect();
        for (at, removed, inserted) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + removed).min(text.len());
            text.splice(at..end, inserted.chars());
        }
        let text: String = text.into_iter().collect();
        for variables in [Variables::Binary, Variables::Spins] {
            match parse_quadratic(text.as_bytes(), variables, 1) {
                Ok(file) => {
                    for &(i, j, w) in &file.terms {
                        prop_assert!(i.max(j) < file.sites && w.is_finite());
                    }
                    if let (true, Ok(terms)) = (file.sites < 10_000, file.terms(variables)) {
                        prop_assert!(terms.value(&vec![1; file.sites]).is_finite());
                    }
                }
                Err((line, fault)) => {
                    let message = fault.to_string();
                    prop_assert!(line >= 1 && message.len() < 2000);
                    prop_assert!(!message.chars().any(char::is_control), "{message:?}");
                }
            }
        }
    }
}
