//! Every kernel, for use by the tests.

use crate::proposals::{BALANCES, Visit, tempered, typical};
use gwg_core::check::Draws;
use gwg_core::kernel::AnyKernel;
use gwg_core::kernel::informed::{CyclicalLangevin, DiscreteLangevin, UnadjustedLangevin};
use gwg_core::leveled::Leveled;
use gwg_core::*;

/// A function applied to each kernel.
pub(crate) trait Job {
    fn run<T: Target, K: Kernel<T>>(&mut self, name: &str, target: &T, kernel: &K);
}

struct Proposals<'j, T, J> {
    target: &'j T,
    job: &'j mut J,
}

impl<T: Differences, J: Job> Visit for Proposals<'_, T, J> {
    fn visit<P: Draws>(&mut self, name: &str, proposal: P) {
        self.job.run(name, self.target, &Informed::new(proposal));
    }
}

/// Kernels that keep the differences of the current state.
pub(crate) fn on_surveys<T: Differences>(target: &T, job: &mut impl Job) {
    for g in BALANCES {
        let law = LocallyBalanced::evaluated(g);
        job.run(&format!("evaluated, {g:?}"), target, &law);
        job.run("flat", target, &law.with_temperature(3.0).unwrap());
        job.run(&format!("jump, {g:?}"), target, &Jump::evaluated(g));
    }
    typical(&mut Proposals { target, job });
    tempered(3.0, &mut Proposals { target, job });
    let dmala = DiscreteLangevin::dmala(0.5).unwrap();
    job.run("dula", target, &UnadjustedLangevin::biased(dmala));
    let tuned = CyclicalLangevin::new(&crate::proposals::SCHEDULE)
        .unwrap()
        .tuned();
    job.run("tuned acs", target, &Informed::new(tuned));
    let (gwg, dmala) = (LocallyBalanced::gwg(), Informed::new(dmala));
    job.run("cycle", target, &Cycle::new(gwg, dmala, (2, 1)).unwrap());
    job.run("mixture", target, &Mixture::new(gwg, dmala, 0.5).unwrap());
}

/// Kernels on sum trees.
pub(crate) fn on_trees<T: Local>(target: &T, job: &mut impl Job) {
    for g in BALANCES {
        job.run(&format!("tree, {g:?}"), target, &LocallyBalanced::local(g));
        job.run(&format!("tree jump, {g:?}"), target, &Jump::local(g));
    }
}

/// Kernels on classes of equal weight.
pub(crate) fn on_classes<T: Leveled>(target: &T, job: &mut impl Job) {
    for g in BALANCES {
        job.run("n-fold", target, &LocallyBalanced::n_fold(g));
        job.run("n-fold jump", target, &Jump::n_fold(g));
    }
}

/// Kernels whose state does not depend on the temperature, with random scans.
pub(crate) fn on_conditionals<T: Delta>(target: &T, job: &mut impl Job) {
    let random = Scan::Random;
    let block = BlockGibbs::new(2).unwrap().with_scan(random);
    let ball = HammingBall::new(3, 2).unwrap().with_scan(random);
    job.run("gibbs", target, &Gibbs { scan: random });
    job.run("block", target, &block);
    job.run("ball", target, &ball);
    job.run("walk", target, &RandomWalk::new(1.5).unwrap());
}

/// Kernels selected at run time.
pub(crate) fn at_run_time<T: Gradient + Delta>(target: &T, job: &mut impl Job) {
    let evaluated = LocallyBalanced::evaluated(AnyBalance::Barker);
    job.run("any evaluated", target, &AnyKernel::from(evaluated));
    let dmala = Informed::new(DiscreteLangevin::new(AnyBalance::Sqrt, 0.5).unwrap());
    job.run("any dmala", target, &AnyKernel::from(dmala));
}
