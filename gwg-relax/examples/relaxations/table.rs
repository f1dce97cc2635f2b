//! A lattice with its truth, estimates of runs, and their errors.

use gwg_models::LatticeIsing;
use gwg_relax::Quadratic;
use std::time::Instant;

/// Independent runs of each method.
pub(crate) const RUNS: u64 = 2;

/// Means of `x_i` and of `f` per site.
#[derive(Clone, Copy)]
pub(crate) struct Truth {
    pub(crate) site: f64,
    pub(crate) f: f64,
}

pub(crate) struct Case {
    pub(crate) model: LatticeIsing<f64>,
    pub(crate) form: Quadratic<f64>,
    pub(crate) gradients: u64,
    pub(crate) truth: Truth,
}

/// The estimates of one run: the mean of every site, and of `f` per site.
#[derive(Clone)]
pub(crate) struct Estimate {
    pub(crate) sites: Vec<f64>,
    pub(crate) f: f64,
}

#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) name: String,
    truth: Truth,
    estimates: Vec<Estimate>,
    /// The share of accepted steps, if there is a decision.
    pub(crate) accepted: Option<f64>,
    /// The effective share of weighted draws.
    pub(crate) effective: Option<f64>,
    seconds: f64,
}

pub(crate) struct Errors {
    pub(crate) sites: f64,
    pub(crate) f: f64,
}

impl Case {
    pub(crate) fn new(
        model: LatticeIsing<f64>,
        gradients: u64,
        truth: Truth,
    ) -> Result<Self, super::Failed> {
        let form = Quadratic::of(&model)?;
        Ok(Self {
            model,
            form,
            gradients,
            truth,
        })
    }

    pub(crate) fn sites(&self) -> usize {
        self.model.side() * self.model.side()
    }

    /// The gradients of the warm-up.
    pub(crate) fn warm_up(&self) -> u64 {
        self.gradients / 5
    }

    pub(crate) fn row(&self, name: &str, estimates: Vec<Estimate>, since: Instant) -> Row {
        Row {
            name: name.to_owned(),
            truth: self.truth,
            estimates,
            accepted: None,
            effective: None,
            seconds: since.elapsed().as_secs_f64(),
        }
    }

    pub(crate) fn print(&self, rows: &[Row]) {
        let (n, truth) = (self.sites(), self.truth);
        println!(
            "{n} sites: mean of a site {:.4}, of f per site {:.4}",
            truth.site, truth.f
        );
        println!(
            "{:<26} {:>10} {:>12} {:>9} {:>10} {:>7}",
            "method", "rmse sites", "rmse f/site", "accepted", "effective", "s"
        );
        let or_dash = |value: Option<f64>| value.map_or("-".to_owned(), |v| format!("{v:.5}"));
        for row in rows {
            let errors = row.errors();
            println!(
                "{:<26} {:>10.4} {:>12.5} {:>9} {:>10} {:>7.1}",
                row.name,
                errors.sites,
                errors.f,
                row.accepted.map_or("-".to_owned(), |a| format!("{a:.2}")),
                or_dash(row.effective),
                row.seconds
            );
        }
        println!();
    }
}

impl Row {
    pub(crate) fn errors(&self) -> Errors {
        let rms = |squares: Vec<f64>| (squares.iter().sum::<f64>() / squares.len() as f64).sqrt();
        let sites = self.estimates.iter().flat_map(|e| &e.sites);
        let f = self.estimates.iter().map(|e| e.f);
        Errors {
            sites: rms(sites.map(|m| (m - self.truth.site).powi(2)).collect()),
            f: rms(f.map(|f| (f - self.truth.f).powi(2)).collect()),
        }
    }
}

/// Plain means of states and of `f`.
pub(crate) struct Means {
    sites: Vec<f64>,
    f: f64,
    draws: f64,
}

impl Means {
    pub(crate) fn new(sites: usize) -> Self {
        Self {
            sites: vec![0.0; sites],
            f: 0.0,
            draws: 0.0,
        }
    }

    pub(crate) fn push(&mut self, x: &[u8], f: f64) {
        for (sum, &x) in self.sites.iter_mut().zip(x) {
            *sum += f64::from(x);
        }
        self.f += f / x.len() as f64;
        self.draws += 1.0;
    }

    pub(crate) fn estimate(self) -> Estimate {
        Estimate {
            sites: self.sites.iter().map(|sum| sum / self.draws).collect(),
            f: self.f / self.draws,
        }
    }
}
