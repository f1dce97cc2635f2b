//! What the figures of training mean.

use crate::learn::history::History;
use crate::report::text::escape;

/// A figure that engines report.
pub(super) struct Meaning {
    name: &'static str,
    title: &'static str,
    /// The name of its axis.
    unit: &'static str,
    text: &'static str,
}

/// Figures by the names that engines give them. One that is missing is shown by its name alone.
const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "data",
        title: "Mean of f of the data",
        unit: "mean of f",
        text: "Weighted mean of f = log p + log Z over the rows of the update, before the parameters move.",
    },
    Meaning {
        name: "model",
        title: "Mean of f of the chains",
        unit: "mean of f",
        text: "Mean of f over the chains of the update, before the parameters move. It differs from that of the data while learning is not done, and where chains do not represent the model.",
    },
    Meaning {
        name: "gradient",
        title: "Size of the gradient",
        unit: "gradient",
        text: "Size of the gradient of the log-likelihood: its root mean square over all couplings or weights; with --sampler, its Euclidean norm over all parameters. The noise of a finite number of chains and rows keeps it above 0.",
    },
    Meaning {
        name: "bound",
        title: "Bound of the log-likelihood",
        unit: "nats per row",
        text: "Mean lower bound of log p over the rows of the update, with one draw of the latent numbers for each, before the parameters move.",
    },
    Meaning {
        name: "divergence",
        title: "Divergence of the latent numbers",
        unit: "nats per row",
        text: "Mean Kullback-Leibler divergence of the encoder's distribution of the latent numbers from the standard normal distribution: 0 where they say nothing about the row.",
    },
    Meaning {
        name: "rate",
        title: "Learning rate",
        unit: "rate",
        text: "Learning rate of the update.",
    },
    Meaning {
        name: "pearson",
        title: "Agreement of connected correlations",
        unit: "Pearson's correlation",
        text: "Pearson's correlation of the connected correlations f_ij(a, b) - f_i(a) f_j(b) of data and chains, over all pairs of sites and of symbols. It is 1 where they are proportional.",
    },
    Meaning {
        name: "slope",
        title: "Slope of connected correlations",
        unit: "slope",
        text: "Slope of the least-squares line of the connected correlations of the chains on those of the data: 1 where they have the same size.",
    },
    Meaning {
        name: "pearson_of_halves",
        title: "Agreement of halves of the data",
        unit: "Pearson's correlation",
        text: "The same correlation between two halves of the data: it shows how well correlations are determined by half as many rows.",
    },
    Meaning {
        name: "resampled",
        title: "Agreement of newly started chains",
        unit: "Pearson's correlation",
        text: "The same correlation of data and of chains that began at independent sites and were moved ten times as long as in an update. Where it rises and later falls, the chains of the training have left equilibrium.",
    },
    Meaning {
        name: "pearson_of_active",
        title: "Agreement of active couplings",
        unit: "Pearson's correlation",
        text: "The correlation of connected correlations of data and chains over the couplings that are active alone.",
    },
    Meaning {
        name: "density",
        title: "Active couplings",
        unit: "part",
        text: "The part of the couplings that are learned; the others are 0.",
    },
    Meaning {
        name: "rounds",
        title: "Changes of the graph",
        unit: "rounds",
        text: "How often couplings were added or removed.",
    },
    Meaning {
        name: "moved",
        title: "How far chains moved",
        unit: "moved",
        text: "Mean Hamming distance of each chain from its state at the update before, divided by that of the chains from each other: about 1 where states are independent, near 0 where chains are stuck.",
    },
    Meaning {
        name: "acceptance",
        title: "Accepted steps",
        unit: "share",
        text: "The share of the sampler's steps that were accepted; samplers that tune themselves aim at 0.574.",
    },
    Meaning {
        name: "changes",
        title: "Changed sites",
        unit: "sites per chain",
        text: "Sites that changed their symbol in an update, in the mean over chains; a site that changes twice counts twice.",
    },
    Meaning {
        name: "excess",
        title: "Chains and data apart",
        unit: "relative mean square",
        text: "Mean square of the differences between the frequencies of single sites of chains and data, averaged over about a hundred updates and divided by that of as many independent draws: about 1 in equilibrium, larger where parameters overshoot, and smaller where they follow the noise of slow chains. With --adapt, the rate follows it.",
    },
    Meaning {
        name: "sweeps",
        title: "Sweeps of an update",
        unit: "sweeps",
        text: "Sweeps of every chain per update, which --adapt raises while chains move little.",
    },
    Meaning {
        name: "models",
        title: "Models of the ladder",
        unit: "models",
        text: "Models on the way with which chains exchange states, from one without weights or couplings on.",
    },
    Meaning {
        name: "exchange",
        title: "Acceptance of exchanges",
        unit: "acceptance",
        text: "Mean acceptance probability of exchanges of the chains with those of the last model of the ladder. Below 0.3, a copy of the present model joins the ladder.",
    },
    Meaning {
        name: "arrivals",
        title: "Independent states that arrived",
        unit: "arrivals",
        text: "States that were drawn independently at the first model of the ladder and have reached the chains of the training since its start.",
    },
    Meaning {
        name: "log_z",
        title: "Log Z along the ladder",
        unit: "log Z",
        text: "Logarithm of the partition function of the model at that update, by the Bennett acceptance ratio of each pair of neighbors of the ladder, at the updates of the checks (--check-every). It costs two evaluations of f of the chains and of the last model's.",
    },
    Meaning {
        name: "log_z_error",
        title: "Standard error of log Z",
        unit: "standard error",
        text: "Standard error of log Z, by ten groups of chains of every model.",
    },
    Meaning {
        name: "log_likelihood",
        title: "Mean log-likelihood of the data",
        unit: "nats per row",
        text: "Mean of f over the rows of the data (of at most 2000 of them for rbm) less log Z along the ladder. Its error is that of log Z.",
    },
    Meaning {
        name: "theta",
        title: "Coupling",
        unit: "theta",
        text: "The coupling of neighbors on the lattice; each bond counts twice.",
    },
    Meaning {
        name: "bias",
        title: "Bias",
        unit: "bias",
        text: "The field of every site.",
    },
];

/// What is said of a figure that is not in the list.
const UNKNOWN: Meaning = Meaning {
    name: "",
    title: "",
    unit: "",
    text: "",
};

/// A figure by its name.
pub(super) struct Known<'n> {
    name: &'n str,
    known: &'static Meaning,
}

impl Meaning {
    pub(super) fn of(name: &str) -> Known<'_> {
        let known = MEANINGS.iter().find(|meaning| meaning.name == name);
        Known {
            name,
            known: known.unwrap_or(&UNKNOWN),
        }
    }
}

impl<'n> Known<'n> {
    pub(super) fn title(&self) -> &'n str {
        self.or_name(self.known.title)
    }

    pub(super) fn unit(&self) -> &'n str {
        self.or_name(self.known.unit)
    }

    /// What it is; empty where that is not known.
    pub(super) fn text(&self) -> &'static str {
        self.known.text
    }

    fn or_name(&self, text: &'static str) -> &'n str {
        if text.is_empty() { self.name } else { text }
    }
}

/// Letters, digits and hyphens of a name.
pub(super) fn id(name: &str) -> String {
    let part = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    name.chars().map(part).collect()
}

/// The definitions of all figures of the run, and of the words of the page.
pub(super) fn list(figures: &[(&str, f64)], history: &History) -> String {
    let mut names: Vec<&str> = history.courses().iter().map(|c| c.name.as_str()).collect();
    for (name, _) in figures {
        if !names.contains(name) {
            names.push(name);
        }
    }
    let mut terms: Vec<(&str, &str)> = WORDS.to_vec();
    let meanings = names.iter().map(|name| (*name, Meaning::of(name).text()));
    terms.extend(meanings.filter(|(_, text)| !text.is_empty()));
    let items = terms
        .iter()
        .map(|(term, text)| format!("<dt>{}</dt><dd>{}</dd>", escape(term), escape(text)));
    format!("<dl class=\"terms\">{}</dl>", items.collect::<String>())
}

const WORDS: [(&str, &str); 4] = [
    (
        "update",
        "The chains move by their steps, and the parameters once along the gradient of the log-likelihood: a mean over data less the mean over chains. A curve with more than 1000 updates shows every second, fourth, .. of them.",
    ),
    (
        "chains",
        "States of the model that go on from update to update (persistent contrastive divergence, Tieleman 2008).",
    ),
    (
        "f",
        "The logarithm of the unnormalized probability: p(x) = exp(f(x)) / Z.",
    ),
    (
        "effective rows",
        "The sum of the weights of the rows. Of an alignment, sequences that resemble each other share their weight.",
    ),
];
