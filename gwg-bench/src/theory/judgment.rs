use super::{Row, Sharp, Verification};

/// Relative tolerance for rounding of eigenvalues and solves.
const ROUNDING: f64 = 1e-9;
/// Tolerance of the sharp family's closed form.
const SHARP: f64 = 1e-10;

/// An inequality of the theory that does not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The target and the temperature.
    pub place: String,
    /// The side that should be larger.
    pub larger: &'static str,
    /// Its value.
    pub found: f64,
    /// The side that should be smaller.
    pub smaller: &'static str,
    /// Its value.
    pub bound: f64,
}

impl core::fmt::Display for Violation {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self {
            place,
            larger,
            found,
            smaller,
            bound,
        } = self;
        write!(
            f,
            "{place}: {larger} >= {smaller} fails: {found:.12e} < {bound:.12e}"
        )
    }
}

/// The result of checking every inequality.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgment {
    /// Number of inequalities; that of all random functions of a row counts once.
    pub checked: usize,
    /// The inequalities that do not hold, those with NaN included.
    pub violations: Vec<Violation>,
}

/// Checks every inequality for all measurements.
#[must_use]
pub fn judge(found: &Verification) -> Judgment {
    let mut judgment = Judgment {
        checked: 0,
        violations: Vec::new(),
    };
    for row in &found.rows {
        let place = format!("{}, temperature {}", row.model, row.temperature);
        for ((larger, found), (smaller, bound)) in claims(row) {
            judgment.checked += 1;
            if !holds(found, bound) {
                judgment.violations.push(Violation {
                    place: place.clone(),
                    larger,
                    found,
                    smaller,
                    bound,
                });
            }
        }
    }
    judgment.checked += found.sharp.len();
    let sharp = found.sharp.iter().filter_map(of_sharp);
    judgment.violations.extend(sharp);
    judgment
}

type Named = (&'static str, f64);

/// Pairs of a larger and a smaller side: the theorem with each constant, then the order of the constants.
fn claims(row: &Row) -> Vec<(Named, Named)> {
    let c = &row.constants;
    let gaps = ("Gap(Q~) / Gap(Q)", row.gap_ratio());
    let extremal = ("variance ratio of the extremal h", row.extremal);
    let random = ("variance ratio of a random h", row.random);
    let (theorem, diagonal) = (("c", c.theorem), ("c_diag", c.diagonal));
    let (range, edge) = (("c_range", c.range), ("c_edge", c.edge));
    let least = ("least ratio", row.least);
    let mut claims = Vec::new();
    for constant in c.named() {
        claims.extend([gaps, extremal, random].map(|ratio| (ratio, constant)));
    }
    claims.extend(c.convex.map(|convex| (range, ("c_convex", convex))));
    claims.extend([
        (diagonal, theorem),
        (range, diagonal),
        (edge, range),
        (least, edge),
    ]);
    claims.extend([gaps, extremal, random].map(|ratio| (ratio, least)));
    // The minimum ratio is computed as an eigenvalue, and must be attained by a function.
    claims.push((least, extremal));
    claims
}

/// `a >= b` up to rounding; false for NaN.
fn holds(a: f64, b: f64) -> bool {
    a.is_finite() && b.is_finite() && a >= b - ROUNDING * b.abs()
}

fn of_sharp(sharp: &Sharp) -> Option<Violation> {
    let error = sharp.error();
    (error.is_nan() || error > SHARP).then(|| Violation {
        place: format!("sharp family, D = {}, L = {}", sharp.sites, sharp.lipschitz),
        larger: "1e-10",
        found: SHARP,
        smaller: "distance of the gap ratio from D c / (c + D - 1)",
        bound: error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::Constants;

    fn row() -> Row {
        Row {
            model: "model".into(),
            family: "family",
            states: 64,
            temperature: 2.0,
            lipschitz: 4.0,
            squared_diameter: 1.0,
            constants: Constants {
                theorem: 0.1,
                diagonal: 0.3,
                convex: Some(0.2),
                range: 0.6,
                edge: 0.7,
            },
            gap_exact: 0.2,
            gap_first_order: 0.18,
            least: 0.8,
            extremal: 0.8,
            random: 0.85,
            mixing_exact: Some(10),
            mixing_first_order: Some(12),
        }
    }

    fn judged(change: impl Fn(&mut Row)) -> Vec<Violation> {
        let mut row = row();
        change(&mut row);
        judge(&Verification {
            rows: vec![row],
            sharp: vec![],
            sweeps: vec![],
        })
        .violations
    }

    #[test]
    fn valid_rows_have_no_violations() {
        assert_eq!(claims(&row()).len(), 24);
        assert_eq!(judged(|_| ()), []);
        // Equality up to rounding counts as valid.
        assert_eq!(judged(|row| row.extremal *= 1.0 - 1e-12), []);
    }

    #[test]
    fn every_falsified_number_is_a_violation() {
        let falsified: [fn(&mut Row); 13] = [
            |row| row.gap_first_order = 0.01,
            |row| row.gap_exact = 3.0,
            |row| row.extremal = 0.09,
            |row| row.extremal = 0.81,
            |row| row.random = 0.75,
            |row| row.least = 0.69,
            |row| row.constants.theorem = 0.31,
            |row| row.constants.diagonal = 0.61,
            |row| row.constants.convex = Some(0.61),
            |row| row.constants.range = 0.71,
            |row| row.constants.edge = 0.81,
            |row| row.gap_exact = f64::NAN,
            |row| row.constants.theorem = f64::NAN,
        ];
        for (k, change) in falsified.into_iter().enumerate() {
            assert!(!judged(change).is_empty(), "change {k} was not found");
        }
    }

    #[test]
    fn a_violation_contains_the_inequality_and_the_place() {
        let found = judged(|row| row.gap_first_order = 0.01);
        let text = found[0].to_string();
        assert!(
            text.starts_with("model, temperature 2: Gap(Q~) / Gap(Q) >= c fails: 5.0"),
            "{text}"
        );
    }

    #[test]
    fn the_sharp_family_is_compared_with_its_closed_form() {
        let of = |measured| Sharp {
            sites: 2,
            lipschitz: 2.0,
            constant: 0.37,
            measured,
            closed_form: 0.5,
        };
        assert!(of_sharp(&of(0.5 + 0.9e-10)).is_none());
        assert!(of_sharp(&of(0.5 + 1.1e-10)).is_some() && of_sharp(&of(f64::NAN)).is_some());
    }
}
