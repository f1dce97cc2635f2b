//! What there is to say about a model before anything is drawn from it.

use gwg_core::{Real, Space, Target};
use gwg_linalg::Scalar;

use super::AnyModel;
use crate::fhmm::Extension;
use crate::spec::table;
use crate::{DensePotts, Fhmm, SparseIsing};

impl<R: Scalar> AnyModel<R> {
    /// The kind of model: for those in files their `kind`, else the name in a spec; `ising-sparse`
    /// for couplings on a graph, whatever it was made from.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::LatticeIsing(_) => "ising-lattice",
            Self::SparseIsing(_) => "ising-sparse",
            Self::DenseIsing(_) => "ising-dense",
            Self::LatticePotts(_) => "potts-lattice",
            Self::DensePotts(_) => "potts-dense",
            Self::LatticeOrdinal(_) => "ordinal-lattice",
            Self::Rbm(_) => "rbm",
            Self::Factorized(_) => "bernoulli",
            Self::FactorizedCategorical(_) => "categorical",
            Self::Fhmm(_) | Self::QuadraticFhmm(_) => "fhmm",
        }
    }

    /// Its law: `f(x)`, the log-probability up to a constant.
    #[must_use]
    pub fn formula(&self) -> &'static str {
        let name = match self {
            Self::SparseIsing(_) => "ising-er",
            _ => self.name(),
        };
        let entry = table().iter().find(|entry| entry.name == name);
        entry.map_or("", |entry| entry.formula)
    }

    /// Labeled facts in the order in which they are to be read: kind, law, sizes, the ranges of the
    /// parameters, memory. `O(parameters)`.
    #[must_use]
    pub fn describe(&self) -> Vec<(String, String)> {
        let mut facts = vec![
            fact("kind", self.name()),
            fact("law", self.formula()),
            fact("sites", self.sites()),
            fact("states", self.states()),
        ];
        if let Some(shape) = self.grid() {
            let sizes: Vec<_> = shape.iter().map(usize::to_string).collect();
            facts.push(fact("grid", sizes.join(" x ")));
        }
        facts.extend(self.own_facts());
        let count = self.parameter_count();
        facts.push(fact("parameters", count));
        facts.push(fact("precision", precision::<R>()));
        facts.push(fact("memory", bytes(self.stored_bytes(count))));
        facts
    }

    fn own_facts(&self) -> Vec<(String, String)> {
        match self {
            Self::LatticeIsing(model) => vec![
                fact("theta", model.theta()),
                fact("bias", model.bias()),
                fact("neighbors", 2 * model.dims()),
            ],
            Self::LatticePotts(model) => vec![
                fact("theta", model.theta()),
                fact("neighbors", 2 * model.dims()),
            ],
            Self::LatticeOrdinal(model) => vec![
                fact("coupling", model.coupling()),
                fact("field", model.field()),
                fact("neighbors", 2 * model.dims()),
            ],
            Self::SparseIsing(model) => vec![
                fact("edges", model.edge_count()),
                fact("mean degree", mean_degree(model)),
                range("couplings", model.edges().map(|(_, _, weight)| weight)),
                range("field", model.field().iter().copied()),
            ],
            Self::DenseIsing(model) => vec![
                range("couplings", off_diagonal(model.coupling(), self.sites())),
                range("field", model.field().iter().copied()),
            ],
            Self::DensePotts(model) => vec![
                range("couplings", between_sites(model)),
                range("field", model.field().iter().copied()),
            ],
            Self::Rbm(model) => vec![
                fact("visible", model.visible()),
                fact("hidden", model.hidden()),
                range("weights W", model.weights().iter().copied()),
                range("visible bias b", model.visible_bias().iter().copied()),
                range("hidden bias c", model.hidden_bias().iter().copied()),
            ],
            Self::Factorized(model) => vec![range("logits", model.logits().iter().copied())],
            Self::FactorizedCategorical(model) => {
                vec![range("logits", model.logits().iter().copied())]
            }
            Self::Fhmm(model) => hidden_chains(model, Extension::Multilinear),
            Self::QuadraticFhmm(model) => hidden_chains(&model.0, Extension::Quadratic),
        }
    }

    /// Free parameters: a symmetric coupling counts once.
    fn parameter_count(&self) -> usize {
        let (sites, states) = (self.sites(), self.states());
        let pairs = sites * sites.saturating_sub(1) / 2;
        match self {
            Self::LatticeIsing(_) | Self::LatticeOrdinal(_) => 2,
            Self::LatticePotts(_) => 1,
            Self::SparseIsing(model) => model.edge_count() + sites,
            Self::DenseIsing(_) => pairs + sites,
            Self::DensePotts(_) => pairs * states * states + sites * states,
            Self::Rbm(model) => model.visible() * model.hidden() + model.visible() + model.hidden(),
            Self::Factorized(_) => sites,
            Self::FactorizedCategorical(_) => sites * states,
            // Weights, the bias, the three constants.
            Self::Fhmm(_) | Self::QuadraticFhmm(_) => self.fhmm().map_or(0, Fhmm::factors) + 4,
        }
    }

    /// What the model itself takes, walkers not included.
    fn stored_bytes(&self, parameters: usize) -> usize {
        let (sites, states) = (self.sites(), self.states());
        let real = size_of::<R>();
        match self {
            Self::LatticeIsing(model) => size_of_val(&**model),
            Self::LatticePotts(model) => size_of_val(&**model),
            Self::LatticeOrdinal(model) => size_of_val(&**model),
            Self::SparseIsing(model) => {
                let entries = 2 * model.edge_count() + sites;
                entries * size_of::<(u32, R)>() + sites * (real + size_of::<usize>())
            }
            Self::DenseIsing(_) => (sites * sites + sites) * real,
            Self::DensePotts(_) => (sites * states).pow(2) * real + sites * states * real,
            Self::Fhmm(_) | Self::QuadraticFhmm(_) => {
                let Some(model) = self.fhmm() else { return 0 };
                let truth = model.truth().map_or(0, <[u8]>::len);
                size_of_val(model) + (2 * model.factors() + model.length()) * real + truth
            }
            _ => parameters * real,
        }
    }
}

fn hidden_chains<R: Real>(model: &Fhmm<R>, extension: Extension) -> Vec<(String, String)> {
    let law = model.law();
    vec![
        fact("length", model.length()),
        fact("factors", model.factors()),
        fact("sigma", law.sigma),
        fact("keep", law.keep),
        fact("start", law.start),
        range("weights w", model.weights().iter().copied()),
        fact("bias b", model.bias()),
        range("observations y", model.observations().iter().copied()),
        fact("extension", extension.name()),
    ]
}

fn fact(label: &str, value: impl ToString) -> (String, String) {
    (label.to_owned(), value.to_string())
}

/// The smallest and the largest.
fn range<R: Real>(label: &str, numbers: impl Iterator<Item = R>) -> (String, String) {
    let ends = numbers.fold(None, |ends: Option<(R, R)>, x| {
        Some(ends.map_or((x, x), |(low, high)| (low.min(x), high.max(x))))
    });
    match ends {
        Some((low, high)) => fact(label, format!("{low} to {high}")),
        None => fact(label, "none"),
    }
}

fn mean_degree<R: Scalar>(model: &SparseIsing<R>) -> String {
    let degree = 2.0 * model.edge_count() as f64 / model.space().sites() as f64;
    format!("{degree:.2}")
}

fn off_diagonal<R: Real>(matrix: &[R], n: usize) -> impl Iterator<Item = R> + '_ {
    let place = move |&(at, _): &(usize, &R)| at / n != at % n;
    matrix.iter().enumerate().filter(place).map(|(_, &x)| x)
}

fn between_sites<R: Scalar>(model: &DensePotts<R>) -> impl Iterator<Item = R> + '_ {
    let (n, q) = (model.space().sites(), model.space().states());
    let pairs = (0..n).flat_map(move |i| (i + 1..n).map(move |j| (i, j)));
    let states = move || (0..q * q).map(move |ab| ((ab / q) as u8, (ab % q) as u8));
    pairs.flat_map(move |(i, j)| states().map(move |(a, b)| model.coupling_at(i, j, a, b)))
}

fn precision<R>() -> &'static str {
    if size_of::<R>() == size_of::<f32>() {
        "f32"
    } else {
        "f64"
    }
}

/// A number of bytes in the unit that makes it readable.
fn bytes(count: usize) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut size = count as f64;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    let digits = usize::from(unit > 0);
    format!("{size:.digits$} {}", UNITS[unit])
}
