use super::LatticeIsing;
use crate::multispin::{SpinGraph, SpinGraphError, Spins};
use gwg_core::Real;

/// Of every lattice.
impl<R: Real> Spins for LatticeIsing<R> {
    fn spin_graph(&self) -> Result<SpinGraph, SpinGraphError> {
        let (coupling, bias) = (2.0 * self.theta.to_f64(), self.bias.to_f64());
        SpinGraph::new(vec![bias; self.torus.sites()], |site| {
            self.neighbors(site)
                .into_iter()
                .map(move |other| (other, coupling))
        })
    }

    fn spin_blocks(&self) -> Option<SpinGraph> {
        let (dims, side) = (self.torus.dims(), self.torus.side());
        SpinGraph::torus(dims, side, 2.0 * self.theta.to_f64(), self.bias.to_f64())
    }
}
