//! Every proposal, with every balancing function and some temperatures and tunings.

use gwg_core::check::Draws;
use gwg_core::kernel::informed::*;
use gwg_core::*;

pub(crate) const BALANCES: [AnyBalance; 4] = [
    AnyBalance::Sqrt,
    AnyBalance::Barker,
    AnyBalance::Min,
    AnyBalance::Max,
];

/// A function applied to each proposal.
pub(crate) trait Visit {
    fn visit<P: Draws>(&mut self, name: &str, proposal: P);
}

pub(crate) const SCHEDULE: [Phase; 3] = [
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

/// Every proposal with every balancing function.
pub(crate) fn all(visit: &mut impl Visit) {
    for g in BALANCES {
        let name = |kernel: &str| format!("{kernel}, {g:?}");
        for n in [1.0, 2.4, 3.0] {
            visit.visit(&name(&format!("gwg-{n}")), MultiFlip::new(g, n).unwrap());
        }
        for r in [1.0, 1.7, 3.5] {
            visit.visit(
                &name(&format!("pas {r}")),
                PathAuxiliary::new(g, r).unwrap(),
            );
        }
        for alpha in [0.2, 1.0, 50.0] {
            let kernel = format!("dmala {alpha}");
            visit.visit(&name(&kernel), DiscreteLangevin::new(g, alpha).unwrap());
        }
        for n in [0.3, 3.0] {
            visit.visit(
                &name(&format!("dlmc {n}")),
                Dlmc::interpolated(g, n).unwrap(),
            );
            visit.visit(&name(&format!("dlmcf {n}")), Dlmc::forward(g, n).unwrap());
        }
        visit.visit(&name("pairs"), HammingWindow2::new(g));
    }
    visit.visit("acs", CyclicalLangevin::new(&SCHEDULE).unwrap());
}

/// Those with a proposal temperature.
pub(crate) fn tempered(temperature: f64, visit: &mut impl Visit) {
    let g = AnyBalance::Barker;
    let name = |kernel: &str| format!("{kernel}, temperature {temperature}");
    let repeated = MultiFlip::new(g, 2.0).unwrap();
    visit.visit(
        &name("gwg-2"),
        repeated.with_temperature(temperature).unwrap(),
    );
    let path = PathAuxiliary::new(g, 1.7).unwrap();
    visit.visit(&name("pas"), path.with_temperature(temperature).unwrap());
    let dmala = DiscreteLangevin::new(g, 0.7).unwrap();
    visit.visit(&name("dmala"), dmala.with_temperature(temperature).unwrap());
    let pairs = HammingWindow2::new(g)
        .with_temperature(temperature)
        .unwrap();
    visit.visit(&name("pairs"), pairs);
}

/// One of each, with typical parameters.
pub(crate) fn typical(visit: &mut impl Visit) {
    let (sqrt, barker) = (AnyBalance::Sqrt, AnyBalance::Barker);
    visit.visit("gwg-3", MultiFlip::new(sqrt, 3.0).unwrap());
    visit.visit("pas", PathAuxiliary::new(sqrt, 2.0).unwrap());
    let gumbel = PathAuxiliary::new(sqrt, 2.0).unwrap().with_gumbel();
    visit.visit("pas by gumbel", gumbel);
    visit.visit("dmala", DiscreteLangevin::new(sqrt, 0.5).unwrap());
    visit.visit("acs", CyclicalLangevin::new(&SCHEDULE).unwrap());
    visit.visit("dlmc", Dlmc::interpolated(sqrt, 2.0).unwrap());
    visit.visit("dlmcf", Dlmc::forward(barker, 2.0).unwrap());
    visit.visit("pairs", HammingWindow2::new(sqrt));
}
