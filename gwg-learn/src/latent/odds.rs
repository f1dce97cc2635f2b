//! The log-odds of an edge, by the classes of its nodes.

use super::LatentError;
use gwg_chains::generator;
use gwg_core::Real;
use gwg_core::target::Tensor;
use gwg_linalg::Scalar;
use gwg_nets::{NetError, Network, Symbols, perceptron, random};
use gwg_relax::Normal;

/// The log-odds `eta(a, b) = eta(b, a)` of an edge between nodes of classes `a` and `b`, with their parameters.
#[derive(Clone, Debug)]
pub struct LogOdds<R>(Kind<R>);

#[derive(Clone, Debug)]
enum Kind<R> {
    /// The numbers with `a <= b`, row by row.
    Table { classes: usize, upper: Vec<R> },
    /// `[net(u_a, u_b) + net(u_b, u_a)] / 2` of embeddings `u`, (classes, features).
    Network {
        classes: usize,
        embedding: Vec<R>,
        network: Box<Network<R>>,
    },
}

impl<R: Scalar> LogOdds<R> {
    /// A table: `upper` has the numbers with `a <= b`, row by row, `classes (classes + 1) / 2` of them. With it, the block model is the usual one
    /// (Nowicki and Snijders 2001).
    ///
    /// # Errors
    /// [`LatentError::Classes`], [`LatentError::Length`].
    pub fn table(classes: usize, upper: Vec<R>) -> Result<Self, LatentError> {
        check_classes(classes)?;
        let needed = classes * (classes + 1) / 2;
        if upper.len() != needed {
            return Err(LatentError::Length {
                name: "upper",
                found: upper.len(),
                needed,
            });
        }
        Ok(Self(Kind::Table { classes, upper }))
    }

    /// `[net(u_a, u_b) + net(u_b, u_a)] / 2` of embeddings `u` of shape (classes, features), row-major, and a network that receives the numbers of two of
    /// them and has one output. Both are learned.
    ///
    /// # Errors
    /// [`LatentError::Classes`], [`LatentError::Length`], [`LatentError::Network`].
    pub fn network(
        classes: usize,
        embedding: Vec<R>,
        network: Network<R>,
    ) -> Result<Self, LatentError> {
        check_classes(classes)?;
        let features = (embedding.len() / classes).max(1);
        if embedding.len() != features * classes {
            return Err(LatentError::Length {
                name: "embedding",
                found: embedding.len(),
                needed: features * classes,
            });
        }
        let description = network.description();
        let inputs = description.sites() * description.symbols.channels();
        let (outputs, needed) = (network.output().count(), 2 * features);
        if (inputs, outputs) != (needed, 1) {
            return Err(LatentError::Network {
                inputs,
                outputs,
                needed,
            });
        }
        Ok(Self(Kind::Network {
            classes,
            embedding,
            network: Box::new(network),
        }))
    }

    /// A perceptron with `hidden` features in its layers, and embeddings of `features` standard normal numbers.
    ///
    /// # Errors
    /// [`LatentError::Classes`]; [`LatentError::Net`] for sizes of which there is no network.
    pub fn random(
        classes: usize,
        features: usize,
        hidden: &[usize],
        seed: u64,
    ) -> Result<Self, LatentError> {
        check_classes(classes)?;
        let numbers = Symbols::Binary {
            low: 0.0,
            high: 1.0,
        };
        let description = perceptron(vec![features.saturating_mul(2)], numbers, hidden);
        let network = random(description, seed)?;
        let mut embedding = vec![R::ZERO; classes * features];
        Normal::default().fill(&mut embedding, &mut generator(seed, u64::MAX));
        Self::network(classes, embedding, network)
    }

    /// The number of classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        match self.0 {
            Kind::Table { classes, .. } | Kind::Network { classes, .. } => classes,
        }
    }

    /// All of them, shape (classes, classes), row-major and symmetric.
    ///
    /// # Cost
    /// One evaluation of the network on all `classes^2` pairs.
    ///
    /// # Errors
    /// [`NetError`], never for one of this library.
    pub fn all(&self) -> Result<Vec<R>, NetError> {
        match &self.0 {
            Kind::Table { classes, upper } => {
                let mut all = vec![R::ZERO; classes * classes];
                for ((a, b), &eta) in pairs(*classes).zip(upper) {
                    all[a * classes + b] = eta;
                    all[b * classes + a] = eta;
                }
                Ok(all)
            }
            Kind::Network {
                classes,
                embedding,
                network,
            } => {
                let rows = classes * classes;
                let mut inputs = vec![R::ZERO; 2 * classes * embedding.len()];
                write_pairs(*classes, embedding, &mut inputs);
                let mut all = vec![R::ZERO; rows];
                let mut scratch = vec![R::ZERO; network.scratch_len(rows)];
                network.evaluate(&inputs, &mut all, &mut scratch)?;
                for (a, b) in pairs(*classes) {
                    let (one, other) = (a * classes + b, b * classes + a);
                    let mean = R::HALF * (all[one] + all[other]);
                    (all[one], all[other]) = (mean, mean);
                }
                Ok(all)
            }
        }
    }

    /// The tensors of the parameters, by their number.
    pub(super) fn tensor(&self, k: usize) -> Option<Tensor> {
        match (&self.0, k) {
            (Kind::Table { upper, .. }, 0) => Some(Tensor::new("eta", [upper.len()])),
            (
                Kind::Network {
                    classes, embedding, ..
                },
                0,
            ) => Some(Tensor::new(
                "embedding",
                [*classes, embedding.len() / classes],
            )),
            (Kind::Network { network, .. }, 1) => {
                Some(Tensor::new("network", [network.parameters().len()]))
            }
            _ => None,
        }
    }

    /// Appends the parameters: the table, or the embeddings and the weights of the network.
    pub(super) fn read(&self, values: &mut Vec<R>) {
        match &self.0 {
            Kind::Table { upper, .. } => values.extend(upper),
            Kind::Network {
                embedding, network, ..
            } => {
                values.extend(embedding);
                values.extend(network.parameters());
            }
        }
    }

    /// The same with other parameters.
    pub(super) fn with(&self, values: &[R]) -> Result<Self, NetError> {
        let mut other = self.clone();
        match &mut other.0 {
            Kind::Table { upper, .. } => upper.copy_from_slice(values),
            Kind::Network {
                embedding, network, ..
            } => {
                let (own, weights) = values.split_at(embedding.len().min(values.len()));
                network.set_parameters(weights)?;
                embedding.copy_from_slice(own);
            }
        }
        Ok(other)
    }

    pub(super) fn scratch_len(&self) -> usize {
        match &self.0 {
            Kind::Table { .. } => 0,
            Kind::Network {
                classes,
                embedding,
                network,
            } => {
                let inputs = 2 * classes * embedding.len();
                2 * inputs + network.scratch_len(classes * classes)
            }
        }
    }

    /// Adds the gradient of a function whose slope by the log-odds of each ordered pair of classes is given, as if `eta(a, b)` and `eta(b, a)` were two numbers.
    pub(super) fn learn(
        &self,
        slopes: &[R],
        gradient: &mut [R],
        scratch: &mut [R],
    ) -> Result<(), NetError> {
        match &self.0 {
            Kind::Table { classes, .. } => {
                for ((a, b), g) in pairs(*classes).zip(gradient) {
                    *g += slopes[a * classes + b];
                    if a != b {
                        *g += slopes[b * classes + a];
                    }
                }
                Ok(())
            }
            Kind::Network {
                classes,
                embedding,
                network,
            } => {
                let numbers = 2 * classes * embedding.len();
                let (inputs, rest) = scratch.split_at_mut(numbers);
                let (by_input, rest) = rest.split_at_mut(numbers);
                write_pairs(*classes, embedding, inputs);
                by_input.fill(R::ZERO);
                let (of_embedding, of_network) = gradient.split_at_mut(embedding.len());
                network.learn(inputs, slopes, of_network, by_input, rest)?;
                let features = embedding.len() / classes;
                for (k, row) in by_input.chunks_exact(2 * features).enumerate() {
                    let (first, second) = row.split_at(features);
                    for (class, from) in [(k / classes, first), (k % classes, second)] {
                        let to = of_embedding.iter_mut().skip(class * features);
                        to.zip(from).for_each(|(g, &by)| *g += by);
                    }
                }
                Ok(())
            }
        }
    }
}

/// The pairs of classes with `a <= b`, row by row.
fn pairs(classes: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..classes).flat_map(move |a| (a..classes).map(move |b| (a, b)))
}

/// The embeddings of every ordered pair of classes, one after the other.
fn write_pairs<R: Real>(classes: usize, embedding: &[R], inputs: &mut [R]) {
    let features = embedding.len() / classes;
    for (k, row) in inputs.chunks_exact_mut(2 * features).enumerate() {
        let (first, second) = row.split_at_mut(features);
        first.copy_from_slice(&embedding[k / classes * features..][..features]);
        second.copy_from_slice(&embedding[k % classes * features..][..features]);
    }
}

fn check_classes(found: usize) -> Result<(), LatentError> {
    if (2..=256).contains(&found) {
        return Ok(());
    }
    Err(LatentError::Classes { found })
}
