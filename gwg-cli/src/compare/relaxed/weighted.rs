//! Results with importance weights.

use crate::compare::estimate::Estimate;
use crate::compare::measure::Figures;
use crate::compare::recorder::Moment;
use gwg_bench::relaxations::WeightedRun;

/// The means with weights of one chain each, as those without are kept.
pub(super) fn moment(weighted: &WeightedRun, draws: usize) -> Moment {
    let rows: Vec<Vec<f64>> = weighted.of_chains().map(|(means, _)| means).collect();
    Moment {
        log_prob: weighted.of_all().1,
        ..of_rows(&rows, draws, weighted.sites())
    }
}

pub(super) fn of_rows(rows: &[Vec<f64>], draws: usize, sites: usize) -> Moment {
    let share = 1.0 / rows.len() as f64;
    let (mut means, mut square) = (vec![0.0; sites], 0.0);
    for row in rows {
        for (mean, here) in means.iter_mut().zip(row) {
            *mean += here * share;
            square += here * here * share;
        }
    }
    Moment {
        draws,
        seconds: 0.0,
        log_prob: f64::NAN,
        square: square / sites as f64,
        means,
        states: Vec::new(),
    }
}

/// The figures with weights, from those without: the steps are the same, and each draw takes one evaluation more.
pub(super) fn weighted(plain: &Figures, run: &WeightedRun) -> Figures {
    let values: Vec<f64> = run.of_chains().map(|(_, f)| f).collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|f| (f - mean).powi(2)).sum();
    let error = (squares / (n * (n - 1.0))).sqrt();
    let (means, value) = run.of_all();
    Figures {
        rhat: [None; 2],
        ess: [None; 2],
        ess_per_step: None,
        ess_per_second: None,
        saturated: false,
        log_prob: value.is_finite().then_some(Estimate {
            value,
            error: Some(error).filter(|error| error.is_finite()),
        }),
        means,
        effective: run.effective_share(),
        ..plain.clone()
    }
}
