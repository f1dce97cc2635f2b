//! Runs of a search for a number of moves, and enumeration.

use std::cell::Cell;

use gwg_optimize::Search;

/// All improvements of one restart that is stopped at the call of number `calls`.
pub(crate) fn run(
    problem: &dyn Search,
    seed: u64,
    start: Option<&[u8]>,
    calls: u64,
) -> Vec<(f64, Vec<u8>)> {
    let mut all = Vec::new();
    let count = Cell::new(0);
    problem.restart(
        seed,
        start,
        &mut |value, x| {
            assert_eq!(problem.value(x), (value, true), "the reported value");
            all.push((value, x.to_vec()));
        },
        &|| {
            count.set(count.get() + 1);
            count.get() >= calls
        },
    );
    all
}

/// The least value of all feasible states, and whether there is one.
pub(crate) fn enumerated(problem: &dyn Search) -> (f64, bool) {
    let (sites, states) = (problem.sites(), problem.states());
    let mut least = f64::INFINITY;
    for number in 0..states.pow(sites as u32) {
        let digit = |site: usize| (number / states.pow(site as u32) % states) as u8;
        let x: Vec<u8> = (0..sites).map(digit).collect();
        let (value, feasible) = problem.value(&x);
        if feasible {
            least = least.min(value);
        }
    }
    (least, least < f64::INFINITY)
}
