use super::SparseIsing;
use crate::multispin::{SpinGraph, SpinGraphError, Spins};
use gwg_core::Real;

/// Of graphs whose couplings have one magnitude, such as spin glasses of couplings 1 and -1.
impl<R: Real> Spins for SparseIsing<R> {
    fn spin_graph(&self) -> Result<SpinGraph, SpinGraphError> {
        let fields = self.field.iter().map(|h| h.to_f64()).collect();
        SpinGraph::new(fields, |site| {
            self.neighbors(site)
                .map(|(other, weight)| (other, 2.0 * weight.to_f64()))
        })
    }
}
