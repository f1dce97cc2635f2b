//! Kernels that need a model which knows more of itself, on such models.

use super::measure::Book;
use super::{Claim, Row};
use gwg_core::check::TransitionMatrix;
use gwg_core::{
    AnyBalance, Bits, BlockSweep, Exact, Gibbs, Jump, Leveled, Local, LocallyBalanced, Space,
    SplitMix64, Sqrt, Sweep,
};
use gwg_models::{LatticeIsing, LatticeOrdinal, LatticePotts, Rbm};

use Claim::{Invariant, Reversible};

/// A ring of six spins, rings of five sites with three states, a Boltzmann machine of six and three units.
pub(super) fn rows(seed: u64, rows: &mut Vec<Row>) {
    let ising = LatticeIsing::new(1, 6, 0.3, 0.2).expect("a ring of spins");
    let mut book = Book::new("Ising ring of 6", None, rows);
    n_fold(&mut book, &ising);
    compared(&mut book, &ising, Invariant);
    let potts = LatticePotts::new(1, 5, 3, 0.25).expect("a ring of three states");
    let mut book = Book::new("Potts ring of 5", None, rows);
    compared(&mut book, &potts, Invariant);
    let ordinal = LatticeOrdinal::new(1, 5, 3, 0.4, 0.2).expect("a ring of three levels");
    let mut book = Book::new("ordinal ring of 5", None, rows);
    compared(&mut book, &ordinal, Invariant);
    let mut bits = SplitMix64::new(SplitMix64::mix(seed));
    let mut draw = |len: usize| -> Vec<f64> {
        let uniform = |_| 3.0 * (2.0 * bits.unit::<f64>() - 1.0);
        (0..len).map(uniform).collect()
    };
    let rbm = Rbm::new(draw(18), draw(6), draw(3)).expect("six units and three");
    let mut book = Book::new("RBM of 6 and 3", None, rows);
    // Hidden units, then visible ones: reversible on the visible.
    compared(&mut book, &rbm, Reversible);
}

fn n_fold<T: Leveled<Real = f64> + Local>(book: &mut Book<'_>, target: &T) {
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
        book.kernel(name, Reversible, target, &LocallyBalanced::n_fold(g));
    }
    book.kernel(
        "jump process, n-fold",
        Reversible,
        target,
        &Jump::n_fold(Sqrt),
    );
}

/// The sweep that the model knows, and those that every model has.
fn compared<T: Sweep<Real = f64> + gwg_core::Delta>(book: &mut Book<'_>, target: &T, claim: Claim) {
    let evaluated = LocallyBalanced::evaluated(Sqrt);
    book.kernel("exact, sqrt", Reversible, &Exact(target), &evaluated);
    let (sweep, sites) = (
        TransitionMatrix::sweep(target, 1.0),
        target.space().free() as u64,
    );
    let scan = Gibbs::default();
    book.round("Gibbs, a sweep", Invariant, target, &scan, &sweep, sites);
    book.kernel("structured sweep", claim, target, &BlockSweep);
}
