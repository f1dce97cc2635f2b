//! Potts and Ising models of all pairs, by sweeps of every chain at once.

use super::checks::{average, clip, optimizer, penalty, refuse_sampler_flags, schedule};
use super::engine::{Engine, Figures};
use super::graph::{graph, moves};
use super::kind::Kind;
use super::resampled::MORE_SWEEPS;
use super::size;
use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::LearnFlags;
use crate::{diverged, outputs, session};
use gwg_chains::Threads;
use gwg_learn::{
    Alphabet, Correlations, Data, Moments, PairPotts, PottsGraph, PottsOptions, PottsTrainer,
    ResampleOptions, params_text, zero_sum,
};
use gwg_models::DenseIsing;
use gwg_models::io::{Parameters, write_model};
use gwg_registry::Model;
use std::borrow::Cow;
use std::fmt::Display;
use std::path::Path;

/// The learning rate: that of centered variables is about as fast at any number of states.
const RATE: f64 = 0.3;

pub(super) struct PottsEngine {
    trainer: PottsTrainer,
    kind: Kind,
    graph: PottsGraph,
    /// What ends the training of all couplings.
    pearson: Option<f64>,
    last: Option<f64>,
    force: bool,
}

impl PottsEngine {
    pub(super) fn new(
        kind: Kind,
        flags: &LearnFlags,
        rows: &Rows,
        threads: &Threads,
    ) -> Result<Self, Failure> {
        if flags.batch.is_some() {
            return Err(Failure::usage(
                "--batch: the frequencies of all rows are learned; leave it out, or name a --sampler",
            ));
        }
        refuse_sampler_flags(flags)?;
        let graph = graph(flags)?;
        let options = PottsOptions {
            chains: flags.chains.unwrap_or(2000),
            sweeps: flags.steps_per_update.unwrap_or(10),
            moves: moves(flags)?,
            schedule: schedule(flags, RATE)?,
            optimizer: optimizer(flags)?,
            penalty: penalty(flags)?,
            pseudocount: None,
            centered: !flags.plain,
            clip: clip(flags)?,
            average: average(flags)?,
            graph,
            seed: flags.work.seed,
        };
        size::check(&rows.data, &options, kind.clone(), &flags.out)?;
        Ok(Self {
            trainer: PottsTrainer::new(&rows.data, options, threads).map_err(Failure::usage)?,
            kind,
            graph,
            pearson: flags.pearson,
            last: None,
            force: flags.work.force,
        })
    }
}

impl Engine for PottsEngine {
    fn updates(&self) -> u64 {
        self.trainer.updates()
    }

    fn update(&mut self) -> Result<Option<Figures>, Failure> {
        let Some(update) = self.trainer.update_until(session::stop()) else {
            return Ok(None);
        };
        let pearson = update.correlations.pearson();
        self.last = Some(pearson);
        let mut values = vec![
            ("pearson", pearson),
            ("slope", update.correlations.slope()),
            ("data", update.data),
            ("model", update.model),
            ("gradient", update.gradient),
            ("rate", update.rate),
        ];
        if self.graph != PottsGraph::Full {
            values.push(("pearson_of_active", update.active.pearson()));
            values.push(("density", update.density));
            values.push(("rounds", update.round as f64));
        }
        Ok(Some(Figures {
            update: update.update,
            values,
        }))
    }

    fn largest(&self) -> f64 {
        let model = self.trainer.model();
        diverged::largest(model.field().iter().chain(model.coupling()))
    }

    fn finished(&self) -> bool {
        match self.graph {
            PottsGraph::Full => self
                .last
                .zip(self.pearson)
                .is_some_and(|(last, least)| last >= least),
            _ => self.trainer.finished(),
        }
    }

    fn warnings(&self) -> Vec<String> {
        let sparse = self.graph != PottsGraph::Full && !self.trainer.finished();
        let unreached = sparse.then(|| {
            "the correlation or density that was to be reached is not; more --updates, or a larger --fraction, may help".to_owned()
        });
        unreached.into_iter().collect()
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let options = self.trainer.options();
        vec![
            ("chains", options.chains.to_string()),
            ("steps per update", options.sweeps.to_string()),
            ("rate", options.schedule.rate.to_string()),
        ]
    }

    fn resampled(&mut self) -> Option<f64> {
        let options = self.trainer.options();
        let options = ResampleOptions {
            chains: options.chains,
            sweeps: MORE_SWEEPS * options.sweeps,
            seed: !options.seed,
        };
        Some(self.trainer.resampled(&options).pearson())
    }

    fn save(&self) -> Result<Vec<u8>, Failure> {
        Ok(self.trainer.save())
    }

    fn resume(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.trainer.resume(bytes).map_err(Failure::usage)
    }

    fn write(&mut self, path: &Path, rows: &Rows) -> Result<(), Failure> {
        self.trainer.free_tables();
        let learned = self.trainer.average();
        let model = learned.unwrap_or_else(|| self.trainer.model());
        let sparse = self.graph != PottsGraph::Full;
        write_pairs((self.kind.clone(), sparse), model, path, rows, self.force)
    }

    fn states(&self) -> Vec<u8> {
        self.trainer.chains().rows()
    }

    fn pairs(&self) -> Option<&PairPotts<f32>> {
        Some(self.trainer.model())
    }

    /// How well two halves of the data agree: no model of one of them can agree better with the other.
    fn facts(&self, data: &Data, threads: &Threads) -> Figures {
        let half = |parity: usize| {
            let own = || (parity..data.rows()).step_by(2);
            let symbols = own().flat_map(|row| data.row(row)).copied();
            let weights = own().map(|row| data.weights()[row]);
            let half = Data::new(symbols.collect(), data.sites(), data.states()).ok()?;
            let half = half.with_weights(weights.collect()).ok()?;
            Some(Moments::new(&half, 0.0, threads))
        };
        let (Some(a), Some(b)) = (half(0), half(1)) else {
            return Figures::default();
        };
        let correlations = Correlations::of(&a, &b, data.sites(), data.states());
        Figures {
            update: 0,
            values: vec![("pearson_of_halves", correlations.pearson())],
        }
    }
}

/// Writes the model file.
pub(super) fn write_pairs(
    (kind, sparse): (Kind, bool),
    model: &PairPotts<f32>,
    path: &Path,
    rows: &Rows,
    force: bool,
) -> Result<(), Failure> {
    if size::is_text(path) {
        let text = params_text(model, &letters(rows)?, sparse);
        return outputs::write("--out", path, &text, force);
    }
    let failed = |error: &dyn Display| Failure::run(format!("--out: {error}"));
    if kind == Kind::Ising {
        let saved = Model::from(ising(model)?).save(path);
        return saved.map_err(|error| failed(&error));
    }
    let coupling = model.dense_coupling().map_err(|error| failed(&error))?;
    let parameters = Parameters::PottsDense {
        sites: model.sites(),
        states: model.states(),
        coupling: Cow::Owned(coupling),
        field: Cow::Borrowed(model.field()),
    };
    write_model(path, &parameters).map_err(|error| failed(&error))
}

/// The letters of the states, which a .dat file needs.
pub(super) fn letters(rows: &Rows) -> Result<Alphabet, Failure> {
    let states = rows.data.states();
    let alphabet = match &rows.alignment {
        Some(alignment) => Some(alignment.alphabet().clone()),
        None => Alphabet::with_states(states),
    };
    alphabet.ok_or_else(|| {
        Failure::usage(format!(
            "--out: a .dat file needs letters, and the data have {states} states without any; name a .safetensors file"
        ))
    })
}

/// The Ising model of spins with the same differences of `f`.
fn ising(model: &PairPotts<f32>) -> Result<DenseIsing<f32>, Failure> {
    let mut model = model.clone();
    zero_sum(&mut model);
    let n = model.sites();
    let mut coupling = vec![0.0; n * n];
    for (i, j) in model.pairs() {
        // J of a pair is (x, -x; -x, x) in the zero-sum gauge, and each pair counts twice here.
        let value = 0.5 * model.block(i, j)[3];
        coupling[i * n + j] = value;
        coupling[j * n + i] = value;
    }
    let field = model.field().chunks_exact(2).map(|h| 0.5 * (h[1] - h[0]));
    DenseIsing::new(coupling, field.collect()).map_err(Failure::run)
}
