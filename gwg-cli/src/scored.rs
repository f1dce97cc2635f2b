//! Models whose `log_prob` is computed for given rows: those of the registry, and files of adabmDCA.

use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::{DataFlags, ModelFlags, ScoredFlags, Unknown};
use crate::{load, params};
use gwg_chains::Threads;
use gwg_core::{Move, Space as _};
use gwg_learn::{Alphabet, PairPotts, mutations};
use gwg_models::io::visible_path;
use gwg_registry::Model;
use std::ffi::OsStr;
use std::path::Path;

/// A model, and the letters of its states where its file has them.
pub(crate) struct Scored {
    name: String,
    model: Kind,
    alphabet: Option<Alphabet>,
}

enum Kind {
    Pairs(PairPotts<f64>),
    Any(Box<Model<f64>>),
}

/// How rows are read.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'r> {
    pub(crate) packed: Option<usize>,
    pub(crate) alphabet: Option<&'r str>,
    pub(crate) unknown: Unknown,
}

impl Scored {
    pub(crate) fn read(flags: &ScoredFlags, name: Option<&str>) -> Result<Self, Failure> {
        let path = Path::new(&flags.model);
        if params::is_params(path) {
            let params = params::read(path, params::alphabet(name)?.as_ref())?;
            return Ok(Self {
                name: visible_path(path),
                model: Kind::Pairs(params.model),
                alphabet: Some(params.alphabet),
            });
        }
        let flags = ModelFlags {
            model: flags.model.clone(),
            kind: flags.kind.clone(),
        };
        let spec = load::spec(&flags)?;
        if spec.is_wide() {
            return Err(Failure::usage(format!(
                "model `{spec}`: its sites have more than 256 states; allowed are models of 2 to 256 states"
            )));
        }
        Ok(Self {
            name: format!("model `{spec}`"),
            model: Kind::Any(Box::new(load::model(&spec, &flags)?)),
            alphabet: None,
        })
    }

    pub(crate) fn sites(&self) -> usize {
        match &self.model {
            Kind::Pairs(model) => model.sites(),
            Kind::Any(model) => model.sites(),
        }
    }

    pub(crate) fn states(&self) -> usize {
        match &self.model {
            Kind::Pairs(model) => model.states(),
            Kind::Any(model) => model.states(),
        }
    }

    pub(crate) fn states_at(&self, site: usize) -> usize {
        match &self.model {
            Kind::Pairs(model) => model.states(),
            Kind::Any(model) => model.space().states_at(site),
        }
    }

    /// Reads rows of the model's sites and states.
    pub(crate) fn rows(&self, path: &Path, reading: Reading<'_>) -> Result<Rows, Failure> {
        let own = self.alphabet.as_ref().map(ToString::to_string);
        let is_text = path.extension() == Some(OsStr::new("txt"));
        let alphabet = match (reading.alphabet, own) {
            (Some(name), _) => Some(name.to_owned()),
            // Rows of numbers are read as such.
            (None, Some(_)) if is_text => None,
            (None, own) => own,
        };
        let read = |alphabet| {
            let flags = DataFlags {
                packed: reading.packed,
                alphabet,
                unknown: reading.unknown,
                identity: Some(1.0),
                weights: None,
            };
            Rows::read(path, &flags, Some(self.states()), &Threads::one())
        };
        let is_rna = Alphabet::with_states(self.states()) == Some(Alphabet::rna());
        let found = match alphabet {
            // DNA has as many letters.
            None if is_rna && self.alphabet.is_none() => {
                read(None).or_else(|failure| read(Some("dna".into())).map_err(|_| failure))
            }
            alphabet => read(alphabet),
        }?;
        self.check(&found, path)?;
        Ok(found)
    }

    /// Refuses rows of other sites or states.
    fn check(&self, rows: &Rows, path: &Path) -> Result<(), Failure> {
        let (data, shown) = (&rows.data, visible_path(path));
        if data.states() != self.states() {
            return Err(Failure::usage(format!(
                "{shown}: found an alphabet of {} letters, but {} has {} states; name its letters by --alphabet",
                data.states(),
                self.name,
                self.states()
            )));
        }
        if data.sites() != self.sites() {
            return Err(Failure::usage(format!(
                "{shown}: found rows of {} sites, but {} has {}; give rows of as many",
                data.sites(),
                self.name,
                self.sites()
            )));
        }
        for row in 0..data.rows() {
            let symbols = data.row(row).iter().enumerate();
            let mut wrong = symbols.filter(|&(site, &s)| usize::from(s) >= self.states_at(site));
            if let Some((site, found)) = wrong.next() {
                return Err(Failure::usage(format!(
                    "{shown}: row {row}, site {site}: found symbol {found}, allowed are 0 to {}",
                    self.states_at(site) - 1
                )));
            }
        }
        Ok(())
    }

    pub(crate) fn log_prob(&self, x: &[u8]) -> f64 {
        match &self.model {
            Kind::Pairs(model) => model.log_prob(x),
            Kind::Any(model) => model.log_prob(x),
        }
    }

    /// `f(x with x_i = a) - f(x)` for every site and state, shape (sites, states).
    pub(crate) fn changes(&self, x: &[u8]) -> Vec<f64> {
        match &self.model {
            Kind::Pairs(model) => mutations(model, x),
            Kind::Any(model) => changes(model, x),
        }
    }

    /// The letters of a row, where the model's file or the rows have them.
    pub(crate) fn letters<'a>(&'a self, rows: &'a Rows) -> Option<&'a Alphabet> {
        let of_rows = rows.alignment.as_ref().map(gwg_learn::Alignment::alphabet);
        of_rows.or(self.alphabet.as_ref())
    }

    /// The letters of a sequence of the command line.
    pub(crate) fn alphabet(&self) -> Option<&Alphabet> {
        self.alphabet.as_ref()
    }
}

/// The changes of `f` by all moves; by exact differences where the model has them.
fn changes(model: &Model<f64>, x: &[u8]) -> Vec<f64> {
    let (sites, states) = (model.sites(), model.states());
    let mut all = vec![0.0; sites * states];
    let mut cache = Vec::new();
    if let Some(delta) = model.as_delta() {
        cache.resize(delta.cache_len(), 0.0);
        delta.init_cache(x, &mut cache);
    }
    let (before, mut changed) = (model.log_prob(x), x.to_vec());
    for (site, row) in all.chunks_exact_mut(states).enumerate() {
        let Some(&from) = x.get(site) else { break };
        for (to, change) in (0..=u8::MAX).zip(row) {
            if to == from || usize::from(to) >= model.space().states_at(site) {
                continue;
            }
            *change = if let Some(delta) = model.as_delta() {
                let (from, to) = (from.into(), to.into());
                delta.delta(x, &cache, Move { site, from, to })
            } else {
                changed[site] = to;
                model.log_prob(&changed) - before
            };
        }
        changed[site] = from;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_registry::ModelSpec;

    #[test]
    fn changes_are_differences_of_log_prob() {
        for spec in ["potts-dense:sites=4,states=3", "rbm:visible=5,hidden=3"] {
            let model = ModelSpec::parse(spec).unwrap().build::<f64>().unwrap();
            let mut x = vec![0; model.sites()];
            x[1] = 1;
            let found = changes(&model, &x);
            for (k, found) in found.into_iter().enumerate() {
                let mut y = x.clone();
                y[k / model.states()] = (k % model.states()) as u8;
                let wanted = model.log_prob(&y) - model.log_prob(&x);
                assert!((found - wanted).abs() < 1e-12, "{spec} {k}");
            }
        }
    }
}
