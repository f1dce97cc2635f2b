//! Potts and Ising models by objectives of single sites, which need no chains: the whole estimate is one call.

use super::engine::{Engine, Figures};
use super::kind::Kind;
use super::potts;
use super::progress::Reporter;
use crate::data::Rows;
use crate::failure::Failure;
use crate::flags::LearnFlags;
use crate::{diverged, session};
use gwg_chains::Threads;
use gwg_learn::{
    PairPotts, SiteFit, SiteFitError, SiteFitOptions, SiteFitProgress, SiteLoss, fit_by_sites_until,
};
use gwg_models::io::visible;
use std::path::Path;
use std::time::Instant;

/// The objective that `--method` names; `None`: persistent contrastive divergence.
pub(super) fn loss(flags: &LearnFlags) -> Result<Option<SiteLoss>, Failure> {
    let name = flags.method.as_str();
    let found = SiteLoss::ALL.into_iter().find(|loss| loss.name() == name);
    match found {
        None if name != "pcd" => Err(Failure::usage(format!(
            "--method: found `{}`, allowed are pcd, pseudo-likelihood, probability-flow and ratio-matching",
            visible(name)
        ))),
        found => Ok(found),
    }
}

pub(super) struct SitesEngine<'e> {
    kind: Kind,
    loss: SiteLoss,
    options: SiteFitOptions,
    rows: &'e Rows,
    threads: Threads,
    flags: &'e LearnFlags,
    fit: Option<(SiteFit, PairPotts<f32>)>,
}

impl<'e> SitesEngine<'e> {
    pub(super) fn new(
        (kind, loss): (Kind, SiteLoss),
        flags: &'e LearnFlags,
        rows: &'e Rows,
        threads: &Threads,
    ) -> Result<Self, Failure> {
        check(&kind, loss, flags)?;
        let l2 = super::checks::penalty(flags)?.l2;
        Ok(Self {
            kind,
            loss,
            options: SiteFitOptions {
                field_penalty: 0.0,
                coupling_penalty: 0.5 * l2,
                iterations: flags.updates as u64,
                ..SiteFitOptions::default()
            },
            rows,
            threads: threads.clone(),
            flags,
            fit: None,
        })
    }
}

fn figures(update: u64, objective: f64, gradient: f64) -> Figures {
    Figures {
        update,
        values: vec![("objective", objective), ("gradient", gradient)],
    }
}

/// Refuses what only chains and their updates have.
fn check(kind: &Kind, loss: SiteLoss, flags: &LearnFlags) -> Result<(), Failure> {
    let method = loss.name();
    if !matches!(kind, Kind::Potts | Kind::Ising) {
        return Err(Failure::usage(format!(
            "--method {method}: found {}, allowed are potts and ising; leave it out for others",
            visible(&flags.kind)
        )));
    }
    let given = [
        ("--sampler", flags.sampler.is_some()),
        ("--chains", flags.chains.is_some()),
        ("--batch", flags.batch.is_some()),
        ("--steps-per-update", flags.steps_per_update.is_some()),
        ("--rate", flags.rate.is_some()),
        ("--decay-after", flags.decay_after.is_some()),
        ("--optimizer", flags.optimizer.is_some()),
        ("--l1", flags.l1 != 0.0),
        ("--pearson", flags.pearson.is_some()),
        ("--plain", flags.plain),
        ("--samples", flags.samples.is_some()),
        ("--ladder", flags.ladder.is_some()),
        ("--checkpoint", flags.checkpoint.is_some()),
        ("--resume", flags.resume.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((flag, _)) => Err(Failure::usage(format!(
            "{flag}: --method {method} has no chains and an optimizer of its own (L-BFGS), and does not use it; leave it out"
        ))),
        None => Ok(()),
    }
}

impl Engine for SitesEngine<'_> {
    fn updates(&self) -> u64 {
        self.fit.as_ref().map_or(0, |(fit, _)| match fit.stopped {
            true => fit.evaluations,
            false => fit.iterations,
        })
    }

    fn finished(&self) -> bool {
        self.fit.is_some()
    }

    fn update(&mut self) -> Result<Option<Figures>, Failure> {
        let mut reporter = Reporter::new(self.flags.work.quiet);
        let (began, of) = (Instant::now(), self.options.iterations);
        let mut show = |at: &SiteFitProgress| {
            let figures = figures(at.evaluations, at.objective, at.gradient_norm);
            reporter.report(&figures, of, began.elapsed().as_secs_f64());
        };
        let (data, stop) = (&self.rows.data, session::stop());
        let fit = fit_by_sites_until(
            data,
            self.loss,
            &self.options,
            &self.threads,
            stop,
            &mut show,
        );
        let fit = match fit {
            Ok(fit) => fit,
            Err(SiteFitError::Stopped) => return Ok(None),
            Err(error) => return Err(Failure::run(error)),
        };
        if !fit.converged && !fit.stopped {
            session::note(&format!(
                "not converged after {} updates: the gradient is above a thousandth of that at the start; use more --updates, or a larger --l2",
                fit.iterations
            ));
        }
        let narrow = |numbers: &[f64]| numbers.iter().map(|&x| x as f32).collect();
        let (field, coupling) = (narrow(fit.model.field()), narrow(fit.model.coupling()));
        let (sites, states) = (fit.model.sites(), fit.model.states());
        let model = PairPotts::new(sites, states, field, coupling).map_err(Failure::run)?;
        let (objective, gradient) = (fit.objective, fit.gradient_norm);
        self.fit = Some((fit, model));
        Ok(Some(figures(self.updates(), objective, gradient)))
    }

    fn largest(&self) -> f64 {
        let model = self.fit.iter().map(|(_, model)| model);
        diverged::largest(model.flat_map(|m| m.field().iter().chain(m.coupling())))
    }

    fn save(&self) -> Result<Vec<u8>, Failure> {
        Ok(Vec::new())
    }

    fn resume(&mut self, _: &[u8]) -> Result<(), Failure> {
        Ok(())
    }

    fn write(&mut self, path: &Path, rows: &Rows) -> Result<(), Failure> {
        match &self.fit {
            Some((_, model)) => potts::write_pairs(
                (self.kind.clone(), false),
                model,
                path,
                rows,
                self.flags.work.force,
            ),
            None => Ok(()),
        }
    }

    fn states(&self) -> Vec<u8> {
        Vec::new()
    }
}
