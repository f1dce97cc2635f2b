//! Scores of single mutations.

use gwg_core::Real;

use super::PairPotts;

/// `f(x with x_i = a) - f(x)` for every site `i` and state `a`, shape (L, q), row-major; 0 where `a` is `x_i`.
///
/// A negative number is an unlikely mutation: the `delta_energy` of adabmDCA is the opposite number.
///
/// # Cost
/// `L^2 q` operations; summed in f64.
///
/// # Panics
/// If `x` has fewer than `L` symbols, or one that is not below `q`.
#[must_use]
pub fn mutations<R: Real>(model: &PairPotts<R>, x: &[u8]) -> Vec<f64> {
    let q = model.states();
    let x = &x[..model.sites()];
    let mut scores: Vec<f64> = model.field().iter().map(|h| h.to_f64()).collect();
    for (i, j) in model.pairs() {
        let (block, a, b) = (model.block(i, j), usize::from(x[i]), usize::from(x[j]));
        for (k, score) in scores[i * q..(i + 1) * q].iter_mut().enumerate() {
            *score += block[k * q + b].to_f64();
        }
        let row = &block[a * q..(a + 1) * q];
        for (score, value) in scores[j * q..(j + 1) * q].iter_mut().zip(row) {
            *score += value.to_f64();
        }
    }
    for (site, &a) in scores.chunks_exact_mut(q).zip(x) {
        let own = site[usize::from(a)];
        site.iter_mut().for_each(|score| *score -= own);
    }
    scores
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_differences_of_f() {
        let (sites, q) = (4, 3);
        let mut model = PairPotts::<f64>::zeros(sites, q).unwrap();
        for (k, value) in model.coupling_mut().iter_mut().enumerate() {
            *value = (1.0 + k as f64).sin();
        }
        for (k, value) in model.field_mut().iter_mut().enumerate() {
            *value = (2.0 + k as f64).cos();
        }
        let x = [2, 0, 1, 1];
        let scores = mutations(&model, &x);
        for site in 0..sites {
            for a in 0..q {
                let mut y = x;
                y[site] = a as u8;
                let wanted = model.log_prob(&y) - model.log_prob(&x);
                assert!((scores[site * q + a] - wanted).abs() < 1e-13);
            }
            assert_eq!(scores[site * q + usize::from(x[site])], 0.0);
        }
    }
}
