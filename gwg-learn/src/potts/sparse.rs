//! Potts models of which only some couplings are learned.

mod activate;
mod decimate;
mod mask;
mod rounds;
mod scores;

pub(super) use mask::Mask;
pub(super) use rounds::Rounds;
pub(super) use scores::Scored;

/// Which couplings a [`PottsTrainer`](super::PottsTrainer) learns: single numbers `J[i, j, a, b]`, of which the others are exactly 0.
///
/// The density of a model is the number of its active couplings over that of all, `L (L - 1) / 2 q^2`.
///
/// # Gauge
/// Adding a function of one site to a block of couplings and subtracting it from a field keeps all probabilities, but not the zeros: a model with
/// inactive couplings has no gauge to be moved to. Training does not change them, whether the gradient is centered or not;
/// [`zero_sum`](super::zero_sum) does.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum PottsGraph {
    /// All couplings.
    #[default]
    Full,
    /// More and more couplings, from none.
    Activate(Activation),
    /// Fewer and fewer couplings, from all.
    Decimate(Decimation),
}

/// A Potts model that begins at independent sites, to which couplings are added where they raise the likelihood most (eaDCA).
///
/// With `f` the frequency of a pair of symbols in the data and `p` that in the model, a new coupling `J` changes the mean log-likelihood by
/// `J f - ln(1 - p + p e^J)`. Its maximum over `J` is the Kullback-Leibler divergence of two Bernoulli distributions,
/// `f ln(f / p) + (1 - f) ln((1 - f) / (1 - p))`. A round activates the inactive couplings with the largest of these, which begin at 0, and updates the
/// model until Pearson's correlation of the connected correlations of all active couplings is [`pearson`](Self::pearson), at most
/// [`updates`](Self::updates) times.
///
/// It ends once that of all pairs of symbols is `pearson`; at [`density`](Self::density) already, once that of the active ones is.
///
/// Calvanese, Lambert, Nghe, Zamponi and Weigt, "Towards parsimonious generative modeling of RNA families" (2024).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activation {
    /// The part of the inactive couplings that a round activates, above 0 and at most 1.
    pub fraction: f64,
    /// The largest density, above 0 and at most 1.
    pub density: f64,
    /// The correlation that is to be reached, above 0 and at most 1.
    pub pearson: f64,
    /// Updates of a round at most, at least 1.
    pub updates: u64,
}

impl Default for Activation {
    fn default() -> Self {
        Self {
            fraction: 1e-3,
            density: 1.0,
            pearson: 0.95,
            updates: 10,
        }
    }
}

/// A Potts model with all couplings, of which those are removed that matter least (edDCA).
///
/// Let `P` be the model, `Q` the one without the coupling `J` of a pair of symbols, which has the frequencies `p` and
/// `p0 = p e^-J / (1 - p + p e^-J)` in them. As `ln(P / Q)` is `J` where both symbols are present and 0 elsewhere, less a constant, the symmetric divergence
/// is `D(P || Q) + D(Q || P) = J (p - p0)`. A round removes the active couplings with the smallest of these, and updates the model until Pearson's
/// correlation of all connected correlations is [`pearson`](Self::pearson) again. The first round begins when it was first reached.
///
/// A round removes [`fraction`](Self::fraction) of the active couplings, where the correlation `r` is clearly above `pearson`; near it fewer, in proportion to
/// `(r - pearson) / (1 - pearson)` below a tenth, and at least a tenth of `fraction`: couplings that the model needs are told from others by chains of a model that has
/// learned to do without those removed before.
///
/// The correlation counts only while the [slope](super::Correlations::slope) is from 1/2 to 2.
///
/// It ends at [`density`](Self::density), once the correlation is reached there, or where it is not reached within [`updates`](Self::updates) updates after a round:
/// [`PottsTrainer::ending`](super::PottsTrainer::ending) says which.
///
/// Barrat-Charlaix, Muntoni, Shimagaki, Weigt and Zamponi, "Sparse generative modeling via parameter reduction of Boltzmann machines" (2021).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decimation {
    /// The part of the active couplings that a round removes, above 0 and below 1.
    pub fraction: f64,
    /// The density at the end, above 0 and below 1.
    pub density: f64,
    /// The correlation that is to be reached, above 0 and at most 1.
    pub pearson: f64,
    /// Updates after a round in which the correlation is to be reached again, at least 1.
    pub updates: u64,
}

impl Default for Decimation {
    fn default() -> Self {
        Self {
            fraction: 0.01,
            density: 0.02,
            pearson: 0.95,
            updates: 500,
        }
    }
}

/// How training with inactive couplings ended.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum GraphEnd {
    /// The correlation was reached, at the last density where there is one.
    Reached,
    /// The correlation was not reached within the updates of a round of [`Decimation`].
    NotReached {
        /// Those updates.
        updates: u64,
        /// The density at which it was reached last: that before the round.
        density: f64,
    },
}

impl PottsGraph {
    /// The first number that is out of its range: its name, its value and what is allowed.
    pub(super) fn fault(&self) -> Option<(&'static str, f64, &'static str)> {
        let (fraction, density, pearson, updates, below) = match *self {
            Self::Full => return None,
            Self::Activate(a) => (a.fraction, a.density, a.pearson, a.updates, false),
            Self::Decimate(d) => (d.fraction, d.density, d.pearson, d.updates, true),
        };
        let part = |x: f64| x > 0.0 && x <= 1.0 && !(below && x == 1.0);
        let allowed = if below {
            "above 0 and below 1"
        } else {
            "above 0 and at most 1"
        };
        if !part(fraction) {
            return Some(("fraction", fraction, allowed));
        }
        if !part(density) {
            return Some(("density", density, allowed));
        }
        if !(pearson > 0.0 && pearson <= 1.0) {
            return Some(("pearson", pearson, "above 0 and at most 1"));
        }
        (updates == 0).then_some(("updates", 0.0, "at least 1"))
    }
}
