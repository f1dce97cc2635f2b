//! Kernels that require structure of the model, on models with that structure.

use super::measure::{TableBuilder, TableTarget};
use super::{Claim, Row};
use gwg_core::check::TransitionMatrix;
use gwg_core::{
    AnyBalance, Bits, BlockSweep, Delta, Exact, Gibbs, Jump, Leveled, Local, LocallyBalanced,
    Pairwise, Space, SplitMix64, Sqrt, Sweep, SwendsenWang, Wolff,
};
use gwg_models::{LatticeIsing, LatticeOrdinal, LatticePotts, Rbm};

use Claim::{Invariant, Reversible};

/// Adds rows for rings of six spins and of five sites with three states, and for a Boltzmann machine of six and three units.
pub(super) fn rows(seed: u64, rows: &mut Vec<Row>) {
    let ising = LatticeIsing::new(1, 6, 0.3, 0.2).expect("a ring of spins");
    let mut table = TableBuilder::new("Ising ring of 6", None, rows);
    n_fold(&mut table, &ising);
    compared(&mut table, &ising, Invariant);
    clusters(&mut table, &ising);
    let potts = LatticePotts::new(1, 5, 3, 0.25).expect("a ring of three states");
    let mut table = TableBuilder::new("Potts ring of 5", None, rows);
    compared(&mut table, &potts, Invariant);
    clusters(&mut table, &potts);
    let ordinal = LatticeOrdinal::new(1, 5, 3, 0.4, 0.2).expect("a ring of three levels");
    let mut table = TableBuilder::new("ordinal ring of 5", None, rows);
    compared(&mut table, &ordinal, Invariant);
    let mut bits = SplitMix64::new(SplitMix64::mix(seed));
    let mut draw = |len: usize| -> Vec<f64> {
        let uniform = |_| 3.0 * (2.0 * bits.unit::<f64>() - 1.0);
        (0..len).map(uniform).collect()
    };
    let rbm = Rbm::new(draw(18), draw(6), draw(3)).expect("six units and three");
    let mut table = TableBuilder::new("RBM of 6 and 3", None, rows);
    // Hidden units first, then visible ones: reversible as a kernel on the visible units.
    compared(&mut table, &rbm, Reversible);
}

fn n_fold<T: TableTarget + Leveled + Local>(table: &mut TableBuilder<'_>, target: &T) {
    let names = [
        "n-fold, sqrt",
        "n-fold, barker",
        "n-fold, min",
        "n-fold, max",
    ];
    let balances = [
        AnyBalance::Sqrt,
        AnyBalance::Barker,
        AnyBalance::Min,
        AnyBalance::Max,
    ];
    for (name, g) in names.into_iter().zip(balances) {
        table.kernel(name, Reversible, target, &LocallyBalanced::n_fold(g));
    }
    table.kernel(
        "jump process, n-fold",
        Reversible,
        target,
        &Jump::n_fold(Sqrt),
    );
}

/// Adds the block sweep that the model defines, and kernels that exist for every model.
fn compared<T: TableTarget + Sweep + Delta>(
    table: &mut TableBuilder<'_>,
    target: &T,
    claim: Claim,
) {
    let evaluated = LocallyBalanced::evaluated(Sqrt);
    table.kernel("exact, sqrt", Reversible, &Exact(target), &evaluated);
    let (sweep, sites) = (
        TransitionMatrix::sweep(target, 1.0),
        target.space().free() as u64,
    );
    let scan = Gibbs::default();
    table.round("Gibbs, a sweep", Invariant, target, &scan, &sweep, sites);
    table.kernel("structured sweep", claim, target, &BlockSweep);
}

/// Adds cluster moves.
fn clusters<T: TableTarget + Pairwise>(table: &mut TableBuilder<'_>, target: &T) {
    table.kernel("Swendsen-Wang", Reversible, target, &SwendsenWang);
    table.kernel("Wolff", Reversible, target, &Wolff);
}
