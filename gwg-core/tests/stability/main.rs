//! The first states of every kernel that is not a proposal of [`Informed`] (those have a separate table), from a
//! fixed seed. A change here changes values for every user and must be listed in the change log.
//!
//! For binary and categorical spaces the table is in `table.rs`;
//! `cargo test -p gwg-core --test stability -- --nocapture` prints the current one. For other spaces, and there for
//! *all* kernels including proposals of [`Informed`], it is in `tables/`, where
//! `UPDATE_TABLES=1 cargo test -p gwg-core --test stability` rewrites each file: see [`spaces`].
//!
//! If a row of `f32` differs from that of `f64`, the reason is that uniform numbers have 24 and 53 bits.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod ising;
mod kernels;
mod spaces;
mod table;
mod tables;
#[path = "../exact/targets.rs"]
#[allow(dead_code, reason = "shared with the tests of kernels")]
mod targets;

use gwg_core::kernel::WalkerOf;
use gwg_core::temper::{Exchange, Ladder, Pair};
use gwg_core::*;
use ising::Ising;
use targets::Ring;

const STATES: usize = 8;

/// Memory for one walker, filled with values that a kernel must not read.
struct OwnedMemory<R, Y = u8> {
    x: Vec<Y>,
    reals: Vec<R>,
    words: Vec<u64>,
    indices: Vec<u32>,
    moves: Vec<Move>,
}

impl<R: Real, Y: Symbol> OwnedMemory<R, Y> {
    fn new<T, K>(target: &T, kernel: &K) -> Self
    where
        T: Target<Real = R>,
        T::Space: Space<Symbol = Y>,
        K: Kernel<T>,
    {
        let layout = kernel.layout(target);
        Self {
            x: vec![Y::default(); target.space().sites()],
            reals: vec![R::from_f64(f64::NAN); layout.reals],
            words: vec![u64::MAX; layout.words],
            indices: vec![u32::MAX; layout.indices],
            moves: vec![Move::default(); layout.moves],
        }
    }

    fn walker<T, K>(&mut self, target: &T, kernel: &K) -> WalkerOf<'_, T, K>
    where
        T: Target<Real = R>,
        T::Space: Space<Symbol = Y>,
        K: Kernel<T>,
    {
        let memory = Memory {
            reals: &mut self.reals,
            words: &mut self.words,
            indices: &mut self.indices,
            moves: &mut self.moves,
        };
        let state = kernel.state(target, memory).unwrap();
        Walker::new(&mut self.x, R::from_f64(0.8), state)
    }
}

fn digits(x: &[impl Symbol]) -> String {
    x.iter().map(ToString::to_string).collect()
}

/// The states after each of several runs of `steps` steps.
fn states<T: Target, K: Kernel<T>>(target: &T, kernel: &K, steps: u64) -> Vec<String> {
    states_from(&vec![0; target.space().sites()], target, kernel, steps)
}

fn states_from<T: Target, K: Kernel<T>>(
    start: &[u8],
    target: &T,
    kernel: &K,
    steps: u64,
) -> Vec<String> {
    let mut owned = OwnedMemory::new(target, kernel);
    owned.x = start.iter().map(|&s| Symbol::narrow(s.into())).collect();
    let mut block = [owned.walker(target, kernel)];
    let mut scratch = vec![T::Real::ZERO; kernel.scratch_len(target, 1)];
    let (mut bits, mut counts) = ([SplitMix64::new(2026)], [StepCounts::default()]);
    kernel.init(target, &mut block, &mut scratch);
    let mut turn = || {
        kernel.advance(
            target,
            &mut block,
            &mut scratch,
            &mut bits,
            &mut counts,
            steps,
        );
        digits(block[0].x)
    };
    (0..STATES).map(|_| turn()).collect()
}

/// Three replicas with Gibbs steps: after each round, the state at the coldest level and the index of its replica.
fn exchanged<R: Real>(target: &Ising<R>) -> Vec<String> {
    let kernel = Gibbs::default();
    let mut owned = [0; 3].map(|_| OwnedMemory::new(target, &kernel));
    let mut block: Vec<_> = owned
        .iter_mut()
        .map(|l| l.walker(target, &kernel))
        .collect();
    let mut scratch = vec![R::ZERO; kernel.scratch_len(target, 3)];
    let (mut walker_at, mut pairs) = ([0; 3], [Pair::default(); 2]);
    let ladder = Ladder::new(&[1.0, 0.7, 0.4]).unwrap();
    let mut exchange = Exchange::new(ladder, &mut walker_at, &mut pairs).unwrap();
    exchange.assign(&mut block);
    let mut bits = [1, 2, 3].map(SplitMix64::new);
    let (mut own, mut counts) = (SplitMix64::new(4), [StepCounts::default(); 3]);
    kernel.init(target, &mut block, &mut scratch);
    let mut round = || {
        kernel.advance(target, &mut block, &mut scratch, &mut bits, &mut counts, 5);
        exchange.round(target, &kernel, &mut block, &mut scratch, &mut own);
        let cold = exchange.walker_at()[0];
        format!("{}/{cold}", digits(block[cold as usize].x))
    };
    (0..STATES).map(|_| round()).collect()
}

/// Rows of one precision.
struct Rows {
    precision: &'static str,
    rows: Vec<String>,
}

impl Rows {
    fn push(&mut self, name: &str, states: &[String]) {
        let row = format!("{}, {name}: {}", self.precision, states.join(" "));
        self.rows.push(row);
    }

    fn balances<R: Real>(&mut self) {
        self.balance::<R, _>("sqrt", Sqrt);
        self.balance::<R, _>("barker", Barker);
        self.balance::<R, _>("min", Min);
        self.balance::<R, _>("max", Max);
    }

    /// A balancing function on each neighborhood, and the jump process on the same.
    fn balance<R: Real, G: Balance>(&mut self, name: &str, g: G) {
        let bits = Exact(Ring::<_, R>::new(Binary::new(8), 1.0, 21));
        let nominal = Exact(Ring::<_, R>::new(Categorical::new(6, 4).unwrap(), 1.0, 22));
        let spins = Exact(Ising::<R>::new(0.4));
        let evaluated = LocallyBalanced::evaluated(g.clone());
        let local = LocallyBalanced::local(g.clone());
        let n_fold = LocallyBalanced::n_fold(g.clone());
        self.push(
            &format!("{name}, evaluated, binary"),
            &states(&bits, &evaluated, 3),
        );
        self.push(
            &format!("{name}, evaluated, categorical"),
            &states(&nominal, &evaluated, 3),
        );
        self.push(&format!("{name}, tree, binary"), &states(&bits, &local, 3));
        self.push(
            &format!("{name}, tree, categorical"),
            &states(&nominal, &local, 3),
        );
        self.push(
            &format!("{name}, n-fold, binary"),
            &states(&spins, &n_fold, 3),
        );
        self.push(
            &format!("{name}, evaluated jump"),
            &states(&bits, &Jump::evaluated(g.clone()), 3),
        );
        self.push(
            &format!("{name}, tree jump"),
            &states(&bits, &Jump::local(g.clone()), 3),
        );
        self.push(
            &format!("{name}, n-fold jump"),
            &states(&spins, &Jump::n_fold(g), 3),
        );
    }

    fn gradient<R: Real>(&mut self) {
        let bits = Taylor(Ring::<_, R>::new(Binary::new(8), 1.0, 21));
        let gwg = LocallyBalanced::gwg();
        let flat = gwg.with_temperature(3.0).unwrap();
        self.push("gwg", &states(&bits, &gwg, 3));
        self.push("gwg at temperature 3", &states(&bits, &flat, 3));
    }

    /// Kernels that use exact differences, on `target`.
    fn exact<T: Delta>(&mut self, name: &str, target: &T, sites: u64) {
        let [random, systematic] = [Scan::Random, Scan::Systematic];
        let walk = RandomWalk::new(1.5).unwrap();
        let block = BlockGibbs::new(2).unwrap();
        let ball = HammingBall::new(4, 2).unwrap();
        let cycle = Cycle::new(walk, block, (2, 1)).unwrap();
        let mixture = Mixture::new(ball, walk, 0.5).unwrap();
        let mut push = |kernel: &str, states: &[String]| {
            self.push(&format!("{kernel}, {name}"), states);
        };
        push(
            "gibbs systematic",
            &states(target, &Gibbs { scan: systematic }, sites),
        );
        push(
            "gibbs random",
            &states(target, &Gibbs { scan: random }, sites),
        );
        push(
            "block systematic",
            &states(target, &block.with_scan(systematic), 1),
        );
        push("block random", &states(target, &block.with_scan(random), 1));
        push(
            "ball systematic",
            &states(target, &ball.with_scan(systematic), 1),
        );
        push("ball random", &states(target, &ball.with_scan(random), 1));
        push("walk", &states(target, &walk, 3));
        push("cycle", &states(target, &cycle, 1));
        push("mixture", &states(target, &mixture, 3));
    }

    fn of<R: Real>(precision: &'static str) -> Vec<String> {
        let rows = vec![];
        let mut table = Self { precision, rows };
        table.balances::<R>();
        table.gradient::<R>();
        table.exact("binary", &Ring::<_, R>::new(Binary::new(8), 1.0, 23), 8);
        let nominal = Categorical::new(6, 4).unwrap();
        table.exact("categorical", &Ring::<_, R>::new(nominal, 1.0, 24), 6);
        let spins = Ising::<R>::new(0.4);
        table.push("structured", &states(&spins, &BlockSweep, 1));
        table.push("exchange of gibbs", &exchanged(&spins));
        table.rows
    }
}

#[test]
fn first_states() {
    let found = [Rows::of::<f32>("f32"), Rows::of::<f64>("f64")].concat();
    println!("{}", found.join("\n"));
    for (found, committed) in found.iter().zip(table::FIRST.trim().lines()) {
        assert_eq!(found, committed);
    }
    assert_eq!(found.len(), table::FIRST.trim().lines().count());
}
