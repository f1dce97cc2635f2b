//! A target with a cache of hidden sums, to which every move adds.

use gwg_core::*;

pub(crate) const HIDDEN: usize = 3;

/// `f = sum_j softplus(sum_i w[j][i][x_i])`; the cache is the `HIDDEN` sums.
pub(crate) struct Network {
    space: Categorical,
    weights: Vec<f64>,
}

impl Network {
    pub(crate) fn new(sites: usize, states: usize, scale: f64, seed: u64) -> Self {
        let mut bits = SplitMix64::new(seed);
        let all = HIDDEN * sites * states;
        let weights = (0..all).map(|_| scale * (bits.unit::<f64>() - 0.5));
        Self {
            space: Categorical::new(sites, states).unwrap(),
            weights: weights.collect(),
        }
    }

    fn weight(&self, j: usize, site: usize, symbol: u16) -> f64 {
        let states = self.space.states();
        self.weights[(j * self.space.sites() + site) * states + usize::from(symbol)]
    }

    fn change(&self, j: usize, mv: Move) -> f64 {
        self.weight(j, mv.site, mv.to) - self.weight(j, mv.site, mv.from)
    }

    fn sums(&self, x: &[u8]) -> [f64; HIDDEN] {
        core::array::from_fn(|j| {
            let sites = x.iter().enumerate();
            sites.map(|(i, &a)| self.weight(j, i, a.into())).sum()
        })
    }
}

impl Target for Network {
    type Real = f64;
    type Space = Categorical;

    fn space(&self) -> &Categorical {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        self.sums(x).iter().map(|&sum| Real::softplus(sum)).sum()
    }
}

impl Delta for Network {
    fn cache_len(&self) -> usize {
        HIDDEN
    }

    fn init_cache(&self, x: &[u8], cache: &mut [f64]) -> f64 {
        cache.copy_from_slice(&self.sums(x));
        self.log_prob(x)
    }

    fn delta(&self, _: &[u8], cache: &[f64], mv: Move) -> f64 {
        let one = |(j, &sum): (usize, &f64)| {
            Real::softplus(sum + self.change(j, mv)) - Real::softplus(sum)
        };
        cache.iter().enumerate().map(one).sum()
    }

    fn update(&self, _: &[u8], cache: &mut [f64], mv: Move) {
        for (j, sum) in cache.iter_mut().enumerate() {
            *sum += self.change(j, mv);
        }
    }
}

/// Every difference changes with every move.
impl Local for Network {
    fn max_affected(&self) -> usize {
        self.space.moves()
    }

    fn update_affected(
        &self,
        x: &[u8],
        cache: &mut [f64],
        mv: Move,
        affected: &mut AffectedMoves<'_, f64>,
    ) {
        self.update(x, cache, mv);
        for m in 0..self.space.moves() {
            let other = self.space.decode(x, m);
            if !other.is_idle() {
                affected.push(m, self.delta(x, cache, other));
            }
        }
    }
}
