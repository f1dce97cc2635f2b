//! The results as CSV, in full precision.

use super::Results;
use gwg_bench::theory::{Row, Verification};
use std::fmt::Write;

/// Formats a number with as many digits as reading it back exactly requires; missing values are empty fields.
fn number(x: f64) -> String {
    format!("{x:?}")
}

fn optional<T: ToString>(x: Option<T>) -> String {
    x.map_or_else(String::new, |x| x.to_string())
}

pub(super) fn rows(results: &Results) -> String {
    let mut text = String::from(
        "model,family,states,temperature,lipschitz,squared_diameter,c,c_diag,c_convex,c_range,c_edge,gap_exact,gap_first_order,\
         gap_ratio,least_ratio,extremal_variance_ratio,random_variance_ratio,lazy_mixing_exact,lazy_mixing_first_order\n",
    );
    for row in &results.found.rows {
        let _ = writeln!(text, "{}", line(row).join(","));
    }
    text
}

fn line(row: &Row) -> Vec<String> {
    let c = &row.constants;
    vec![
        row.model.clone(),
        row.family.into(),
        row.states.to_string(),
        number(row.temperature),
        number(row.lipschitz),
        number(row.squared_diameter),
        number(c.theorem),
        number(c.diagonal),
        optional(c.convex.map(number)),
        number(c.range),
        number(c.edge),
        number(row.gap_exact),
        number(row.gap_first_order),
        number(row.gap_ratio()),
        number(row.least),
        number(row.extremal),
        number(row.random),
        optional(row.mixing_exact),
        optional(row.mixing_first_order),
    ]
}

pub(super) fn temperatures(found: &Verification) -> String {
    let mut text = String::from("model,family,temperature,gap_exact,gap_first_order\n");
    for sweep in &found.sweeps {
        let gaps = sweep.exact.iter().zip(&sweep.first_order);
        for (t, (exact, first)) in sweep.temperatures.iter().zip(gaps) {
            let _ = writeln!(
                text,
                "{},{},{},{},{}",
                sweep.model,
                sweep.family,
                number(*t),
                number(*exact),
                number(*first)
            );
        }
    }
    text
}

pub(super) fn sharp(found: &Verification) -> String {
    let mut text = String::from("sites,lipschitz,c,measured,closed_form\n");
    for s in &found.sharp {
        let _ = writeln!(
            text,
            "{},{},{},{},{}",
            s.sites,
            number(s.lipschitz),
            number(s.constant),
            number(s.measured),
            number(s.closed_form)
        );
    }
    text
}
