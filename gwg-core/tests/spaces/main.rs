//! Kernels on every kind of alphabet, with and without observed sites: enumerated, in long runs, and after random
//! sequences of moves.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../exact/targets.rs"]
mod targets;

/// One test for each kind of space, by one type for all of them: a kernel is compiled once.
macro_rules! on_each_space {
    ($job:ident) => {
        #[test]
        fn binary() {
            $job(&gwg_core::AnySpace::from(gwg_core::Binary::new(5)));
        }

        #[test]
        fn categorical() {
            $job(&gwg_core::AnySpace::from(
                gwg_core::Categorical::new(4, 3).unwrap(),
            ));
        }

        #[test]
        fn ordinal() {
            $job(&gwg_core::AnySpace::from(
                gwg_core::Ordinal::new(4, 3).unwrap(),
            ));
        }

        #[test]
        fn mixed() {
            $job(&gwg_core::AnySpace::from(
                gwg_core::Mixed::from_offsets(&[0, 3, 5, 9, 11]).unwrap(),
            ));
        }
    };
}

mod clamped;
mod family;
mod long_runs;
mod matrices;
mod properties;

/// Observations, in patterns of symbols that every space here has.
fn observations(sites: usize) -> [Vec<Option<u8>>; 3] {
    [
        [None, Some(1), None, None],
        [Some(1), None, None, Some(0)],
        [None, Some(1), None, Some(1)],
    ]
    .map(|pattern| pattern.into_iter().cycle().take(sites).collect())
}
