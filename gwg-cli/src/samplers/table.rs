//! The table of samplers. To add one: an entry here, and its arm in `road`.

use super::entry::{About, Form, SamplerEntry, samplers};
use gwg_core::{AnyBalance, Scan};
use gwg_models::spec::{Allowed, KeyEntry, Setting};

const POSITIVE: Allowed = Allowed::Number {
    min: f64::MIN_POSITIVE,
    max: f64::MAX,
};
const AUTO: Allowed = Allowed::OrAuto {
    min: f64::MIN_POSITIVE,
    max: f64::MAX,
};
const AUTO_FROM_ONE: Allowed = Allowed::OrAuto {
    min: 1.0,
    max: f64::MAX,
};
const SMALL: Allowed = Allowed::Count {
    min: 1,
    max: 65_535,
};
const BALANCE: About = (
    "sqrt",
    Allowed::Choice(&["sqrt", "barker", "min", "max"]),
    "balancing function g, with g(t) = t g(1/t)",
);
const TEMPERATURE: About = (
    "2",
    POSITIVE,
    "proposal temperature: weights g(exp(2 beta d / temperature))",
);
const SCAN: About = (
    "systematic",
    Allowed::Choice(&["systematic", "random"]),
    "order of the sites",
);

samplers! {
    /// Locally balanced on first-order differences.
    Gwg "gwg" {
        balance: AnyBalance = BALANCE,
        temperature: f64 = TEMPERATURE,
        flips: Option<f64> = ("1", AUTO_FROM_ONE, "mean number of moves drawn a step, with replacement (GWG-n)"),
    }
        meaning "Gibbs-With-Gradients: one move in proportion to exp(beta d / 2), d from one gradient; Metropolis-Hastings"
        cost "one gradient a step; O(degree log D) on sparse models, O(degree) on Ising lattices"
        when "the default: any model with a gradient, the more so where few sites want to move"

    /// Locally balanced on exact differences.
    Lb "lb" {
        balance: AnyBalance = BALANCE,
        temperature: f64 = TEMPERATURE,
    }
        meaning "locally balanced: the same with exact differences d (Zanella 2020)"
        cost "all D (or D q) exact differences a step; O(degree log D) on sparse models"
        when "to judge gwg by, or where the first-order differences are poor; barker when the target is cold"

    /// A path of sites without replacement.
    Pas "pas" {
        balance: AnyBalance = BALANCE,
        temperature: f64 = TEMPERATURE,
        path: Option<f64> = ("auto", AUTO_FROM_ONE, "mean number of sites a step"),
    }
        meaning "path auxiliary: several sites a step, drawn without replacement as gwg draws one (Sun et al. 2021)"
        cost "one gradient a step, and O(D) for the path"
        when "large models in which many sites want to move at once"

    /// Every site for itself, with Metropolis-Hastings.
    Dmala "dmala" {
        balance: AnyBalance = BALANCE,
        temperature: f64 = TEMPERATURE,
        step: Option<f64> = ("auto", AUTO, "step size alpha"),
    }
        meaning "discrete Langevin: every site decides for itself, with Metropolis-Hastings (Zhang et al. 2022)"
        cost "one gradient a step, and O(D)"
        when "as pas; better where couplings are weak"

    /// The same without Metropolis-Hastings: biased.
    Dula "dula" {
        balance: AnyBalance = BALANCE,
        temperature: f64 = TEMPERATURE,
        step: f64 = ("0.1", POSITIVE, "step size alpha; the bias falls with it and never vanishes"),
    }
        meaning "BIASED: dmala without Metropolis-Hastings; what it samples is near the model, but is not it (Zhang et al. 2022)"
        cost "that of dmala"
        when "for comparisons only; every run warns"

    /// The same with step sizes in a cycle.
    Acs "acs" {
        largest: f64 = ("1", POSITIVE, "step size alpha_0; alpha_k = largest (cos(pi k / period) + 1) / 2, at least smallest"),
        smallest: f64 = ("0.2", POSITIVE, "the least step size, at most largest"),
        period: usize = ("8", SMALL, "steps of a cycle"),
        scale: Option<f64> = ("auto", AUTO, "factor on all step sizes"),
    }
        meaning "cyclical dmala: large steps that find modes, small ones that characterize them (Pynadath et al. 2024)"
        cost "that of dmala, and one more pass over the moves"
        when "several modes, far apart"

    /// Every site by a short jump process.
    Dlmc "dlmc" {
        balance: AnyBalance = BALANCE,
        form: Form = ("interpolate", Allowed::Choice(&["interpolate", "forward"]), "exact two-state law, or its forward step (DLMCf)"),
        moves: Option<f64> = ("auto", AUTO, "mean number of moves a step"),
    }
        meaning "discrete Langevin Monte Carlo: every site by a jump process of its own (Sun et al. 2023)"
        cost "one gradient a step, and O(D)"
        when "as dmala; often the best on classical graphical models"

    /// One site or two, in proportion to the sum of their differences.
    Window2 "window2" {
        balance: AnyBalance = BALANCE,
        temperature: f64 = TEMPERATURE,
    }
        meaning "Gibbs-With-Gradients on all single moves and pairs of them"
        cost "one gradient a step, and O(D) to O(D^2) for the pairs"
        when "where single moves are stuck behind small barriers"

    /// One site from its conditional.
    Gibbs "gibbs" {
        scan: Scan = SCAN,
    }
        meaning "Gibbs: one site drawn from its exact conditional; never rejected"
        cost "q - 1 exact differences of one site a step; D steps make a sweep"
        when "a plain baseline; hard to beat on easy lattices where every site wants to move"

    /// Some sites from their joint conditional.
    BlockGibbs "block-gibbs" {
        block: usize = ("2", Allowed::Count { min: 1, max: 16 }, "sites of a block"),
        scan: Scan = SCAN,
    }
        meaning "block Gibbs: some sites from their exact joint conditional; never rejected"
        cost "q^block exact differences a step"
        when "few strong couplings between neighboring sites"

    /// A block, near where it stands.
    HammingBall "hamming-ball" {
        block: usize = ("10", SMALL, "sites of a block"),
        radius: usize = ("1", SMALL, "sites that may change at once, at most block"),
        scan: Scan = ("random", SCAN.1, "order of the blocks"),
    }
        meaning "Hamming ball: a block drawn anew within a radius of where it stands (Titsias and Yau 2017)"
        cost "(block q)^radius exact differences a step"
        when "the paper's baseline"

    /// Uniform proposals.
    RandomWalk "random-walk" {
        flips: Option<f64> = ("auto", AUTO_FROM_ONE, "mean number of sites a step"),
    }
        meaning "Metropolis: some sites at random, each to another state at random"
        cost "one exact difference a site changed"
        when "the baseline without information"

    /// The locally informed jump process, looked at in equal intervals.
    Jump "jump" {
        balance: AnyBalance = BALANCE,
        interval: Option<f64> = ("auto", AUTO, "process time of a step"),
    }
        meaning "locally informed jump process (Zanella 2020; Power and Goldman 2019), looked at in equal intervals of its time"
        cost "that of lb a jump"
        when "cold targets, where lb mostly goes to and fro"

    /// Sweeps of what the model knows to be independent.
    BlockSweep "structured"
        meaning "sweeps of what the model knows to be independent: checkerboards on lattices, colors of a sparse graph, two layers of an RBM, whole hidden paths of a Markov model; never rejected"
        cost "every site once a step; two matrix products for an RBM"
        when "all models but ising-dense and potts-dense: the fastest on lattices and RBMs unless couplings are strong; exact independent draws on bernoulli and categorical"
}
