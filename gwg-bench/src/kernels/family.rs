//! All kernels on one target.

use super::measure::{TableBuilder, TableTarget};
use super::{Claim, pair};
use gwg_core::check::TransitionMatrix;
use gwg_core::kernel::WalkerOf;
use gwg_core::kernel::informed::{
    CyclicalLangevin, DiscreteLangevin, Dlmc, HammingWindow2, MultiFlip, PathAuxiliary, Phase,
    UnadjustedLangevin,
};
use gwg_core::{
    AnyBalance, Barker, BlockGibbs, Cycle, Delta, Differences, Error, Exact, Gibbs, Gradient,
    HammingBall, Informed, Jump, Local, LocallyBalanced, Mixture, RandomWalk, Scan, Space, Sqrt,
    Taylor,
};

use Claim::{Biased, Invariant, Reversible};

const BALANCES: [AnyBalance; 4] = [
    AnyBalance::Sqrt,
    AnyBalance::Barker,
    AnyBalance::Min,
    AnyBalance::Max,
];

/// Step sizes in decreasing order.
const SCHEDULE: [Phase; 3] = [
    Phase {
        step: 2.0,
        balance: 0.9,
    },
    Phase {
        step: 0.5,
        balance: 0.5,
    },
    Phase {
        step: 0.2,
        balance: 0.6,
    },
];

/// Adds every kernel, with the same parameters on every space.
pub(super) fn on<T: TableTarget + Gradient + Local>(table: &mut TableBuilder<'_>, target: &T) {
    one_move(table, target);
    several(table, &Taylor(target)).expect("parameters in their ranges");
    conditionals(table, target).expect("parameters in their ranges");
    joined(table, target).expect("parameters in their ranges");
}

/// Adds kernels of one move per step: with first-order differences, with exact ones, and with the sum tree.
fn one_move<T: TableTarget + Gradient + Local>(table: &mut TableBuilder<'_>, target: &T) {
    let first = ["GWG", "GWG, barker", "GWG, min", "GWG, max"];
    let exact = ["exact, sqrt", "exact, barker", "exact, min", "exact, max"];
    let tree = ["tree, sqrt", "tree, barker", "tree, min", "tree, max"];
    for (name, g) in first.into_iter().zip(BALANCES) {
        let kernel = LocallyBalanced::evaluated(g);
        table.kernel(name, Reversible, &Taylor(target), &kernel);
    }
    for (name, g) in exact.into_iter().zip(BALANCES) {
        let kernel = LocallyBalanced::evaluated(g);
        table.kernel(name, Reversible, &Exact(target), &kernel);
    }
    for (name, g) in tree.into_iter().zip(BALANCES) {
        let kernel = LocallyBalanced::local(g);
        table.kernel(name, Reversible, &Exact(target), &kernel);
    }
    table.dash("n-fold", "random couplings: more than 32 levels");
}

/// Adds kernels that change several sites per step.
fn several<T: TableTarget + Differences>(
    table: &mut TableBuilder<'_>,
    target: &T,
) -> Result<(), Error> {
    let gwg = |n| MultiFlip::gwg(n).map(Informed::new);
    table.kernel("GWG-2", Reversible, target, &gwg(2.0)?);
    table.kernel("GWG-3", Reversible, target, &gwg(3.0)?);
    let pas = Informed::new(PathAuxiliary::pas(2.0)?);
    let matrix = TransitionMatrix::new(target, &pas, 1.0);
    table.round("PAS (PAFS), R 2", Reversible, target, &pas, &matrix, 1);
    // The same distribution, drawn by a different algorithm, so it must match the same matrix.
    let gumbel = Informed::new(PathAuxiliary::pas(2.0)?.with_gumbel());
    let name = "PAS by Gumbel, R 2";
    table.round(name, Reversible, target, &gumbel, &matrix, 1);
    let langevin = DiscreteLangevin::dmala(0.5)?;
    let dmala = Informed::new(langevin);
    table.kernel("DMALA, alpha 0.5", Reversible, target, &dmala);
    let warmer = Informed::new(langevin.with_temperature(1.25)?);
    let name = "DMALA, alpha 0.5, temperature 1.25";
    table.kernel(name, Reversible, target, &warmer);
    let dlmc = Informed::new(Dlmc::interpolated(Sqrt, 2.0)?);
    table.kernel("DLMC, n 2", Reversible, target, &dlmc);
    let dlmcf = Informed::new(Dlmc::forward(Sqrt, 2.0)?);
    table.kernel("DLMCf, n 2", Reversible, target, &dlmcf);
    let window = Informed::new(HammingWindow2::gwg());
    table.kernel("window 2", Reversible, target, &window);
    let acs = Informed::new(CyclicalLangevin::new(&SCHEDULE)?);
    let phase = |k| {
        TransitionMatrix::with(target, &acs, 1.0, |w| {
            acs.set_phase(target, w, k);
        })
    };
    let cycle = phase(0).then(&phase(1)).then(&phase(2));
    table.round("ACS, cycle of 3", Invariant, target, &acs, &cycle, 3);
    let dula = UnadjustedLangevin::biased(langevin);
    table.kernel("DULA, alpha 0.5 (biased)", Biased, target, &dula);
    Ok(())
}

/// The matrix of a systematic sweep over blocks, and the number of its steps.
fn block_sweep<T: TableTarget + Delta>(target: &T, kernel: &BlockGibbs) -> (TransitionMatrix, u64) {
    let at = |next| {
        TransitionMatrix::with(
            target,
            kernel,
            1.0,
            move |w: &mut WalkerOf<'_, T, BlockGibbs>| w.state.set_next(next),
        )
    };
    let block = kernel.block(target.space()).max(1);
    let starts = (0..target.space().free()).step_by(block);
    let steps = starts.len() as u64;
    let sweep = starts
        .skip(1)
        .fold(at(0), |sweep, next| sweep.then(&at(next)));
    (sweep, steps)
}

/// Adds kernels of exact conditional distributions, and the uninformed random walk.
fn conditionals<T: TableTarget + Delta>(
    table: &mut TableBuilder<'_>,
    target: &T,
) -> Result<(), Error> {
    let gibbs = Gibbs { scan: Scan::Random };
    table.kernel("Gibbs, a random site", Reversible, target, &gibbs);
    let (sweep, sites) = (
        TransitionMatrix::sweep(target, 1.0),
        target.space().free() as u64,
    );
    let scan = Gibbs::default();
    table.round("Gibbs, a sweep", Invariant, target, &scan, &sweep, sites);
    let block = BlockGibbs::new(2)?;
    let random = block.with_scan(Scan::Random);
    table.kernel("block Gibbs, a random pair", Reversible, target, &random);
    let (sweep, steps) = block_sweep(target, &block);
    let name = "block Gibbs, a sweep of pairs";
    table.round(name, Invariant, target, &block, &sweep, steps);
    let name = "Hamming ball, block 3, radius 1";
    table.kernel(name, Reversible, target, &HammingBall::new(3, 1)?);
    let walk = RandomWalk::new(1.5)?;
    table.kernel("random walk, 1.5 flips", Reversible, target, &walk);
    table.dash(
        "structured sweep",
        "the model defines no blocks of conditionally independent sites",
    );
    Ok(())
}

/// Adds jump processes and composite kernels.
fn joined<T: TableTarget + Gradient + Local>(
    table: &mut TableBuilder<'_>,
    target: &T,
) -> Result<(), Error> {
    let taylor = Taylor(target);
    let name = "jump process, first order";
    table.kernel(name, Reversible, &taylor, &Jump::evaluated(Sqrt));
    let name = "jump process, tree";
    table.kernel(name, Reversible, &Exact(target), &Jump::local(Sqrt));
    let name = "jump process, tree, barker";
    table.kernel(name, Reversible, &Exact(target), &Jump::local(Barker));
    let exact = Exact(target);
    let gibbs = Gibbs { scan: Scan::Random };
    let informed = LocallyBalanced::evaluated(Sqrt);
    let cycle = Cycle::new(informed, gibbs, (1, 1))?;
    table.kernel("cycle: exact, then Gibbs", Invariant, &exact, &cycle);
    let mixture = Mixture::new(RandomWalk::new(1.5)?, gibbs, 0.5)?;
    let name = "mixture: random walk or Gibbs";
    table.kernel(name, Reversible, target, &mixture);
    pair::row(table, &taylor);
    Ok(())
}
