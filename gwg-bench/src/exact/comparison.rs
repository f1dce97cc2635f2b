use super::{AnalysisError, Symmetrized, Symmetry, TransitionMatrix};
use gwg_linalg::symmetric_eigen;

/// The eigenvalue assigned to `sqrt(pi)`, above all others, which are at most 2.
const ASIDE: f64 = 4.0;
/// A gap below this is that of a reducible kernel, up to rounding.
const REDUCIBLE: f64 = 1e-13;

/// A reversible kernel compared with another that has the same stationary distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// `min_h E~(h) / E(h)`, the ratio of the Dirichlet forms `E(h) = <h, (I - P) h>`, over all h that are not constant.
    ///
    /// It equals `min_h (var(h, P) + Var(h)) / (var(h, P~) + Var(h))`: the largest c such that
    /// `var(h, P~) + Var(h) <= (var(h, P) + Var(h)) / c` for every h.
    pub least: f64,
    /// `max_h E~(h) / E(h)`: the reciprocal of `least` with the kernels exchanged.
    pub largest: f64,
    /// The h with the smallest ratio of Dirichlet forms.
    pub dirichlet: Vec<f64>,
    /// The h with the smallest ratio of variances.
    pub variance: Vec<f64>,
}

/// Compares `other` (P~) with `base` (P), by solving the generalized eigenproblem `(I - P~) w = nu (I - P) w` on the
/// complement of the constants.
///
/// # Cost
/// `O(n^3)`: three decompositions and products of (n, n) matrices.
///
/// # Errors
/// Those of [`Symmetrized::new`]; [`AnalysisError::NotReversible`]; [`AnalysisError::Size`] if the kernels differ in
/// their number of states; [`AnalysisError::Reducible`] if `base` is.
pub fn compare(
    base: &TransitionMatrix,
    other: &TransitionMatrix,
) -> Result<Comparison, AnalysisError> {
    let (base, other) = (Symmetrized::new(base)?, Symmetrized::new(other)?);
    let n = base.states();
    if other.states() != n {
        return Err(AnalysisError::Size {
            name: "other",
            found: other.states(),
            needed: n,
        });
    }
    if [&base, &other].map(|s| s.symmetry()) != [Symmetry::Reversible; 2] {
        return Err(AnalysisError::NotReversible);
    }
    let frame = frame(&base)?;
    let reduced = reduce(&other, &frame);
    let found = symmetric_eigen(&reduced, n - 1)?;
    let mut extremal = vec![0.0; n];
    for (y, v) in found.vector(0).iter().zip(&frame) {
        for (e, v) in extremal.iter_mut().zip(v) {
            *e += y * v;
        }
    }
    let mut pushed = vec![0.0; n];
    base.apply(&extremal, &mut pushed);
    for (p, e) in pushed.iter_mut().zip(&extremal) {
        *p = e - *p;
    }
    Ok(Comparison {
        least: found.values[0],
        largest: found.values[n - 2],
        dirichlet: function(&extremal, base.root()),
        variance: function(&pushed, base.root()),
    })
}

/// Returns n - 1 vectors v_k orthogonal to sqrt(pi) with `v_k' (I - S) v_l` equal to 1 if k = l, else 0.
fn frame(base: &Symmetrized) -> Result<Vec<Vec<f64>>, AnalysisError> {
    let n = base.states();
    let form = form(base);
    let found = symmetric_eigen(&form, n)?;
    let mut vectors = Vec::with_capacity(n - 1);
    for k in 0..n - 1 {
        if found.values[k] < REDUCIBLE {
            return Err(AnalysisError::Reducible);
        }
        let scale = found.values[k].sqrt().recip();
        vectors.push(found.vector(k).iter().map(|v| v * scale).collect());
    }
    Ok(vectors)
}

/// `I - S + 4 u u'` with u the eigenvector sqrt(pi) of S, whose eigenvalue 0 is thus moved away from the others.
fn form(s: &Symmetrized) -> Vec<f64> {
    let n = s.states();
    let mut form: Vec<f64> = s.dense().iter().map(|s| -s).collect();
    for (x, row) in form.chunks_exact_mut(n).enumerate() {
        row[x] += 1.0;
        for (entry, root) in row.iter_mut().zip(s.root()) {
            *entry += ASIDE * (s.root()[x] * root);
        }
    }
    form
}

/// The matrix of `I - S~` in the frame, exactly symmetric.
fn reduce(other: &Symmetrized, frame: &[Vec<f64>]) -> Vec<f64> {
    let m = frame.len();
    let mut reduced = vec![0.0; m * m];
    let mut image = vec![0.0; other.states()];
    for (k, v) in frame.iter().enumerate() {
        other.apply(v, &mut image);
        for (i, v) in image.iter_mut().zip(v) {
            *i = v - *i;
        }
        for (l, w) in frame.iter().enumerate().take(k + 1) {
            let entry = image.iter().zip(w).map(|(i, w)| i * w).sum();
            reduced[k * m + l] = entry;
            reduced[l * m + k] = entry;
        }
    }
    reduced
}

/// Converts a vector weighted by sqrt(pi) to a function of the state with maximum absolute value 1.
fn function(vector: &[f64], root: &[f64]) -> Vec<f64> {
    let h: Vec<f64> = vector.iter().zip(root).map(|(v, r)| v / r).collect();
    let largest = h.iter().fold(0.0, |most: f64, h| most.max(h.abs()));
    h.iter().map(|h| h / largest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::{asymptotic_variances, gaps, variance};

    /// Metropolis on five states with uniform proposals to `reach` neighbors on each side.
    fn metropolis(reach: usize) -> TransitionMatrix {
        let pi = [0.3, 0.1, 0.25, 0.05, 0.3];
        let n = pi.len();
        let mut p = vec![0.0; n * n];
        for x in 0..n {
            let mut stay = 1.0;
            for y in (0..n).filter(|&y| y != x && y.abs_diff(x) <= reach) {
                let rate = 0.5 / reach as f64 * f64::min(1.0, pi[y] / pi[x]);
                p[x * n + y] = rate;
                stay -= rate;
            }
            p[x * n + x] = stay;
        }
        TransitionMatrix {
            states: n,
            p,
            stationary: pi.to_vec(),
            log_z: 0.0,
        }
    }

    fn dirichlet(matrix: &TransitionMatrix, h: &[f64]) -> f64 {
        let n = matrix.states;
        let flow = |x: usize, y: usize| matrix.stationary[x] * matrix.p[x * n + y];
        let pairs = (0..n * n).map(|k| (k / n, k % n));
        pairs
            .map(|(x, y)| 0.5 * flow(x, y) * (h[x] - h[y]) * (h[x] - h[y]))
            .sum()
    }

    #[test]
    fn the_extremal_functions_attain_the_extremal_ratio() {
        let (near, far) = (metropolis(1), metropolis(2));
        for (base, other) in [(&near, &far), (&far, &near)] {
            let found = compare(base, other).unwrap();
            let h = &found.dirichlet;
            let ratio = dirichlet(other, h) / dirichlet(base, h);
            assert!((ratio - found.least).abs() < 1e-12, "{ratio} {found:?}");
            let h = [found.variance.clone()];
            let of =
                |m| asymptotic_variances(m, &h).unwrap()[0] + variance(&base.stationary, &h[0]);
            let ratio = of(base) / of(other);
            assert!((ratio - found.least).abs() < 1e-12, "{ratio} {found:?}");
            assert!(gaps(other).unwrap().gap() >= found.least * gaps(base).unwrap().gap());
        }
        let (there, back) = (compare(&near, &far).unwrap(), compare(&far, &near).unwrap());
        assert!((there.least * back.largest - 1.0).abs() < 1e-12);
        assert!((there.largest * back.least - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_kernel_and_its_lazy_version_differ_by_two_everywhere() {
        let base = metropolis(1);
        let mut lazy = base.clone();
        for (k, p) in lazy.p.iter_mut().enumerate() {
            *p = 0.5 * (*p + f64::from(u8::from(k % 6 == 0)));
        }
        let found = compare(&base, &lazy).unwrap();
        assert!((found.least - 0.5).abs() < 1e-13 && (found.largest - 0.5).abs() < 1e-13);
    }

    #[test]
    fn reducible_and_irreversible_kernels_are_rejected() {
        let base = metropolis(1);
        let mut still = base.clone();
        for (k, p) in still.p.iter_mut().enumerate() {
            *p = f64::from(u8::from(k % 6 == 0));
        }
        assert_eq!(compare(&still, &base), Err(AnalysisError::Reducible));
        assert!(compare(&base, &still).unwrap().least.abs() < 1e-13);
        let mut turning = base.clone();
        turning.p[1] += 0.01;
        turning.p[0] -= 0.01;
        assert_eq!(compare(&base, &turning), Err(AnalysisError::NotReversible));
    }
}
