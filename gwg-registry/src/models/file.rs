use crate::grammar::written;
use crate::model::builder::Build;
use crate::model::error::Fault;
use crate::model::{BuildError, Model, ModelBuilder, ModelEntry};
use gwg_core::{Space, Target};
use gwg_models::io::{IoError, Kind, Parameters, parse_metadata, parse_model, read_bytes};
use gwg_models::{CategoricalRbm, DenseIsing, DensePotts, Rbm, Scalar};
use gwg_nets::parse_network;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// A model file in the safetensors format: the one model that is named by its path.
#[derive(Clone, Debug)]
pub(crate) struct ModelFile {
    pub(crate) path: PathBuf,
    /// What it holds, where the file itself does not say.
    pub(crate) kind: Option<Kind>,
}

const LADDER: &str = "a ladder, the models on the way of a training; sample the trained model with `--sampler ptt:ladder=FILE`";

/// Kinds of files of `gwg learn` that are no models to be sampled, and what they are for.
const NO_ENERGY: [(&str, &str); 3] = [
    (
        "vae",
        "a variational autoencoder (kind `vae`), which has no energy; `gwg evaluate MODEL DATA` bounds its likelihood",
    ),
    ("rbm-ladder", LADDER),
    ("potts-ladder", LADDER),
];

impl Build for ModelFile {
    fn build<R: Scalar>(&self) -> Result<Model<R>, Fault> {
        let bytes = read_bytes(&self.path)?;
        let fault = |fault| IoError::Model {
            path: self.path.clone(),
            fault,
        };
        let named = parse_metadata(&bytes, "kind").map_err(fault)?;
        if self.kind.is_none() && named.as_deref() == Some(gwg_nets::KIND) {
            let network = parse_network(&bytes);
            let network =
                network.map_err(|error| Fault::Network(self.path.clone(), error.into()))?;
            return Ok(Model::from(network));
        }
        if let Some((_, what)) = NO_ENERGY
            .iter()
            .find(|(kind, _)| named.as_deref() == Some(kind))
        {
            return Err(Fault::NoEnergy(self.path.clone(), what));
        }
        Ok(match parse_model(&bytes, self.kind).map_err(fault)? {
            Parameters::Rbm {
                weights,
                visible_bias,
                hidden_bias,
            } => Model::from(Rbm::new(
                weights.into_owned(),
                visible_bias.into_owned(),
                hidden_bias.into_owned(),
            )?),
            Parameters::RbmCategorical {
                states,
                weights,
                visible_bias,
                hidden_bias,
            } => Model::from(CategoricalRbm::new(
                states,
                weights.into_owned(),
                visible_bias.into_owned(),
                hidden_bias.into_owned(),
            )?),
            Parameters::IsingDense { coupling, field } => {
                Model::from(DenseIsing::new(coupling.into_owned(), field.into_owned())?)
            }
            Parameters::PottsDense {
                sites,
                states,
                coupling,
                field,
            } => Model::from(DensePotts::new(
                sites,
                states,
                &coupling,
                field.into_owned(),
            )?),
        })
    }
}

impl ModelBuilder for ModelFile {
    fn entry(&self) -> Option<&'static ModelEntry> {
        None
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![("path", self.spec())]
    }

    fn spec(&self) -> String {
        written(&self.path)
    }

    fn with_kind(&self, kind: Kind) -> Option<Box<dyn ModelBuilder>> {
        Some(Box::new(Self {
            kind: Some(kind),
            ..self.clone()
        }))
    }

    fn build_f32(&self) -> Result<Model<f32>, BuildError> {
        self.build().map_err(|fault| fault.of(self.spec()))
    }

    fn build_f64(&self) -> Result<Model<f64>, BuildError> {
        self.build().map_err(|fault| fault.of(self.spec()))
    }

    fn boxed(&self) -> Box<dyn ModelBuilder> {
        Box::new(self.clone())
    }
}

/// A Potts model that another crate has read from a file of another format; named by the path of the file.
#[derive(Clone)]
pub(crate) struct ReadPotts {
    pub(crate) path: PathBuf,
    pub(crate) model: Arc<DensePotts<f64>>,
}

impl fmt::Debug for ReadPotts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        f.debug_struct("ReadPotts")
            .field("path", path)
            .finish_non_exhaustive()
    }
}

impl ModelBuilder for ReadPotts {
    fn entry(&self) -> Option<&'static ModelEntry> {
        None
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![("path", self.spec())]
    }

    fn spec(&self) -> String {
        written(&self.path)
    }

    fn build_f32(&self) -> Result<Model<f32>, BuildError> {
        let (model, spec) = (&self.model, self.spec());
        let narrow = |numbers: &[f64]| numbers.iter().map(|&x| x as f32).collect::<Vec<_>>();
        let (coupling, field) = (narrow(&model.coupling()), narrow(model.field()));
        let space = model.space();
        let made = DensePotts::new(space.sites(), space.states(), &coupling, field);
        match made {
            Ok(model) => Ok(Model::from(model)),
            Err(error) => Err(Fault::from(error).of(spec)),
        }
    }

    fn build_f64(&self) -> Result<Model<f64>, BuildError> {
        Ok(Model::from((*self.model).clone()))
    }

    fn boxed(&self) -> Box<dyn ModelBuilder> {
        Box::new(self.clone())
    }
}
