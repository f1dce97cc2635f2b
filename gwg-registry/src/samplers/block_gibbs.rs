use super::keys::{SCAN, on_delta};
use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use gwg_core::kernel::BlockGibbs as Kernel;
use gwg_core::{Symbol, Scan, Space};
use gwg_models::Scalar;
use crate::grammar::Allowed;

/// The most joint states of a block that the kernels weigh.
pub(super) const MOST: u64 = 65_536;

sampler! {
    /// Some sites from their joint conditional.
    BlockGibbs "block-gibbs" {
        block: usize = ("2", Allowed::Count { min: 1, max: 16 }, "sites of a block"),
        scan: Scan = SCAN,
    }
        meaning "block Gibbs: some sites from their exact joint conditional; never rejected"
        cost "q^block exact differences per step"
        when "few strong couplings between neighboring sites"
}

impl Bind for BlockGibbs {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let (block, states) = (self.block, model.space().states());
        let of = |block: usize| points(block, block, states);
        let weighed = || format!("{states}^block joint states");
        check_block("block-gibbs", model, block, of, weighed)?;
        let kernel = Kernel::new(block)?.with_scan(self.scan);
        on_delta("block-gibbs", model, kernel, label)
    }

    fn reach(&self) -> Option<f64> {
        Some(self.block as f64)
    }
}

/// Refuses a block of more joint states than the kernels weigh, and says which is the largest.
pub(super) fn check_block<R: Scalar, S: Symbol>(
    sampler: &'static str,
    model: &Model<R, S>,
    found: usize,
    points: impl Fn(usize) -> Option<u64>,
    weighed: impl Fn() -> String,
) -> Result<(), BindError> {
    let free = model.space().free();
    let fits = |block: usize| points(block.min(free)).is_some();
    if fits(found) {
        return Ok(());
    }
    Err(BindError::Block {
        sampler,
        found,
        states: model.space().states(),
        largest: (1..found).take_while(|&block| fits(block)).last().unwrap_or(1),
        weighed: weighed(),
        most: MOST,
    })
}

/// Joint states of a block within a radius of one of them, where so many are weighed.
pub(super) fn points(block: usize, radius: usize, states: usize) -> Option<u64> {
    let (block, others) = (block as u64, states as u64 - 1);
    let (mut all, mut sphere) = (1u64, 1u64);
    for r in 0..block.min(radius as u64) {
        sphere = sphere.checked_mul(block - r)?.checked_mul(others)? / (r + 1);
        all = all.checked_add(sphere)?;
    }
    (all <= MOST).then_some(all)
}
