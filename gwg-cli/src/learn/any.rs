//! Any model with parameters, its chains moved by a sampler of the registry.

use super::checks::{optimizer, penalty, schedule};
use super::engine::{Engine, Figures};
use super::kind::Kind;
use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::LearnFlags;
use crate::outputs;
use gwg_chains::{Threads, generator};
use gwg_core::target::tensors;
use gwg_core::{Parametric, Space};
use gwg_learn::{Data, Pcd, PcdError, PcdOptions, RbmLayers, RbmOptions};
use gwg_models::{DenseIsing, DensePotts, LatticeIsing, Rbm};
use gwg_registry::{Model, SamplerSpec};
use std::any::Any;
use std::borrow::Cow;
use std::path::Path;

const RATE: f64 = 0.01;

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
        if flags.plain || flags.pearson.is_some() {
            let flag = if flags.plain { "--plain" } else { "--pearson" };
            return Err(Failure::usage(format!("{flag}: only without --sampler")));
        }
        let spec = flags.sampler.as_deref().unwrap_or("gwg");
        let sampler: SamplerSpec = spec.parse().map_err(Failure::usage)?;
        let chains = flags.chains.unwrap_or(100);
        let options = PcdOptions {
            buffer: chains,
            chains,
            steps: flags.steps_per_update.unwrap_or(50) as u64,
            batch: flags.batch.unwrap_or(100),
            schedule: schedule(flags, RATE)?,
            optimizer: optimizer(flags)?,
            penalty: penalty(flags)?,
            seed: flags.work.seed,
            ..PcdOptions::default()
        };
        // A sampler that the model cannot have is refused before the data are read into chains.
        sampler
            .bind(&model.clone().into())
            .map_err(Failure::usage)?;
        let pcd = Pcd::new(model, data, options, threads).map_err(failure)?;
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

impl AnyEngine<DenseIsing<f32>> {
    pub(super) fn boxed(
        kind: Kind,
        flags: &LearnFlags,
        rows: &Rows,
        threads: &Threads,
    ) -> Result<Box<dyn Engine>, Failure> {
        let data = &rows.data;
        let (n, q) = (data.sites(), data.states());
        match kind {
            Kind::Ising => {
                let model = DenseIsing::new(vec![0.0; n * n], vec![0.0; n]);
                let model = model.map_err(Failure::usage)?;
                AnyEngine::engine(kind, model, flags, data, threads)
            }
            Kind::Potts => {
                let model = DensePotts::new(n, q, &vec![0.0; n * n * q * q], vec![0.0; n * q]);
                let model = model.map_err(Failure::usage)?;
                AnyEngine::engine(kind, model, flags, data, threads)
            }
            Kind::IsingLattice { side } => {
                if side * side != n {
                    return Err(Failure::usage(format!(
                        "KIND: found side {side}, a lattice of {} sites, but the data have {n} sites",
                        side * side
                    )));
                }
                let model = LatticeIsing::new(2, side, 0.0, 0.0).map_err(Failure::usage)?;
                AnyEngine::engine(kind, model, flags, data, threads)
            }
            Kind::Rbm { hidden } => {
                let mut bits = generator(flags.work.seed, u64::MAX);
                let scale = RbmOptions::default().scale;
                let start = RbmLayers::start(data, hidden, scale, &mut bits);
                let model = start.to_model().map_err(Failure::usage)?;
                AnyEngine::engine(kind, model, flags, data, threads)
            }
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

    fn update(&mut self) -> Result<Figures, Failure> {
        let sampler = &self.sampler;
        let update = self.pcd.update(&|model: &M, with| {
            let stepper = sampler.bind(&model.clone().into());
            with(&*stepper.map_err(|e| PcdError::Sampler(e.to_string()))?)
        });
        let update = update.map_err(failure)?;
        Ok(Figures {
            update: update.update,
            values: vec![
                ("data", update.data),
                ("model", update.model),
                ("gradient", update.gradient),
                ("rate", update.rate),
            ],
        })
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

    fn write(&self, path: &Path, _: &Rows) -> Result<(), Failure> {
        if let Kind::IsingLattice { side } = self.kind {
            let single = self.single();
            let keys = single
                .iter()
                .map(|(name, value)| format!(",{name}={value}"));
            let spec = format!("ising-lattice:side={side}{}\n", keys.collect::<String>());
            return outputs::write("--out", path, &spec, self.force);
        }
        let model: Model<f32> = self.pcd.model().clone().into();
        model
            .save(path)
            .map_err(|error| Failure::run(format!("--out: {error}")))
    }

    fn states(&self) -> Vec<u8> {
        self.pcd.buffer().to_vec()
    }

    fn layers(&self) -> Option<Cow<'_, RbmLayers>> {
        let model: &dyn Any = self.pcd.model();
        let machine = model.downcast_ref::<Rbm<f32>>()?;
        Some(Cow::Owned(machine.into()))
    }

    fn facts(&self, _: &Data, _: &Threads) -> Figures {
        Figures {
            update: 0,
            values: self.single(),
        }
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
