//! Potts and Ising models of all pairs, by sweeps of every chain at once.

use super::checks::{optimizer, penalty, schedule};
use super::engine::{Engine, Figures};
use super::kind::Kind;
use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::LearnFlags;
use crate::outputs;
use gwg_chains::Threads;
use gwg_learn::{
    Alphabet, Correlations, Data, Moments, PairPotts, PottsOptions, PottsTrainer, params_text,
    zero_sum,
};
use gwg_models::DenseIsing;
use gwg_registry::Model;
use std::path::Path;

/// The learning rate: that of centered variables is about as fast at any number of states.
const RATE: f64 = 0.3;

pub(super) struct PottsEngine {
    trainer: PottsTrainer,
    kind: Kind,
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
        let options = PottsOptions {
            chains: flags.chains.unwrap_or(2000),
            sweeps: flags.steps_per_update.unwrap_or(10),
            schedule: schedule(flags, RATE)?,
            optimizer: optimizer(flags)?,
            penalty: penalty(flags)?,
            pseudocount: None,
            centered: !flags.plain,
            seed: flags.work.seed,
        };
        Ok(Self {
            trainer: PottsTrainer::new(&rows.data, options, threads).map_err(Failure::usage)?,
            kind,
            force: flags.work.force,
        })
    }
}

impl Engine for PottsEngine {
    fn updates(&self) -> u64 {
        self.trainer.updates()
    }

    fn update(&mut self) -> Result<Figures, Failure> {
        let update = self.trainer.update();
        if !update.gradient.is_finite() {
            return Err(Failure::run(
                "the parameters became infinite; a smaller --rate may help",
            ));
        }
        Ok(Figures {
            update: update.update,
            values: vec![
                ("pearson", update.correlations.pearson()),
                ("slope", update.correlations.slope()),
                ("data", update.data),
                ("model", update.model),
                ("gradient", update.gradient),
                ("rate", update.rate),
            ],
        })
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let options = self.trainer.options();
        vec![
            ("chains", options.chains.to_string()),
            ("steps per update", options.sweeps.to_string()),
            ("rate", options.schedule.rate.to_string()),
        ]
    }

    fn save(&self) -> Result<Vec<u8>, Failure> {
        Ok(self.trainer.save())
    }

    fn resume(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.trainer.resume(bytes).map_err(Failure::usage)
    }

    fn write(&self, path: &Path, rows: &Rows) -> Result<(), Failure> {
        let model = self.trainer.model();
        if path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("dat"))
        {
            let alphabet = match &rows.alignment {
                Some(alignment) => Some(alignment.alphabet().clone()),
                None => Alphabet::with_states(model.states()),
            };
            let alphabet = alphabet.ok_or_else(|| {
                Failure::usage(format!(
                    "--out: a .dat file needs letters, and the data have {} states without any; name a .safetensors file",
                    model.states()
                ))
            })?;
            let text = params_text(model, &alphabet, false);
            return outputs::write("--out", path, &text, self.force);
        }
        let model: Model<f32> = match self.kind {
            Kind::Ising => ising(model)?.into(),
            _ => model.to_dense().map_err(Failure::run)?.into(),
        };
        let saved = model.save(path);
        saved.map_err(|error| Failure::run(format!("--out: {error}")))
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
