//! Couplings of pairs of sites that hidden units imply.

use crate::potts::PairPottsError;
use crate::{PairPotts, zero_sum};
use gwg_chains::Threads;
use gwg_core::math;
use gwg_linalg::Scalar;
use gwg_models::CategoricalRbm;

/// The effective couplings of pairs of sites of a machine with categorical sites, in the zero-sum gauge, without fields.
///
/// `J[i, j, a, b]` is the mean of `f(x with x_i = a, x_j = b)` over the rows `x`, in the zero-sum gauge of each pair: the mean of the second differences of `f` with
/// respect to both sites, each relative to its mean over all states. Rows are states of the machine, or data (Cocco, Monasson, Posani, Rosay and Tubiana 2018,
/// for the definition by second differences).
///
/// # Cost
/// `rows sites^2 states^2 hidden / 2` softplus, over the threads.
///
/// # Errors
/// [`PairPottsError::Shape`] if the couplings do not fit into memory.
pub fn effective_couplings<R: Scalar>(
    model: &CategoricalRbm<R>,
    rows: &[u8],
    threads: &Threads,
) -> Result<PairPotts<f64>, PairPottsError> {
    let (sites, q) = (model.sites(), model.states());
    let mut pairs = PairPotts::<f64>::zeros(sites, q)?;
    let activations: Vec<(Vec<R>, &[u8])> = rows
        .chunks_exact(sites)
        .map(|x| (activations(model, x), x))
        .collect();
    let share = 1.0 / activations.len().max(1) as f64;
    let places: Vec<(usize, usize)> = pairs.pairs().collect();
    let blocks = pairs.coupling_mut().chunks_exact_mut(q * q);
    let mut parts: Vec<_> = places.into_iter().zip(blocks).collect();
    threads.each(&mut parts, |(place, block)| {
        for (a, x) in &activations {
            let pair = Pair {
                model,
                place: *place,
                share,
            };
            pair.add((a, x), block);
        }
    });
    zero_sum(&mut pairs);
    pairs.field_mut().fill(0.0);
    Ok(pairs)
}

fn row<R: Scalar>(model: &CategoricalRbm<R>, site: usize, state: usize) -> &[R] {
    let start = (site * model.states() + state) * model.hidden();
    model
        .weights()
        .get(start..start + model.hidden())
        .unwrap_or(&[])
}

/// `c + sum_i W[i, x_i]`.
fn activations<R: Scalar>(model: &CategoricalRbm<R>, x: &[u8]) -> Vec<R> {
    let mut a = model.hidden_bias().to_vec();
    for (site, &state) in x.iter().enumerate() {
        gwg_linalg::axpy(R::ONE, row(model, site, usize::from(state)), &mut a);
    }
    a
}

/// Two sites.
struct Pair<'p, R> {
    model: &'p CategoricalRbm<R>,
    place: (usize, usize),
    share: f64,
}

impl<R: Scalar> Pair<'_, R> {
    /// Adds the hidden units' part of `f` of a row with all states of both sites.
    fn add(&self, (a, x): (&[R], &[u8]), block: &mut [f64]) {
        let (i, j) = self.place;
        let own = |site: usize| row(self.model, site, usize::from(x[site]));
        let rest = a.iter().zip(own(i).iter().zip(own(j)));
        let rest: Vec<R> = rest.map(|(&a, (&u, &v))| a - u - v).collect();
        pulp::Arch::new().dispatch(Sums {
            pair: self,
            rest: &rest,
            block,
        });
    }
}

struct Sums<'s, R> {
    pair: &'s Pair<'s, R>,
    rest: &'s [R],
    block: &'s mut [f64],
}

impl<R: Scalar> pulp::WithSimd for Sums<'_, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let (model, (i, j)) = (self.pair.model, self.pair.place);
        let q = model.states();
        let (mut first, mut both) = (self.rest.to_vec(), self.rest.to_vec());
        for (a, sums) in self.block.chunks_exact_mut(q).enumerate() {
            for (to, (&rest, &w)) in first.iter_mut().zip(self.rest.iter().zip(row(model, i, a))) {
                *to = rest + w;
            }
            for (b, sum) in sums.iter_mut().enumerate() {
                for (to, (&first, &w)) in both.iter_mut().zip(first.iter().zip(row(model, j, b))) {
                    *to = first + w;
                }
                *sum += self.pair.share * math::softplus_sum(&both);
            }
        }
    }
}
