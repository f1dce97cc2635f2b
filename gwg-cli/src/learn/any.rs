//! Any model with parameters, its chains moved by a sampler of the registry.

use super::checks::{average, clip, optimizer, penalty, refuse, refuse_sweep_flags, schedule};
use super::engine::{Engine, Figures};
use super::kind::Kind;
use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::LearnFlags;
use crate::{diverged, outputs, session};
use gwg_chains::{Threads, generator};
use gwg_core::target::tensors;
use gwg_core::{Parametric, Space};
use gwg_learn::log_z::{bernoulli_base, categorical_base};
use gwg_learn::{Data, Optimizer, Pcd, PcdError, PcdOptions, RbmLayers, RbmOptions};
use gwg_models::{CategoricalRbm, DenseIsing, DensePotts, LatticeIsing, Rbm};
use gwg_registry::{Model, SamplerSpec};
use std::any::Any;
use std::borrow::Cow;
use std::path::Path;

const RATE: f64 = 0.01;
const DEEP_RATE: f64 = 0.001;

pub(super) struct AnyEngine<M: Parametric<Real = f32, Space: Space<Symbol = u8>>> {
    pcd: Pcd<M>,
    sampler: SamplerSpec,
    kind: Kind,
    force: bool,
}

impl<M> AnyEngine<M>
where
    M: Parametric<Real = f32, Space: Space<Symbol = u8>>
        + Clone
        + Into<Model<f32>>
        + Sync
        + 'static,
{
    fn engine(
        kind: Kind,
        model: M,
        flags: &LearnFlags,
        data: &Data,
        threads: &Threads,
    ) -> Result<Box<dyn Engine>, Failure> {
        refuse(&[("--plain", flags.plain)], "only without --sampler")?;
        refuse_sweep_flags(flags)?;
        let spec = flags.sampler.as_deref().unwrap_or("gwg");
        let sampler: SamplerSpec = spec.parse().map_err(Failure::usage)?;
        if let Some(bias) = sampler.bias() {
            session::note(&format!(
                "--sampler {spec}: {bias}; what is learned is a model whose biased chains are like the data, and exact samplers of it give other ones"
            ));
        }
        let chains = flags.chains.unwrap_or(100);
        let (rate, optimizer) = match (&kind, &flags.optimizer) {
            (Kind::Deep(_), None) => (DEEP_RATE, Optimizer::adam()),
            (Kind::Deep(_), _) => (DEEP_RATE, optimizer(flags)?),
            _ => (RATE, optimizer(flags)?),
        };
        let options = PcdOptions {
            buffer: buffer(flags, chains)?,
            chains,
            restart: restart(flags)?,
            steps: flags.steps_per_update.unwrap_or(50) as u64,
            batch: flags.batch.unwrap_or(100),
            schedule: schedule(flags, rate)?,
            optimizer,
            penalty: penalty(flags)?,
            value_l2: value_l2(flags)?,
            clip: clip(flags)?,
            average: average(flags)?,
            seed: flags.work.seed,
        };
        // A sampler that the model cannot have is refused before the data are read into chains.
        sampler
            .bind(&model.clone().into())
            .map_err(Failure::usage)?;
        let mut pcd = Pcd::new(model, data, options, threads).map_err(failure)?;
        match flags.init.as_deref() {
            None | Some("independent") => {}
            Some("data") => pcd.start_at_data(),
            Some(found) => {
                return Err(Failure::usage(format!(
                    "--init: found `{found}`, allowed are independent and data"
                )));
            }
        }
        Ok(Box::new(Self {
            pcd,
            sampler,
            kind,
            force: flags.work.force,
        }))
    }

    /// The parameters that are single numbers, such as the coupling of a lattice.
    fn single(&self) -> Vec<(&'static str, f64)> {
        let single = tensors(self.pcd.model()).filter(|(_, range)| range.len() == 1);
        let parameters = self.pcd.parameters();
        let values =
            single.map(|(tensor, range)| (tensor.name, f64::from(parameters[range.start])));
        values.collect()
    }
}

/// The engine of a kind of model.
pub(super) fn boxed(
    kind: &Kind,
    flags: &LearnFlags,
    rows: &Rows,
    threads: &Threads,
) -> Result<Box<dyn Engine>, Failure> {
    let data = &rows.data;
    let (n, q) = (data.sites(), data.states());
    match kind {
        Kind::Ising => {
            let model = DenseIsing::new(vec![0.0; n * n], spin_fields(data)?);
            let model = model.map_err(Failure::usage)?;
            AnyEngine::engine(kind.clone(), model, flags, data, threads)
        }
        Kind::Potts => {
            let base = categorical_base::<f32>(data, 1.0 / q as f64).map_err(Failure::usage)?;
            let fields = base.logits().to_vec();
            let model = DensePotts::new(n, q, &vec![0.0; n * n * q * q], fields);
            let model = model.map_err(Failure::usage)?;
            AnyEngine::engine(kind.clone(), model, flags, data, threads)
        }
        &Kind::IsingLattice { side } => {
            if side * side != n {
                return Err(Failure::usage(format!(
                    "KIND: found side {side}, a lattice of {} sites, but the data have {n} sites",
                    side * side
                )));
            }
            let fields = spin_fields(data)?;
            let field = fields.iter().sum::<f32>() / n as f32;
            let model = LatticeIsing::new(2, side, 0.0, f64::from(field));
            let model = model.map_err(Failure::usage)?;
            AnyEngine::engine(kind.clone(), model, flags, data, threads)
        }
        &Kind::Rbm { hidden } => {
            let mut bits = generator(flags.work.seed, u64::MAX);
            let scale = RbmOptions::default().scale;
            let start = RbmLayers::start(data, hidden, scale, &mut bits);
            if start.units > 1 {
                let model = start.to_categorical().map_err(Failure::usage)?;
                return AnyEngine::engine(kind.clone(), model, flags, data, threads);
            }
            let model = start.to_model().map_err(Failure::usage)?;
            AnyEngine::engine(kind.clone(), model, flags, data, threads)
        }
        Kind::Vae(_) => Err(Failure::usage("--sampler: not of vae")),
        Kind::Deep(deep) => {
            let letters = rows.alignment.is_some();
            let model = deep.energy(data, letters, flags.work.seed)?;
            AnyEngine::engine(kind.clone(), model, flags, data, threads)
        }
    }
}

impl<M> Engine for AnyEngine<M>
where
    M: Parametric<Real = f32, Space: Space<Symbol = u8>>
        + Clone
        + Into<Model<f32>>
        + Sync
        + 'static,
{
    fn updates(&self) -> u64 {
        self.pcd.updates()
    }

    fn update(&mut self) -> Result<Option<Figures>, Failure> {
        let sampler = &self.sampler;
        let moved = self.pcd.update_until(
            &|model: &M, with| {
                let stepper = sampler.bind(&model.clone().into());
                with(&*stepper.map_err(|e| PcdError::Sampler(e.to_string()))?)
            },
            session::stop(),
        );
        let update = match moved {
            Ok(Some(update)) => update,
            Ok(None) => return Ok(None),
            // The largest parameter says so.
            Err(PcdError::Parameters(_)) => {
                let update = self.pcd.updates();
                return Ok(Some(Figures {
                    update,
                    values: Vec::new(),
                }));
            }
            Err(error) => return Err(failure(error)),
        };
        Ok(Some(Figures {
            update: update.update,
            values: vec![
                ("data", update.data),
                ("model", update.model),
                ("gradient", update.gradient),
                ("rate", update.rate),
                ("acceptance", update.acceptance),
                ("changes", update.changes),
            ],
        }))
    }

    fn largest(&self) -> f64 {
        diverged::largest(self.pcd.parameters())
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let options = self.pcd.options();
        vec![
            ("sampler", self.sampler.to_string()),
            ("chains", options.chains.to_string()),
            ("steps per update", options.steps.to_string()),
            ("batch", options.batch.to_string()),
            ("rate", options.schedule.rate.to_string()),
        ]
    }

    fn save(&self) -> Result<Vec<u8>, Failure> {
        self.pcd.save().map_err(failure)
    }

    fn resume(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let sampler = &self.sampler;
        let resumed = self.pcd.resume(bytes, &|model: &M, with| {
            let stepper = sampler.bind(&model.clone().into());
            with(&*stepper.map_err(|e| PcdError::Sampler(e.to_string()))?)
        });
        resumed.map_err(failure)
    }

    fn write(&mut self, path: &Path, _: &Rows) -> Result<(), Failure> {
        if let &Kind::IsingLattice { side } = &self.kind {
            let single = self.single();
            let keys = single
                .iter()
                .map(|(name, value)| format!(",{name}={value}"));
            let spec = format!("ising-lattice:side={side}{}\n", keys.collect::<String>());
            return outputs::write("--out", path, &spec, self.force);
        }
        let mut model = self.pcd.model().clone();
        // Their average, where there is one.
        let written = model.write_parameters(self.pcd.parameters());
        written.map_err(Failure::run)?;
        let model: Model<f32> = model.into();
        model
            .save(path)
            .map_err(|error| Failure::run(format!("--out: {error}")))
    }

    fn states(&self) -> Vec<u8> {
        self.pcd.buffer().to_vec()
    }

    fn layers(&self) -> Option<Cow<'_, RbmLayers>> {
        let model: &dyn Any = self.pcd.model();
        if let Some(machine) = model.downcast_ref::<CategoricalRbm<f32>>() {
            return Some(Cow::Owned(machine.into()));
        }
        let machine = model.downcast_ref::<Rbm<f32>>()?;
        Some(Cow::Owned(machine.into()))
    }

    fn facts(&self, _: &Data, _: &Threads) -> Figures {
        let single = match self.kind {
            Kind::IsingLattice { .. } => self.single(),
            _ => Vec::new(),
        };
        Figures {
            update: 0,
            values: single,
        }
    }
}

/// Half the log-odds of the data, smoothed by one row of both states in equal parts: the fields of independent spins.
fn spin_fields(data: &Data) -> Result<Vec<f32>, Failure> {
    let base = bernoulli_base::<f32>(data, 0.5).map_err(Failure::usage)?;
    Ok(base.logits().iter().map(|l| 0.5 * l).collect())
}

/// The states that are kept.
fn buffer(flags: &LearnFlags, chains: usize) -> Result<usize, Failure> {
    match flags.buffer {
        Some(buffer) if buffer < chains => Err(Failure::usage(format!(
            "--buffer: found {buffer}, allowed is at least {chains}, the number of --chains that are moved per update"
        ))),
        buffer => Ok(buffer.unwrap_or(chains)),
    }
}

fn restart(flags: &LearnFlags) -> Result<f64, Failure> {
    match flags.restart {
        Some(found) if !(0.0..=1.0).contains(&found) => Err(Failure::usage(format!(
            "--restart: found {found}, allowed are numbers from 0 to 1"
        ))),
        found => Ok(found.unwrap_or(0.0)),
    }
}

fn value_l2(flags: &LearnFlags) -> Result<f64, Failure> {
    match flags.value_l2 {
        Some(found) if !(found.is_finite() && found >= 0.0) => Err(Failure::usage(format!(
            "--value-l2: found {found}, allowed are finite numbers of at least 0"
        ))),
        found => Ok(found.unwrap_or(0.0)),
    }
}

fn failure(error: PcdError) -> Failure {
    match error {
        PcdError::Shape { .. } | PcdError::Options { .. } | PcdError::Resume(_) => {
            Failure::usage(error)
        }
        error => Failure::run(error),
    }
}
