use gwg_relax::WeightedMeans;

/// Means of the sites and of `f` over the weighted draws of many chains: of each chain alone, and of all draws together.
#[derive(Clone, Debug)]
pub struct WeightedRun {
    chains: Vec<WeightedMeans>,
    all: WeightedMeans,
    sites: usize,
}

impl WeightedRun {
    /// Begins means of so many chains.
    #[must_use]
    pub fn new(chains: usize, sites: usize) -> Self {
        Self {
            chains: vec![WeightedMeans::new(sites + 1); chains],
            all: WeightedMeans::new(sites + 1),
            sites,
        }
    }

    /// Adds a draw of a chain: its log-weight, state, and `f`.
    pub fn push(&mut self, chain: usize, log_weight: f64, x: &[u8], f: f64) {
        let symbols = || x.iter().map(|&x| f64::from(x));
        if let Some(chain) = self.chains.get_mut(chain) {
            chain.push(log_weight, symbols().chain([f]));
        }
        self.all.push(log_weight, symbols().chain([f]));
    }

    /// The means of the sites and that of `f` of one chain each; NaN where no draw has a positive weight.
    pub fn of_chains(&self) -> impl Iterator<Item = (Vec<f64>, f64)> {
        self.chains.iter().map(split)
    }

    /// The means of the sites over all draws, and that of `f`.
    #[must_use]
    pub fn of_all(&self) -> (Vec<f64>, f64) {
        split(&self.all)
    }

    /// The effective share of the draws: [`WeightedMeans::effective`] over their number; `None` before the first.
    #[must_use]
    pub fn effective_share(&self) -> Option<f64> {
        let draws = self.all.draws();
        (draws > 0).then(|| self.all.effective() / draws as f64)
    }

    /// The number of sites.
    #[must_use]
    pub const fn sites(&self) -> usize {
        self.sites
    }
}

/// The means of the sites, and that of `f`, which is the last.
fn split(all: &WeightedMeans) -> (Vec<f64>, f64) {
    let mut means = all.means();
    let f = means.pop().unwrap_or(f64::NAN);
    (means, f)
}
