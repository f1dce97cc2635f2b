//! Whether a model's terms cancel beyond its precision.

use super::Model;
use gwg_core::{Move, Real, Space, Symbol};

/// Moves that are tried at each state.
const TRIED: usize = 64;

/// Sites that may be evaluated in all at each state.
const MOST_SITES: usize = 20_000_000;

/// Moves with a larger change of `beta f` than this happen always or never, whatever its error.
const CERTAIN: f64 = 30.0;

impl<R: Real, S: Symbol> Model<R, S> {
    /// The largest error of `beta` times a difference of `f`, among up to 64 sites at each of the states: that of [`Delta`](gwg_core::Delta), after a
    /// move at each site and its reverse, against two values of `f` in double precision. Kernels accept with probabilities that have a relative
    /// error of this size: where terms cancel that are much larger than what is left, the digits of the rest are lost. `None` where the model has
    /// no exact differences.
    ///
    /// # Cost
    /// 65 evaluations of `f` a state; fewer where there are more than 300,000 sites.
    #[must_use]
    pub fn rounding_error<'x>(
        &self,
        beta: f64,
        states: impl IntoIterator<Item = &'x [S]>,
    ) -> Option<f64> {
        let delta = self.as_delta()?;
        let mut cache = vec![R::ZERO; delta.cache_len()];
        let mut largest = 0.0_f64;
        for x in states {
            let mut x = x.to_vec();
            let moves = self.tried(&x);
            let here = delta.init_cache(&x, &mut cache);
            let back = moves.iter().map(|mv| mv.reversed());
            for mv in moves.iter().copied().chain(back) {
                mv.apply(&mut x);
                delta.update(&x, &mut cache, mv);
            }
            for mv in moves {
                let rounded = delta.delta(&x, &cache, mv).to_f64();
                mv.apply(&mut x);
                let exact = self.log_prob(&x) - here;
                mv.revert(&mut x);
                // False of what is not a number, too.
                if (beta * exact).abs() < CERTAIN {
                    largest = largest.max(beta * (rounded - exact).abs());
                }
            }
        }
        Some(largest)
    }

    /// A move at each of some sites.
    fn tried(&self, x: &[S]) -> Vec<Move> {
        let sites = self.space.sites();
        let tried = TRIED.min(MOST_SITES / sites.max(1)).clamp(1, sites);
        let chosen = (0..tried).map(|k| k * (sites / tried));
        let free = chosen.filter(|&site| self.space.observed(site).is_none());
        let last = |site| self.space.first_move(site + 1).checked_sub(1);
        let moves = free.filter_map(|site| Some(self.space.decode(x, last(site)?)));
        moves.filter(|mv| !mv.is_idle()).collect()
    }
}
