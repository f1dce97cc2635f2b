//! What `gwg samplers` lists, and what a spec is read by.

/// A sampler's entry in `gwg samplers`.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) keys: &'static [Key],
    pub(crate) cost: &'static str,
    pub(crate) when: &'static str,
}

/// Name, default, what is allowed, meaning.
type Key = (&'static str, &'static str, &'static str, &'static str);

const BALANCE: Key = (
    "balance",
    "sqrt",
    "sqrt, barker, min, max",
    "balancing function g, with g(t) = t g(1/t)",
);
const TEMPERATURE: Key = (
    "temperature",
    "2",
    "a positive finite number",
    "proposal temperature: weights g(exp(2 beta d / temperature))",
);
const SCAN: Key = (
    "scan",
    "systematic",
    "systematic, random",
    "order of the sites",
);
/// How a key is set that adapts where it is not.
const OR_AUTO: &str = "a positive finite number, or auto: adapted in warm-up, then frozen";

pub(crate) const TABLE: &[Entry] = &[
    Entry {
        name: "gwg",
        meaning: "Gibbs-With-Gradients: one move in proportion to exp(beta d / 2), d from one gradient; Metropolis-Hastings",
        keys: &[
            BALANCE,
            TEMPERATURE,
            (
                "flips",
                "1",
                "a number from 1 up",
                "moves drawn a step, with replacement (GWG-n)",
            ),
        ],
        cost: "one gradient a step; O(degree log D) on sparse models, O(degree) on Ising lattices",
        when: "the default: any model with a gradient, the more so where few sites want to move",
    },
    Entry {
        name: "lb",
        meaning: "locally balanced: the same with exact differences d (Zanella 2020)",
        keys: &[BALANCE, TEMPERATURE],
        cost: "all D (or D q) exact differences a step; O(degree log D) on sparse models",
        when: "to judge gwg by, or where the first-order differences are poor; barker when the target is cold",
    },
    Entry {
        name: "pas",
        meaning: "path auxiliary: several sites a step, drawn without replacement as gwg draws one (Sun et al. 2021)",
        keys: &[
            BALANCE,
            TEMPERATURE,
            ("path", "auto", OR_AUTO, "mean number of sites a step"),
        ],
        cost: "one gradient a step, and O(D) for the path",
        when: "large models in which many sites want to move at once",
    },
    Entry {
        name: "dmala",
        meaning: "discrete Langevin: every site decides for itself, with Metropolis-Hastings (Zhang et al. 2022)",
        keys: &[
            BALANCE,
            TEMPERATURE,
            ("step", "auto", OR_AUTO, "step size alpha"),
        ],
        cost: "one gradient a step, and O(D)",
        when: "as pas; better where couplings are weak",
    },
    Entry {
        name: "dula",
        meaning: "BIASED: dmala without Metropolis-Hastings; what it samples is near the model, but is not it (Zhang et al. 2022)",
        keys: &[
            BALANCE,
            TEMPERATURE,
            (
                "step",
                "0.1",
                "a positive finite number",
                "step size alpha; the bias falls with it and never vanishes",
            ),
        ],
        cost: "that of dmala",
        when: "for comparisons only; every run warns",
    },
    Entry {
        name: "acs",
        meaning: "cyclical dmala: large steps that find modes, small ones that characterise them (Pynadath et al. 2024)",
        keys: &[
            (
                "largest",
                "1",
                "a positive finite number",
                "step size alpha_0; alpha_k = largest (cos(pi k / period) + 1) / 2, at least smallest",
            ),
            (
                "smallest",
                "0.2",
                "a positive finite number, at most largest",
                "the least step size",
            ),
            ("period", "8", "1 to 65535", "steps of a cycle"),
        ],
        cost: "that of dmala, and one more pass over the moves",
        when: "several modes, far apart",
    },
    Entry {
        name: "dlmc",
        meaning: "discrete Langevin Monte Carlo: every site by a jump process of its own (Sun et al. 2023)",
        keys: &[
            BALANCE,
            (
                "form",
                "interpolate",
                "interpolate, forward",
                "exact two-state law, or its forward step (DLMCf)",
            ),
            ("moves", "auto", OR_AUTO, "mean number of moves a step"),
        ],
        cost: "one gradient a step, and O(D)",
        when: "as dmala; often the best on classical graphical models",
    },
    Entry {
        name: "window2",
        meaning: "Gibbs-With-Gradients on all single moves and pairs of them",
        keys: &[BALANCE, TEMPERATURE],
        cost: "one gradient a step, and O(D) to O(D^2) for the pairs",
        when: "where single moves are stuck behind small barriers",
    },
    Entry {
        name: "gibbs",
        meaning: "Gibbs: one site drawn from its exact conditional; never rejected",
        keys: &[SCAN],
        cost: "q - 1 exact differences of one site a step; D steps make a sweep",
        when: "a plain baseline; hard to beat on easy lattices where every site wants to move",
    },
    Entry {
        name: "block-gibbs",
        meaning: "block Gibbs: some sites from their exact joint conditional; never rejected",
        keys: &[("block", "2", "1 to 16", "sites of a block"), SCAN],
        cost: "q^block exact differences a step",
        when: "few strong couplings between neighbouring sites",
    },
    Entry {
        name: "hamming-ball",
        meaning: "Hamming ball: a block drawn anew within a radius of where it stands (Titsias and Yau 2017)",
        keys: &[
            ("block", "10", "1 to 65535", "sites of a block"),
            (
                "radius",
                "1",
                "1 to the size of the block",
                "sites that may change at once",
            ),
            (
                "scan",
                "random",
                "systematic, random",
                "order of the blocks",
            ),
        ],
        cost: "(block q)^radius exact differences a step",
        when: "the paper's baseline",
    },
    Entry {
        name: "random-walk",
        meaning: "Metropolis: some sites at random, each to another state at random",
        keys: &[("flips", "auto", OR_AUTO, "mean number of sites a step")],
        cost: "one exact difference a site changed",
        when: "the baseline without information",
    },
    Entry {
        name: "jump",
        meaning: "locally informed jump process (Zanella 2020; Power and Goldman 2019), looked at in equal intervals of its time",
        keys: &[
            BALANCE,
            ("interval", "auto", OR_AUTO, "process time of a step"),
        ],
        cost: "that of lb a jump",
        when: "cold targets, where lb mostly goes to and fro",
    },
    Entry {
        name: "structured",
        meaning: "sweeps of what the model knows to be independent: checkerboards on lattices, colours of a sparse graph, two layers of an RBM; never rejected",
        keys: &[],
        cost: "every site once a step; two matrix products for an RBM",
        when: "all models but ising-dense and potts-dense: the fastest on lattices and RBMs unless couplings are strong; exact independent draws on bernoulli and categorical",
    },
];

impl Entry {
    pub(super) fn keys_text(&self) -> String {
        if self.keys.is_empty() {
            return format!("`{}` takes no keys", self.name);
        }
        let keys: Vec<String> = self
            .keys
            .iter()
            .map(|k| format!("{}={} ({})", k.0, k.1, k.2))
            .collect();
        format!("`{}` takes {}", self.name, keys.join("; "))
    }
}
