use super::block_gibbs::{check_block, points};
use super::keys::{SCAN, SMALL, on_delta};
use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use gwg_core::kernel::HammingBall as Kernel;
use gwg_core::{Symbol, Scan, Space};
use gwg_models::Scalar;
use crate::grammar::{Allowed, Setting};

sampler! {
    /// A block, near its current state.
    HammingBall "hamming-ball" {
        block: usize = ("10", SMALL, "sites of a block"),
        radius: usize = ("1", SMALL, "sites that may change at once, at most block"),
        scan: Scan = ("random", SCAN.1, "order of the blocks"),
    }
        meaning "Hamming ball: a block drawn anew within a radius of its current state (Titsias and Yau 2017)"
        cost "(block q)^radius exact differences per step"
        when "the paper's baseline"
}

impl Bind for HammingBall {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let (radius, states) = (self.radius, model.space().states());
        let of = |block: usize| points(block, radius, states);
        let weighed = || format!("all joint states within radius {radius} of a block's");
        check_block("hamming-ball", model, self.block, of, weighed)?;
        let kernel = Kernel::new(self.block, radius)?.with_scan(self.scan);
        on_delta("hamming-ball", model, kernel, label)
    }

    fn reach(&self) -> Option<f64> {
        Some(self.radius as f64)
    }

    fn agrees(&self) -> Result<(), (&'static str, String, Allowed)> {
        if self.radius > self.block {
            let (min, max) = (1, self.block);
            return Err(("radius", self.radius.write(), Allowed::Count { min, max }));
        }
        Ok(())
    }

    /// A step goes through a state within the radius of both ends: three halves of the radius were measured.
    fn sites_updated(&self, _sites: usize, _states: usize) -> f64 {
        1.5 * self.radius as f64
    }
}
