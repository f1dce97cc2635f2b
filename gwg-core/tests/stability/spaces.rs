//! The spaces that are not in `table.rs`: ordinal, mixed alphabets, and observed sites on each kind.
//!
//! The rows of PAS are in a separate file, `tables/paths.txt`.

use crate::ising::{Ising, SITES};
use crate::kernels::Rows;
use crate::tables::is_as_committed;
use crate::targets::Ring;
use gwg_core::*;

/// A function applied to each target.
trait Job {
    fn on<T: Gradient + Local>(&self, rows: &mut Rows<'_>, target: &T);
}

struct All;
struct Paths;
struct Unadjusted;

impl Job for All {
    fn on<T: Gradient + Local>(&self, rows: &mut Rows<'_>, target: &T) {
        rows.all(target);
    }
}

impl Job for Paths {
    fn on<T: Gradient + Local>(&self, rows: &mut Rows<'_>, target: &T) {
        rows.paths(&Taylor(target));
    }
}

impl Job for Unadjusted {
    fn on<T: Gradient + Local>(&self, rows: &mut Rows<'_>, target: &T) {
        rows.unadjusted(&Taylor(target));
    }
}

const OBSERVED: [Option<u8>; SITES] = [None, Some(1), None, None, None, Some(0), None, None];
/// The start of a walker: zeros, except at observed sites.
const OBSERVATION: [u8; SITES] = [0, 1, 0, 0, 0, 0, 0, 0];

/// A space with its name, and the scale and the seed of its target.
type Named = (&'static str, AnySpace<'static>, f64, u64);

fn spaces() -> [Named; 4] {
    let categorical = Categorical::new(6, 4).unwrap();
    let ordinal = Ordinal::new(6, 4).unwrap();
    let mixed = Mixed::from_offsets(&[0, 3, 5, 9, 11, 14, 16]).unwrap();
    [
        ("binary", AnySpace::Binary(Binary::new(SITES)), 1.0, 31),
        ("categorical", AnySpace::Categorical(categorical), 1.0, 32),
        ("ordinal", AnySpace::Ordinal(ordinal), 0.5, 33),
        ("mixed", AnySpace::Mixed(mixed), 1.0, 34),
    ]
}

fn whole<R: Real>(job: &impl Job, precision: &str, space: Named, lines: &mut Vec<String>) {
    let (name, space, scale, seed) = space;
    let mut rows = Rows {
        of: format!("{precision}, {name}"),
        start: &OBSERVATION.map(|_| 0)[..space.sites()],
        lines,
    };
    job.on(&mut rows, &Ring::<_, R>::new(space, scale, seed));
}

fn clamped<R: Real>(job: &impl Job, precision: &str, space: Named, lines: &mut Vec<String>) {
    let (name, space, scale, seed) = space;
    let (sites, mut free) = (space.sites(), [0; SITES]);
    let ring = Ring::<_, R>::new(space, scale, seed);
    let clamp = Clamp::new(&ring, &OBSERVED[..sites], &mut free).unwrap();
    let mut rows = Rows {
        of: format!("{precision}, clamped {name}"),
        start: &OBSERVATION[..sites],
        lines,
    };
    job.on(&mut rows, &clamp);
}

fn clamped_classes<R: Real>(precision: &str, lines: &mut Vec<String>) {
    let mut free = [0; SITES];
    let spins = Ising::<R>::new(0.4);
    let mut rows = Rows {
        of: format!("{precision}, clamped Ising"),
        start: &OBSERVATION,
        lines,
    };
    rows.classes(&Clamp::new(&spins, &OBSERVED, &mut free).unwrap());
}

fn on_whole(job: &impl Job, names: &[&str], lines: &mut Vec<String>) {
    for space in spaces().into_iter().filter(|s| names.contains(&s.0)) {
        whole::<f32>(job, "f32", space, lines);
        whole::<f64>(job, "f64", space, lines);
    }
}

fn on_clamped(job: &impl Job, lines: &mut Vec<String>) {
    for space in spaces() {
        clamped::<f32>(job, "f32", space, lines);
        clamped::<f64>(job, "f64", space, lines);
    }
}

#[test]
fn on_ordinal_sites() {
    let mut found = vec![];
    on_whole(&All, &["ordinal"], &mut found);
    is_as_committed("ordinal.txt", &found);
}

#[test]
fn on_mixed_alphabets() {
    let mut found = vec![];
    on_whole(&All, &["mixed"], &mut found);
    is_as_committed("mixed.txt", &found);
}

#[test]
fn with_observed_sites() {
    let mut found = vec![];
    on_clamped(&All, &mut found);
    clamped_classes::<f32>("f32", &mut found);
    clamped_classes::<f64>("f64", &mut found);
    is_as_committed("clamped.txt", &found);
}

#[test]
fn of_unadjusted_steps() {
    let mut found = vec![];
    on_whole(&Unadjusted, &["binary", "categorical"], &mut found);
    is_as_committed("unadjusted.txt", &found);
}

#[test]
fn of_paths() {
    let mut found = vec![];
    on_whole(&Paths, &["ordinal", "mixed"], &mut found);
    on_clamped(&Paths, &mut found);
    is_as_committed("paths.txt", &found);
}
