//! The rows of one target: every kernel that supports it.

use crate::states_from;
use gwg_core::kernel::informed::{
    CyclicalLangevin, DiscreteLangevin, Dlmc, HammingWindow2, MultiFlip, PathAuxiliary, Phase,
    UnadjustedLangevin,
};
use gwg_core::leveled::Leveled;
use gwg_core::*;

const BALANCES: [AnyBalance; 4] = [
    AnyBalance::Sqrt,
    AnyBalance::Barker,
    AnyBalance::Min,
    AnyBalance::Max,
];

const SCHEDULE: [Phase; 3] = [phase(2.0, 0.9), phase(0.5, 0.5), phase(0.2, 0.6)];

const fn phase(step: f64, balance: f64) -> Phase {
    Phase { step, balance }
}

/// The rows of one target.
pub(crate) struct Rows<'r> {
    /// The precision and the space.
    pub(crate) of: String,
    pub(crate) start: &'r [u8],
    pub(crate) lines: &'r mut Vec<String>,
}

impl Rows<'_> {
    fn push<T: Target, K: Kernel<T>>(&mut self, name: &str, target: &T, kernel: &K, steps: u64) {
        let states = states_from(self.start, target, kernel, steps).join(" ");
        self.lines.push(format!("{}, {name}: {states}", self.of));
    }

    /// Every kernel except those that draw a path.
    pub(crate) fn all<T: Gradient + Local>(&mut self, target: &T) {
        for g in BALANCES {
            self.balance(g, target);
        }
        self.first_order(target);
        self.conditional(target);
        self.several_sites(&Taylor(target));
    }

    fn balance<T: Local>(&mut self, g: AnyBalance, target: &T) {
        let exact = Exact(target);
        let name = |law: &str| format!("{g:?} {law}").to_lowercase();
        let (evaluated, local) = (LocallyBalanced::evaluated(g), LocallyBalanced::local(g));
        self.push(&name("evaluated"), &exact, &evaluated, 3);
        self.push(&name("tree"), target, &local, 3);
        self.push(&name("evaluated jump"), &exact, &Jump::evaluated(g), 3);
        self.push(&name("tree jump"), target, &Jump::local(g), 3);
    }

    fn first_order<T: Gradient>(&mut self, target: &T) {
        let gwg = LocallyBalanced::evaluated(AnyBalance::Sqrt);
        let flat = gwg.with_temperature(3.0).unwrap();
        self.push("gwg", &Taylor(target), &gwg, 3);
        self.push("gwg at temperature 3", &Taylor(target), &flat, 3);
    }

    fn conditional<T: Delta>(&mut self, target: &T) {
        let walk = RandomWalk::new(1.5).unwrap();
        let block = BlockGibbs::new(2).unwrap();
        let ball = HammingBall::new(4, 2).unwrap();
        for (name, scan) in [("systematic", Scan::Systematic), ("random", Scan::Random)] {
            self.push(&format!("gibbs {name}"), target, &Gibbs { scan }, 6);
            self.push(&format!("block {name}"), target, &block.with_scan(scan), 1);
            self.push(&format!("ball {name}"), target, &ball.with_scan(scan), 1);
        }
        self.push("walk", target, &walk, 3);
        let cycle = Cycle::new(walk, block, (2, 1)).unwrap();
        self.push("cycle", target, &cycle, 1);
        let mixture = Mixture::new(ball, walk, 0.5).unwrap();
        self.push("mixture", target, &mixture, 3);
    }

    fn several_sites<T: Differences>(&mut self, target: &T) {
        let (sqrt, barker) = (AnyBalance::Sqrt, AnyBalance::Barker);
        let dlmc = Dlmc::interpolated(sqrt, 2.0).unwrap();
        let dlmcf = Dlmc::forward(barker, 2.0).unwrap();
        let acs = CyclicalLangevin::new(&SCHEDULE).unwrap();
        let dmala = DiscreteLangevin::new(sqrt, 0.5).unwrap();
        let repeated = MultiFlip::new(sqrt, 3.0).unwrap();
        self.push("gwg-3", target, &Informed::new(repeated), 1);
        self.push("dmala", target, &Informed::new(dmala), 1);
        self.push("acs", target, &Informed::new(acs), 1);
        self.push("dlmc", target, &Informed::new(dlmc), 1);
        self.push("dlmcf", target, &Informed::new(dlmcf), 1);
        self.push(
            "pairs",
            target,
            &Informed::new(HammingWindow2::new(sqrt)),
            1,
        );
        self.unadjusted(target);
    }

    pub(crate) fn unadjusted<T: Differences>(&mut self, target: &T) {
        let dula =
            UnadjustedLangevin::biased(DiscreteLangevin::new(AnyBalance::Sqrt, 0.3).unwrap());
        self.push("dula", target, &dula, 1);
    }

    /// PAS.
    pub(crate) fn paths<T: Differences>(&mut self, target: &T) {
        let pas = PathAuxiliary::new(AnyBalance::Sqrt, 2.0).unwrap();
        self.push("pas", target, &Informed::new(pas), 1);
        let gumbel = Informed::new(pas.with_gumbel());
        self.push("pas by gumbel", target, &gumbel, 1);
    }

    /// On classes of equal weight.
    pub(crate) fn classes<T: Leveled>(&mut self, target: &T) {
        for g in BALANCES {
            let name = format!("{g:?} n-fold").to_lowercase();
            self.push(&name, target, &LocallyBalanced::n_fold(g), 3);
            self.push(&format!("{name} jump"), target, &Jump::n_fold(g), 3);
        }
    }
}
