//! A ring of Ising spins with one coupling: few levels, two classes of independent sites.

use gwg_core::leveled::{Leveled, Levels};
use gwg_core::target::{Held, SweepBatch};
use gwg_core::*;

pub(crate) const SITES: usize = 8;

/// `f = K sum_i s_i s_(i+1)`, `s = 2x - 1`.
pub(crate) struct Ising<R> {
    space: Binary,
    coupling: R,
}

fn neighbors(site: usize) -> [usize; 2] {
    [(site + SITES - 1) % SITES, (site + 1) % SITES]
}

impl<R: Real> Ising<R> {
    pub(crate) fn new(coupling: f64) -> Self {
        Self {
            space: Binary::new(SITES),
            coupling: R::from_f64(coupling),
        }
    }

    /// The probability of 1, given all other sites.
    fn conditional(&self, x: &[u8], site: usize, beta: R) -> R {
        let ones = neighbors(site).iter().filter(|&&j| x[j] == 1).count();
        let field = R::from_f64(2.0 * ones as f64 - 2.0) * self.coupling;
        (R::TWO * beta * field).sigmoid()
    }
}

impl<R: Real> Target for Ising<R> {
    type Real = R;
    type Space = Binary;

    fn space(&self) -> &Binary {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let bond = |i: usize| {
            if x[i] == x[(i + 1) % SITES] {
                1.0
            } else {
                -1.0
            }
        };
        self.coupling.to_f64() * (0..SITES).map(bond).sum::<f64>()
    }
}

impl<R: Real> Delta for Ising<R> {
    fn delta(&self, x: &[u8], _: &[R], mv: Move) -> R {
        self.level_difference(self.level(x, mv.site))
    }
}

impl<R: Real> Leveled for Ising<R> {
    fn levels(&self) -> usize {
        3
    }

    fn level_difference(&self, level: usize) -> R {
        R::from_f64(4.0 - 4.0 * level as f64) * self.coupling
    }

    fn level(&self, x: &[u8], m: usize) -> usize {
        neighbors(m).iter().filter(|&&j| x[j] == x[m]).count()
    }

    fn relevel(&self, x: &[u8], levels: &mut Levels<'_>, mv: Move) {
        let [left, right] = neighbors(mv.site);
        for site in [left, mv.site, right] {
            levels.set_level(site, self.level(x, site));
        }
    }
}

/// Even sites, then odd ones.
impl<R: Real> Sweep for Ising<R> {
    fn sweep<B: Bits>(
        &self,
        batch: &mut dyn SweepBatch<R, u8>,
        _: &mut [R],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        for ((k, bits), counts) in (0..batch.rows()).zip(bits).zip(counts) {
            let mut row = batch.row(k);
            for site in (0..SITES).step_by(2).chain((1..SITES).step_by(2)) {
                let one = self.conditional(row.x, site, row.beta);
                let symbol = u8::from(bits.unit::<R>() < one);
                counts.sites_changed += u64::from(row.x[site] != symbol);
                row.x[site] = symbol;
            }
            counts.accepted += 1;
            let f = self.log_prob(row.x);
            row.set_log_prob(f);
        }
    }

    fn sweep_probabilities(&self, _: &[u8], _: R, _: Held<'_, u8>, _: &mut dyn FnMut(&[u8], f64)) {}
}
