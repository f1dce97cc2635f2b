use super::{AnalysisError, TransitionMatrix};

/// Flows `pi_x P_xy` and `pi_y P_yx` count as different if they differ by more than this fraction of the larger.
const ROUNDING: f64 = 1e-9;

/// The matrix whose spectrum a symmetrized matrix has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symmetry {
    /// The kernel itself, which is reversible.
    Reversible,
    /// `(P + P*) / 2`, the additive reversibilization (Fill 1991), `P*` being the time reversal; P is not reversible.
    Additive,
}

/// `(S + S') / 2` with `S_xy = sqrt(pi_x / pi_y) P_xy`, by rows of non-zero entries.
///
/// Symmetric, with eigenvector `sqrt(pi)` of eigenvalue 1. For a reversible kernel S itself is symmetric and has
/// the kernel's eigenvalues. Memory: 16 bytes per nonzero entry.
#[derive(Clone, Debug)]
pub struct Symmetrized {
    symmetry: Symmetry,
    root: Vec<f64>,
    starts: Vec<usize>,
    entries: Vec<(usize, f64)>,
}

impl Symmetrized {
    /// Symmetrizes an enumerated kernel. `O(states^2)`.
    ///
    /// # Errors
    /// [`AnalysisError::TooFewStates`], [`AnalysisError::Size`] if the matrix and the stationary distribution differ in size,
    /// [`AnalysisError::Weightless`].
    pub fn new(matrix: &TransitionMatrix) -> Result<Self, AnalysisError> {
        let n = checked(matrix)?;
        let root: Vec<f64> = matrix.stationary.iter().map(|p| p.sqrt()).collect();
        let mut made = Self {
            symmetry: Symmetry::Reversible,
            root,
            starts: vec![0],
            entries: Vec::new(),
        };
        for x in 0..n {
            for y in 0..n {
                let there = matrix.p[x * n + y] * (made.root[x] / made.root[y]);
                let back = matrix.p[y * n + x] * (made.root[y] / made.root[x]);
                if (there - back).abs() > ROUNDING * there.abs().max(back.abs()) {
                    made.symmetry = Symmetry::Additive;
                }
                if there != 0.0 || back != 0.0 {
                    made.entries.push((y, 0.5 * (there + back)));
                }
            }
            made.starts.push(made.entries.len());
        }
        Ok(made)
    }

    /// The matrix whose spectrum this has.
    #[must_use]
    pub const fn symmetry(&self) -> Symmetry {
        self.symmetry
    }

    /// The number of states.
    #[must_use]
    pub const fn states(&self) -> usize {
        self.root.len()
    }

    /// `sqrt(pi)`, the eigenvector of eigenvalue 1.
    #[must_use]
    pub fn root(&self) -> &[f64] {
        &self.root
    }

    /// Writes this matrix times `v` to `out`; missing entries of `v` count as 0.
    pub fn apply(&self, v: &[f64], out: &mut [f64]) {
        for (out, bounds) in out.iter_mut().zip(self.starts.windows(2)) {
            let row = self.entries.get(bounds[0]..bounds[1]).unwrap_or(&[]);
            *out = row.iter().map(|&(y, s)| s * v.get(y).unwrap_or(&0.0)).sum();
        }
    }

    /// All entries, row-major, exactly symmetric.
    #[must_use]
    pub fn dense(&self) -> Vec<f64> {
        let n = self.states();
        let mut dense = vec![0.0; n * n];
        for (x, bounds) in self.starts.windows(2).enumerate() {
            for &(y, s) in &self.entries[bounds[0]..bounds[1]] {
                // Both halves are written from the upper triangle, so that they have the same bits.
                if x <= y {
                    dense[x * n + y] = s;
                    dense[y * n + x] = s;
                }
            }
        }
        dense
    }
}

/// Checks a matrix and its stationary distribution, and returns the number of states.
pub(super) fn checked(matrix: &TransitionMatrix) -> Result<usize, AnalysisError> {
    let n = matrix.states;
    if n < 2 {
        return Err(AnalysisError::TooFewStates { found: n });
    }
    let sizes = [
        ("p", matrix.p.len(), n.saturating_mul(n)),
        ("stationary", matrix.stationary.len(), n),
    ];
    for (name, found, needed) in sizes {
        if found != needed {
            return Err(AnalysisError::Size {
                name,
                found,
                needed,
            });
        }
    }
    let weighed = |(p, row): (&f64, &[f64])| {
        *p >= f64::MIN_POSITIVE && p.is_finite() && row.iter().all(|e| e.is_finite())
    };
    let rows = matrix.stationary.iter().zip(matrix.p.chunks_exact(n));
    match rows.map(weighed).position(|good| !good) {
        Some(state) => Err(AnalysisError::Weightless { state }),
        None => Ok(n),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(states: usize, p: &[f64], stationary: &[f64]) -> TransitionMatrix {
        TransitionMatrix {
            states,
            p: p.to_vec(),
            stationary: stationary.to_vec(),
            log_z: 0.0,
        }
    }

    #[test]
    fn reversibility_is_detected_and_sqrt_pi_is_the_first_eigenvector() {
        let p = [0.7, 0.3, 0.0, 0.15, 0.6, 0.25, 0.0, 0.5, 0.5];
        let pi = [0.25, 0.5, 0.25];
        let s = Symmetrized::new(&matrix(3, &p, &pi)).unwrap();
        assert_eq!(s.symmetry(), Symmetry::Reversible);
        let mut out = [0.0; 3];
        s.apply(s.root(), &mut out);
        for (a, b) in out.iter().zip(s.root()) {
            assert!((a - b).abs() < 1e-15);
        }
        let dense = s.dense();
        assert_eq!(dense[1], dense[3]);
        assert!((dense[1] - 0.3 * 0.5f64.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn rotations_are_not_reversible_and_invalid_matrices_are_rejected() {
        let third = [1.0 / 3.0; 3];
        let turn = [0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0];
        let s = Symmetrized::new(&matrix(3, &turn, &third)).unwrap();
        assert_eq!(s.symmetry(), Symmetry::Additive);
        assert_eq!(s.dense(), [0.0, 0.5, 0.5, 0.5, 0.0, 0.5, 0.5, 0.5, 0.0]);
        let refused = |m| Symmetrized::new(&m).unwrap_err();
        assert_eq!(
            refused(matrix(1, &[1.0], &[1.0])),
            AnalysisError::TooFewStates { found: 1 }
        );
        assert_eq!(
            refused(matrix(2, &[0.5; 4], &[1.0, 0.0])),
            AnalysisError::Weightless { state: 1 }
        );
        assert_eq!(
            refused(matrix(2, &[f64::NAN; 4], &[0.5; 2])),
            AnalysisError::Weightless { state: 0 }
        );
        assert!(matches!(
            refused(matrix(2, &[0.5; 3], &[0.5; 2])),
            AnalysisError::Size { name: "p", .. }
        ));
    }
}
