//! Potts and Ising models of all pairs, by sweeps of every chain at once.

use super::adapted::Said;
use super::checks::{average, clip, optimizer, penalty, refuse_sampler_flags, schedule};
use super::engine::{Engine, Figures};
use super::graph::{graph, moves};
use super::kind::Kind;
use super::ladder::Tempering;
use super::resampled::MORE_SWEEPS;
use super::size;
use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::LearnFlags;
use crate::{diverged, outputs, session};
use gwg_chains::Threads;
use gwg_learn::{
    Adaptation, Alphabet, Correlations, Data, GraphEnd, Moments, PairPotts, PottsGraph,
    PottsOptions, PottsTrainer, ResampleOptions, SweptPotts, params_text, write_potts_ladder,
    zero_sum,
};
use gwg_models::DenseIsing;
use gwg_models::io::{Parameters, write_model};
use gwg_registry::Model;
use std::borrow::Cow;
use std::fmt::{Display, Write as _};
use std::path::Path;

/// The learning rate: that of centered variables is about as fast at any number of states.
const RATE: f64 = 0.3;

pub(super) struct PottsEngine {
    trainer: PottsTrainer,
    ladder: Option<Tempering<SweptPotts>>,
    said: Said,
    kind: Kind,
    /// The model file has spins.
    spins: bool,
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
            adapt: flags.adapt.then(Adaptation::default),
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
        size::check(
            &rows.data,
            &options,
            (&kind, flags.ladder.is_some()),
            &flags.out,
        )?;
        let (chains, seed) = (options.chains, options.seed);
        let said = Said::new(options.sweeps, options.schedule, flags.work.quiet);
        let trainer = PottsTrainer::new(&rows.data, options, threads).map_err(Failure::usage)?;
        if let PottsGraph::Decimate(decimation) = graph
            && trainer.largest_pearson() < decimation.pearson
        {
            let noise = noise(&trainer, decimation.pearson);
            session::note(&format!("--pearson: {noise}"));
        }
        let ladder = flags.ladder.as_ref().map(|_| {
            let first = SweptPotts::new(trainer.model().clone(), threads);
            Tempering::new(first, chains, seed, threads)
        });
        Ok(Self {
            trainer,
            ladder,
            said,
            spins: kind == Kind::Ising && !size::is_text(&flags.out),
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
            ("moved", update.moved),
            ("excess", update.excess),
        ];
        if self.trainer.options().adapt.is_some() {
            values.push(("sweeps", update.sweeps as f64));
            self.said.follow(update.update, update.sweeps, update.rate);
        }
        if self.graph != PottsGraph::Full {
            values.push(("pearson_of_active", update.active.pearson()));
            values.push(("density", update.density));
            values.push(("rounds", update.round as f64));
        }
        if let Some(ladder) = &mut self.ladder {
            let work = (update.sweeps, self.trainer.chains().len());
            ladder.follow(update.update, work, |ladder| self.trainer.exchange(ladder));
            values.extend(ladder.figures());
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
            _ => self.trainer.ending().is_some(),
        }
    }

    fn warnings(&self) -> Vec<String> {
        unreached(&self.trainer).into_iter().collect()
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

    fn log_z(&self) -> Vec<(&'static str, f64)> {
        let Some(ladder) = &self.ladder else {
            return Vec::new();
        };
        let present = self.trainer.swept();
        let data = self.trainer.mean_f_of_data();
        ladder.log_z(&present, self.trainer.chains(), data)
    }

    fn save(&self) -> Result<Vec<u8>, Failure> {
        let trainer = self.trainer.save();
        match &self.ladder {
            Some(ladder) => ladder.save(trainer),
            None => Ok(trainer),
        }
    }

    fn resume(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let mut resume = |bytes: &[u8]| self.trainer.resume(bytes).map_err(Failure::usage);
        match &mut self.ladder {
            Some(ladder) => ladder.resume(bytes, resume),
            None => resume(bytes),
        }
    }

    fn write_ladder(&self, path: &Path) -> Result<(), Failure> {
        let Some(ladder) = &self.ladder else {
            return Ok(());
        };
        let models = ladder.models().map(SweptPotts::model);
        let models = models.chain([self.trainer.model()]);
        let models: Result<Vec<_>, Failure> = models
            .map(|model| match self.spins {
                true => spins(&ising(model)?),
                false => Ok(model.clone()),
            })
            .collect();
        write_potts_ladder(path, &models?)
            .map_err(|error| Failure::run(format!("--ladder: {error}")))
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

/// The correlation that the noise of the chains leaves, and how many chains another one needs.
fn noise(trainer: &PottsTrainer, pearson: f64) -> String {
    let (largest, chains) = (trainer.largest_pearson(), trainer.chains().len());
    let noise_to_signal = |r: f64| (1.0 - r * r) / (r * r);
    let needed = chains as f64 * noise_to_signal(largest) / noise_to_signal(pearson);
    let mut text =
        format!("the noise of {chains} chains alone leaves a correlation of about {largest:.4}");
    if largest < pearson && needed.is_finite() {
        let _ = write!(text, "; {pearson} needs about {needed:.0} --chains");
    }
    text
}

/// What was to be reached and is not.
fn unreached(trainer: &PottsTrainer) -> Option<String> {
    let pearson = match trainer.options().graph {
        PottsGraph::Activate(activation) => activation.pearson,
        PottsGraph::Decimate(decimation) => decimation.pearson,
        _ => return None,
    };
    let noise = noise(trainer, pearson);
    match trainer.ending() {
        Some(GraphEnd::Reached) => None,
        Some(GraphEnd::NotReached { updates, density }) => Some(format!(
            "the correlation was reached last at a density of {density:.4}, and not within {updates} updates of the next round: training ended; {noise}; use more --updates-per-round, more --chains, a smaller --pearson or --rate, or --adapt"
        )),
        _ => Some(format!(
            "the correlation or density that was to be reached is not after all updates; {noise}; more --updates, a larger --fraction, or --adapt may help"
        )),
    }
}

/// The spins as a Potts model of two states with the same `f`.
pub(crate) fn spins(model: &DenseIsing<f32>) -> Result<PairPotts<f32>, Failure> {
    let n = model.field().len();
    let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| i * n + j));
    let coupling = pairs.flat_map(|at| {
        let k = 2.0 * model.coupling()[at];
        [k, -k, -k, k]
    });
    let field = model.field().iter().flat_map(|&h| [-h, h]);
    PairPotts::new(n, 2, field.collect(), coupling.collect()).map_err(Failure::run)
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
