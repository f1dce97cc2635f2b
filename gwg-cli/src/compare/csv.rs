//! The results as CSV (RFC 4180); undefined values are empty fields.

use super::Comparison;
use super::estimate::Estimate;
use super::section::{Row, Section};
use crate::csv::quoted;

const COLUMNS: &str = "model,sampler,spec,chains,steps,warmup,thin,draws,burn_in,\
seconds_warmup,seconds_sampling,steps_per_second,acceptance,hops,values_per_step,gradients_per_step,adapted,\
rhat_hamming,rhat_log_prob,ess_hamming,ess_hamming_se,ess_log_prob,ess_log_prob_se,\
ess_per_step,ess_per_step_se,ess_per_second,ess_per_second_se,\
log_prob,log_prob_mcse,log_prob_exact,rmse,mmd_v,mmd_u,residual,fault,\
rmse_of_all,log_prob_error_per_site,log_prob_error_per_site_se,effective_share,gradients\n";

/// Columns of the first table whose values depend on the machine.
#[cfg(test)]
pub(super) const TIMED: [&str; 5] = [
    "seconds_warmup",
    "seconds_sampling",
    "steps_per_second",
    "ess_per_second",
    "ess_per_second_se",
];

/// One row per sampler.
pub(super) fn samplers(comparison: &Comparison<'_>) -> String {
    let rows = comparison
        .sections
        .iter()
        .flat_map(|s| s.rows.iter().map(move |r| row(s, r)));
    COLUMNS.to_owned() + &rows.collect::<String>()
}

fn row(section: &Section, row: &Row) -> String {
    let f = &row.figures;
    let b = f.budget;
    let value = |e: Option<Estimate>| number(e.map(|e| e.value));
    let error = |e: Option<Estimate>| number(e.and_then(|e| e.error));
    let exact = section.truth.as_ref().and_then(|t| t.log_prob.as_ref());
    let adapted = f.adapted.iter().map(|(key, mean)| format!("{key}={mean}"));
    let fields = [
        quoted(&section.model),
        quoted(&row.entrant.name),
        quoted(&row.entrant.what.spec()),
        f.chains.to_string(),
        b.steps().to_string(),
        b.warmup.to_string(),
        b.thin.to_string(),
        b.draws.to_string(),
        b.burn.to_string(),
        number(Some(f.seconds.0)),
        number(Some(f.seconds.1)),
        number(f.steps_per_second),
        number(f.acceptance),
        number(f.hops),
        number(f.evaluations.0),
        number(f.evaluations.1),
        adapted.collect::<Vec<_>>().join(";"),
        number(f.rhat[0]),
        number(f.rhat[1]),
        value(f.ess[0]),
        error(f.ess[0]),
        value(f.ess[1]),
        error(f.ess[1]),
        value(f.ess_per_step),
        error(f.ess_per_step),
        value(f.ess_per_second),
        error(f.ess_per_second),
        value(f.log_prob),
        error(f.log_prob),
        number(exact.map(|e| e.value)),
        number(row.last("rmse")),
        number(row.last("mmd_v")),
        number(row.last("mmd_u")),
        number(row.last("residual")),
        quoted(&row.candidate.fault().unwrap_or_default()),
        number(row.errors.sites),
        number(row.errors.f),
        number(row.errors.f_se),
        number(f.effective),
        number(row.gradients()),
    ];
    fields.join(",") + "\n"
}

/// One row per point of a curve.
pub(super) fn curves(comparison: &Comparison<'_>) -> String {
    let mut text = "model,sampler,steps,seconds,metric,value\n".to_owned();
    for section in &comparison.sections {
        for row in &section.rows {
            let (model, name) = (quoted(&section.model), quoted(&row.entrant.name));
            for curve in &row.curves {
                for p in &curve.points {
                    let metric = curve.metric;
                    let line = format!(
                        "{model},{name},{},{:e},{metric},{:e}\n",
                        p.steps, p.seconds, p.value
                    );
                    text.push_str(&line);
                }
            }
        }
    }
    text
}

fn number(x: Option<f64>) -> String {
    x.filter(|x| x.is_finite()).map_or_else(String::new, |x| {
        if x == 0.0 || (1e-4..1e7).contains(&x.abs()) {
            x.to_string()
        } else {
            format!("{x:e}")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_csv_requires_it() {
        assert_eq!(quoted("gwg"), "gwg");
        assert_eq!(quoted("a:b=1,c=\"2\""), "\"a:b=1,c=\"\"2\"\"\"");
        assert_eq!(number(None) + &number(Some(f64::NAN)), "");
        assert_eq!(number(Some(2.5e-7)), "2.5e-7");
        assert_eq!(number(Some(0.1)), "0.1");
    }

    #[test]
    fn timed_columns_exist() {
        let columns: Vec<&str> = COLUMNS.trim().split(',').collect();
        assert!(TIMED.iter().all(|t| columns.contains(t)));
    }
}
