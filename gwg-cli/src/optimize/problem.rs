//! `PROBLEM` of `gwg optimize`.

mod conflicts;

use super::model::ModelSearch;
use crate::failure::Failure;
use crate::flags::ModelFlags;
use crate::{list, memory, waiting};
use conflicts::{COLORING, MAX_SAT};
use gwg_models::io::EdgeList;
use gwg_optimize::read::{ReadError, Variables, read_graph, read_quadratic};
use gwg_optimize::{MOST_COMPLEMENT, Method, Quadratic, Search, Sense, SetKind, Terms, VertexSet};
use gwg_registry::ModelSpec;
use gwg_registry::grammar::{
    Allowed, Entry, KeyEntry, Keys, Setting, Settings, SpecError, ValueFault, open, text_of,
};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A problem that can be read and searched.
type Read = Box<dyn Fn() -> Result<Box<dyn Search>, Failure>>;

/// The file of a problem, and how it is read.
type Reading = (PathBuf, Read);

/// Takes the keys, and the method.
type Parse = fn(&mut Settings<'_>, &str) -> Result<Reading, Failure>;

/// A kind of problems.
struct Problem {
    keys: Keys,
    meaning: &'static str,
    parse: Parse,
}

impl Entry for Problem {
    const NOUN: &'static str = "problem";
    const OTHERWISE: &'static str =
        ", or a model (see `gwg models`); `gwg optimize list` prints the keys of problems";

    fn keys(&self) -> Keys {
        self.keys
    }
}

/// All problems.
static PROBLEMS: [Problem; 8] = [
    MAXCUT,
    QUBO,
    ISING,
    MIS,
    MAX_CLIQUE,
    VERTEX_COVER,
    COLORING,
    MAX_SAT,
];

const GRAPH: &str = "the graph: an edge list `n m`, then `i j w` (G-set), DIMACS, or MatrixMarket; packed by gzip or not";
const PATH: KeyEntry = KeyEntry::new("path", None, Allowed::Path, GRAPH);

const MAXCUT: Problem = Problem {
    keys: Keys {
        name: "maxcut",
        keys: &[PATH],
    },
    meaning: "maximize the weight of the edges between vertices of 0 and vertices of 1",
    parse: |settings, method| {
        let (path, method) = (
            settings.take::<PathBuf>().map_err(Failure::usage)?,
            quadratic(method)?,
        );
        Ok(reading(path, move |path| {
            let graph = graph(path)?;
            let terms = Terms::of_cut(graph.sites, graph.edges);
            let terms = terms.map_err(|error| refused(path, error))?;
            Ok(Box::new(Quadratic::new(terms, Sense::Max, method)))
        }))
    },
};

const QUBO: Problem = Problem {
    keys: Keys {
        name: "qubo",
        keys: &[
            KeyEntry::new(
                "path",
                None,
                Allowed::Path,
                "the function: .qubo, COO of dimod, a list `n m`, `i j q` (Biq Mac, Beasley), MatrixMarket, .npy or LP; packed by gzip or not",
            ),
            KeyEntry::new(
                "sense",
                Some("auto"),
                Allowed::Choice(&["auto", "min", "max"]),
                "auto: as the file says, else min; max of Beasley's files",
            ),
            KeyEntry::new(
                "instance",
                Some("1"),
                Allowed::Count {
                    min: 1,
                    max: 1_000_000,
                },
                "which problem of a file of Beasley",
            ),
        ],
    },
    meaning: "minimize (or maximize) a quadratic function of binary variables: x'Qx, or each pair once, as the format has it",
    parse: |settings, method| {
        let path = settings.take::<PathBuf>().map_err(Failure::usage)?;
        let sense = settings.take::<WantedSense>().map_err(Failure::usage)?.0;
        let instance = settings.take::<usize>().map_err(Failure::usage)?;
        let method = quadratic(method)?;
        Ok(reading(path, move |path| {
            let file =
                waiting::while_reading(path, || read_quadratic(path, Variables::Binary, instance));
            let file = file.map_err(Failure::usage)?;
            check_memory(path, file.sites, file.terms.len())?;
            let terms = file.terms(Variables::Binary);
            let terms = terms.map_err(|error| refused(path, error))?;
            let sense = sense.unwrap_or(file.sense);
            Ok(Box::new(Quadratic::new(terms, sense, method)))
        }))
    },
};

const ISING: Problem = Problem {
    keys: Keys {
        name: "ising",
        keys: &[
            KeyEntry::new(
                "path",
                None,
                Allowed::Path,
                "couplings and fields: COO of dimod (`# vartype=SPIN`), or a list `n m`, `i j J`, `i i h`; packed by gzip or not",
            ),
            KeyEntry::new(
                "sign",
                Some("+"),
                Allowed::Choice(&["+", "-"]),
                "the sign of all couplings and fields in the energy",
            ),
        ],
    },
    meaning: "minimize E(s) = sign (sum J_ij s_i s_j + sum h_i s_i), each pair once, s = 2x - 1",
    parse: |settings, method| {
        let path = settings.take::<PathBuf>().map_err(Failure::usage)?;
        let sign = settings.take::<Sign>().map_err(Failure::usage)?.0;
        let method = quadratic(method)?;
        Ok(reading(path, move |path| {
            let file = waiting::while_reading(path, || read_quadratic(path, Variables::Spins, 1));
            let mut file = file.map_err(Failure::usage)?;
            check_memory(path, file.sites, file.terms.len())?;
            file.terms.iter_mut().for_each(|term| term.2 *= sign);
            let terms = file.terms(Variables::Spins);
            let terms = terms.map_err(|error| refused(path, error))?;
            Ok(Box::new(Quadratic::new(terms, Sense::Min, method)))
        }))
    },
};

const MIS: Problem = Problem {
    keys: Keys {
        name: "mis",
        keys: &[PATH],
    },
    meaning: "maximize the number of vertices of which no two are adjacent",
    parse: |settings, method| vertices(settings, method, SetKind::Independent),
};

const MAX_CLIQUE: Problem = Problem {
    keys: Keys {
        name: "max-clique",
        keys: &[PATH],
    },
    meaning: "maximize the number of vertices of which all are adjacent",
    parse: |settings, method| vertices(settings, method, SetKind::Clique),
};

const VERTEX_COVER: Problem = Problem {
    keys: Keys {
        name: "vertex-cover",
        keys: &[PATH],
    },
    meaning: "minimize the number of vertices with one at least of each edge",
    parse: |settings, method| vertices(settings, method, SetKind::Cover),
};

fn vertices(settings: &mut Settings<'_>, method: &str, kind: SetKind) -> Result<Reading, Failure> {
    let path = settings.take::<PathBuf>().map_err(Failure::usage)?;
    only_auto(method)?;
    Ok(reading(path, move |path| {
        let set = VertexSet::new(&graph(path)?, kind).map_err(|many| {
            Failure::usage(ReadError::Complement {
                path: path.to_owned(),
                vertices: many.vertices,
                edges: many.edges,
                most: MOST_COMPLEMENT,
            })
        })?;
        Ok(Box::new(set))
    }))
}

/// The one method of a problem that has no others.
fn only_auto(method: &str) -> Result<(), Failure> {
    if method == "auto" {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "--method: found `{method}`, allowed for this problem is auto"
    )))
}

fn quadratic(method: &str) -> Result<Method, Failure> {
    let found = method.parse::<Method>();
    found.map_err(|allowed| Failure::usage(format!("--method: found `{method}`, {allowed}")))
}

fn reading(
    path: PathBuf,
    read: impl Fn(&Path) -> Result<Box<dyn Search>, Failure> + 'static,
) -> Reading {
    let own = path.clone();
    (path, Box::new(move || read(&own)))
}

fn graph(path: &Path) -> Result<EdgeList, Failure> {
    let read = waiting::while_reading(path, || read_graph(path));
    let graph = read.map_err(Failure::usage)?;
    check_memory(path, graph.sites, graph.edges.len())?;
    Ok(graph)
}

/// A header may promise more variables than there is memory for.
fn check_memory(path: &Path, sites: usize, terms: usize) -> Result<(), Failure> {
    // Of a population, and of terms that are kept twice and sorted.
    let needed = (600 * sites as u64).saturating_add(120 * terms as u64);
    let what = format!(
        "{}: {sites} variables with {terms} terms",
        gwg_models::io::visible_path(path)
    );
    memory::check(
        &what,
        needed,
        "use a smaller problem, if the header is right",
    )
}

fn refused(path: &Path, error: gwg_optimize::QuadraticError) -> Failure {
    let path = path.to_owned();
    Failure::usage(ReadError::Terms { path, error })
}

/// `None`: as the file says.
struct WantedSense(Option<Sense>);

impl Setting for WantedSense {
    fn read(text: &str, _: Allowed) -> Result<Self, ValueFault> {
        match text {
            "auto" => Ok(Self(None)),
            "min" => Ok(Self(Some(Sense::Min))),
            "max" => Ok(Self(Some(Sense::Max))),
            _ => Err(ValueFault::UnknownWord),
        }
    }

    fn write(&self) -> String {
        self.0.map_or("auto", Sense::name).to_owned()
    }
}

struct Sign(f64);

impl Setting for Sign {
    fn read(text: &str, _: Allowed) -> Result<Self, ValueFault> {
        match text {
            "+" => Ok(Self(1.0)),
            "-" => Ok(Self(-1.0)),
            _ => Err(ValueFault::UnknownWord),
        }
    }

    fn write(&self) -> String {
        if self.0 > 0.0 { "+" } else { "-" }.to_owned()
    }
}

/// A problem, chosen and set, but not read.
pub(super) struct ProblemSpec {
    pub(super) text: String,
    /// The files that it is read from.
    pub(super) files: Vec<PathBuf>,
    read: Read,
}

impl ProblemSpec {
    pub(super) fn read(&self) -> Result<Box<dyn Search>, Failure> {
        (self.read)()
    }
}

pub(super) fn parse(problem: &OsStr, method: &str) -> Result<ProblemSpec, Failure> {
    let text = text_of(problem).trim().to_owned();
    let (entry, mut settings) = match open(&PROBLEMS, &text) {
        Ok(opened) => opened,
        Err(error) => return model(problem, method).unwrap_or(Err(Failure::usage(error))),
    };
    let (path, read) = (entry.parse)(&mut settings, method)?;
    Ok(ProblemSpec {
        text,
        files: vec![path],
        read,
    })
}

/// A model, whose largest `f` is searched by a sampler; `None` where it is none by its name.
fn model(problem: &OsStr, method: &str) -> Option<Result<ProblemSpec, Failure>> {
    let spec = match ModelSpec::parse_os(problem) {
        Ok(spec) => spec,
        Err(SpecError::UnknownName { .. }) => return None,
        Err(error) => return Some(Err(Failure::usage(error))),
    };
    let flags = ModelFlags {
        model: problem.to_owned(),
        kind: None,
    };
    let (text, files, method) = (spec.to_string(), spec.files(), method.to_owned());
    let read = move || {
        let search = ModelSearch::new(&spec, &flags, &method)?;
        Ok(Box::new(search) as Box<dyn Search>)
    };
    let read = Box::new(read);
    Some(Ok(ProblemSpec { text, files, read }))
}

/// All problems with their keys.
pub(super) fn list() -> String {
    let mut text = String::from("PROBLEM is name:key=value,...\n");
    for problem in &PROBLEMS {
        let _ = write!(text, "\n{}  {}\n", problem.keys.name, problem.meaning);
        text.push_str(&list::keys(problem.keys.keys));
    }
    text
}
