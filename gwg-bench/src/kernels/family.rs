//! The family on one target.

use super::measure::Book;
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

/// From large steps to small ones.
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

/// Every kernel, with parameters that are the same on every space.
pub(super) fn on<T: Gradient<Real = f64> + Local>(book: &mut Book<'_>, target: &T) {
    one_move(book, target);
    several(book, &Taylor(target)).expect("parameters in their ranges");
    conditionals(book, target).expect("parameters in their ranges");
    joined(book, target).expect("parameters in their ranges");
}

/// One move a step, on differences of first order, on exact ones, and on a tree of these.
fn one_move<T: Gradient<Real = f64> + Local>(book: &mut Book<'_>, target: &T) {
    let first = ["GWG", "GWG, barker", "GWG, min", "GWG, max"];
    let exact = ["exact, sqrt", "exact, barker", "exact, min", "exact, max"];
    let tree = ["tree, sqrt", "tree, barker", "tree, min", "tree, max"];
    for (name, g) in first.into_iter().zip(BALANCES) {
        let kernel = LocallyBalanced::evaluated(g);
        book.kernel(name, Reversible, &Taylor(target), &kernel);
    }
    for (name, g) in exact.into_iter().zip(BALANCES) {
        let kernel = LocallyBalanced::evaluated(g);
        book.kernel(name, Reversible, &Exact(target), &kernel);
    }
    for (name, g) in tree.into_iter().zip(BALANCES) {
        let kernel = LocallyBalanced::local(g);
        book.kernel(name, Reversible, &Exact(target), &kernel);
    }
    book.dash("n-fold", "random couplings: more than 32 levels");
}

/// Several sites a step.
fn several<T: Differences<Real = f64>>(book: &mut Book<'_>, target: &T) -> Result<(), Error> {
    let gwg = |n| MultiFlip::gwg(n).map(Informed::new);
    book.kernel("GWG-2", Reversible, target, &gwg(2.0)?);
    book.kernel("GWG-3", Reversible, target, &gwg(3.0)?);
    let pas = Informed::new(PathAuxiliary::pas(2.0)?);
    let matrix = TransitionMatrix::new(target, &pas, 1.0);
    book.round("PAS (PAFS), R 2", Reversible, target, &pas, &matrix, 1);
    // The same law, drawn otherwise: held against the same matrix.
    let gumbel = Informed::new(PathAuxiliary::pas(2.0)?.with_gumbel());
    let name = "PAS by Gumbel, R 2";
    book.round(name, Reversible, target, &gumbel, &matrix, 1);
    let langevin = DiscreteLangevin::dmala(0.5)?;
    let dmala = Informed::new(langevin);
    book.kernel("DMALA, alpha 0.5", Reversible, target, &dmala);
    let dlmc = Informed::new(Dlmc::interpolated(Sqrt, 2.0)?);
    book.kernel("DLMC, n 2", Reversible, target, &dlmc);
    let dlmcf = Informed::new(Dlmc::forward(Sqrt, 2.0)?);
    book.kernel("DLMCf, n 2", Reversible, target, &dlmcf);
    let window = Informed::new(HammingWindow2::gwg());
    book.kernel("window 2", Reversible, target, &window);
    let acs = Informed::new(CyclicalLangevin::new(&SCHEDULE)?);
    let phase = |k| {
        TransitionMatrix::with(target, &acs, 1.0, |w| {
            acs.set_phase(target, w, k);
        })
    };
    let cycle = phase(0).then(&phase(1)).then(&phase(2));
    book.round("ACS, cycle of 3", Invariant, target, &acs, &cycle, 3);
    let dula = UnadjustedLangevin::biased(langevin);
    book.kernel("DULA, alpha 0.5 (biased)", Biased, target, &dula);
    Ok(())
}

/// A systematic sweep of blocks.
fn block_sweep<T: Delta<Real = f64>>(target: &T, kernel: &BlockGibbs) -> (TransitionMatrix, u64) {
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

/// From exact conditional distributions, and a walk that asks for nothing.
fn conditionals<T: Delta<Real = f64>>(book: &mut Book<'_>, target: &T) -> Result<(), Error> {
    let gibbs = Gibbs { scan: Scan::Random };
    book.kernel("Gibbs, a random site", Reversible, target, &gibbs);
    let (sweep, sites) = (
        TransitionMatrix::sweep(target, 1.0),
        target.space().free() as u64,
    );
    let scan = Gibbs::default();
    book.round("Gibbs, a sweep", Invariant, target, &scan, &sweep, sites);
    let block = BlockGibbs::new(2)?;
    let random = block.with_scan(Scan::Random);
    book.kernel("block Gibbs, a random pair", Reversible, target, &random);
    let (sweep, steps) = block_sweep(target, &block);
    let name = "block Gibbs, a sweep of pairs";
    book.round(name, Invariant, target, &block, &sweep, steps);
    let name = "Hamming ball, block 3, radius 1";
    book.kernel(name, Reversible, target, &HammingBall::new(3, 1)?);
    let walk = RandomWalk::new(1.5)?;
    book.kernel("random walk, 1.5 flips", Reversible, target, &walk);
    book.dash("structured sweep", "no classes of independent sites");
    Ok(())
}

/// Jump processes, and kernels put together.
fn joined<T: Gradient<Real = f64> + Local>(book: &mut Book<'_>, target: &T) -> Result<(), Error> {
    let taylor = Taylor(target);
    let name = "jump process, first order";
    book.kernel(name, Reversible, &taylor, &Jump::evaluated(Sqrt));
    let name = "jump process, tree";
    book.kernel(name, Reversible, &Exact(target), &Jump::local(Sqrt));
    let name = "jump process, tree, barker";
    book.kernel(name, Reversible, &Exact(target), &Jump::local(Barker));
    let exact = Exact(target);
    let gibbs = Gibbs { scan: Scan::Random };
    let informed = LocallyBalanced::evaluated(Sqrt);
    let cycle = Cycle::new(informed, gibbs, (1, 1))?;
    book.kernel("cycle: exact, then Gibbs", Invariant, &exact, &cycle);
    let mixture = Mixture::new(RandomWalk::new(1.5)?, gibbs, 0.5)?;
    let name = "mixture: random walk or Gibbs";
    book.kernel(name, Reversible, target, &mixture);
    pair::row(book, &taylor);
    Ok(())
}
