//! The same model with the couplings of both orders of each pair.

use super::pairs::{PairPotts, PairPottsError};
use gwg_core::Real;
use gwg_linalg::Scalar;
use gwg_models::{DensePotts, ModelError};

impl<R: Real> PairPotts<R> {
    /// The couplings of [`DensePotts`], shape (L, L, q, q), row-major: half of these in each order.
    ///
    /// # Errors
    /// [`PairPottsError::Shape`] where they do not fit into memory.
    pub fn dense_coupling(&self) -> Result<Vec<R>, PairPottsError> {
        let (sites, states) = (self.sites(), self.states());
        let wrong = PairPottsError::Shape { sites, states };
        let (n, q) = (sites, states);
        let len = (n * q).checked_mul(n * q).ok_or_else(|| wrong.clone())?;
        let mut dense = Vec::new();
        dense.try_reserve_exact(len).map_err(|_| wrong)?;
        dense.resize(len, R::ZERO);
        let half = R::from_f64(0.5);
        for (i, j) in self.pairs() {
            let block = self.block(i, j);
            for a in 0..q {
                for b in 0..q {
                    let value = half * block[a * q + b];
                    dense[((i * n + j) * q + a) * q + b] = value;
                    dense[((j * n + i) * q + b) * q + a] = value;
                }
            }
        }
        Ok(dense)
    }
}

impl<R: Scalar> PairPotts<R> {
    /// The model of [`DensePotts`] with the same `f`: its couplings are half of these in each order.
    ///
    /// # Errors
    /// Those of [`DensePotts::new`].
    pub fn to_dense(&self) -> Result<DensePotts<R>, ModelError> {
        let dense = self.dense_coupling().unwrap_or_default();
        DensePotts::new(self.sites(), self.states(), &dense, self.field().to_vec())
    }
}
