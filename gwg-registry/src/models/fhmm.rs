use super::keys::{POSITIVE, PROBABILITY, SIZE};
use crate::grammar::Allowed;
use crate::model::builder::{Build, key, model};
use crate::model::error::{Fault, reserve};
use crate::model::facts::{fact, range};
use crate::model::{Describe, ExactMeans, Model};
use gwg_chains::Quantity;
use gwg_models::fhmm::{Extension, Law};
use gwg_models::{Fhmm as Chains, QuadraticFhmm, Scalar};

/// Terms of the forward filter at most.
const MOST_TERMS: f64 = 4e8;

model! {
    /// The factorial hidden Markov model.
    Fhmm "fhmm" {
        length: usize = key("100", SIZE, "times"),
        factors: usize = key("10", SIZE, "chains; site t * factors + k is chain k at time t"),
        sigma: f64 = key("0.5", POSITIVE, "standard deviation of an observation"),
        keep: f64 = key("0.95", PROBABILITY, "probability that a chain stays where it is"),
        start: f64 = key("0.1", PROBABILITY, "probability that a chain begins with 1"),
        extension: Extension = key("multilinear", Allowed::Choice(Extension::NAMES), "f between configurations: multilinear (first-order differences exact) or the paper's quadratic"),
        seed: u64 = key("1", Allowed::Seed, "seed of weights, chains and observations"),
    }
        meaning "factorial hidden Markov model: binary chains seen through their sum, w, b ~ N(0, 1), y drawn from the model"
        formula "f(x) = log p(x, y); x_(t+1)k = x_tk with probability keep, y_t ~ N(w.x_t + b, sigma)",
        sweeps true
}

impl Build for Fhmm {
    fn build<R: Scalar>(&self) -> Result<Model<R>, Fault> {
        reserve::<R>(&[self.length, self.factors])?;
        let law = Law {
            sigma: self.sigma,
            keep: self.keep,
            start: self.start,
        };
        let model = Chains::random(self.length, self.factors, law, self.seed)?;
        Ok(match self.extension {
            Extension::Multilinear => Model::described(model, |m, on| {
                m.gradient(on).delta(on).local(on).multilinear(on).sweep(on);
            }),
            Extension::Quadratic => Model::described(QuadraticFhmm(model), |m, on| {
                m.gradient(on).delta(on).local(on).sweep(on);
            }),
        })
    }
}

impl<R: Scalar> Describe<R> for Chains<R> {
    fn name(&self) -> &'static str {
        ENTRY.name
    }

    fn formula(&self) -> &'static str {
        ENTRY.formula
    }

    fn facts(&self) -> Vec<(String, String)> {
        facts(self, Extension::Multilinear)
    }

    /// Weights, the bias, the three constants.
    fn parameter_count(&self) -> usize {
        self.factors() + 4
    }

    fn stored_bytes(&self) -> usize {
        let numbers = 2 * self.factors() + self.length();
        let truth = self.truth().map_or(0, <[u8]>::len);
        size_of_val(self) + numbers * size_of::<R>() + truth
    }

    fn grid(&self) -> Option<Vec<usize>> {
        Some(vec![self.length(), self.factors()])
    }

    fn axes(&self) -> Vec<(&'static str, usize)> {
        vec![("time", self.length()), ("factor", self.factors())]
    }

    fn exact(&self, beta: f64, _: &(dyn Fn() -> bool + Sync)) -> Option<ExactMeans> {
        let sites = self.length() * self.factors();
        let terms = 2.0_f64.powf(self.factors() as f64) * sites as f64;
        if beta != 1.0 || terms > MOST_TERMS {
            return None;
        }
        let posterior = self.posterior().ok()?;
        let source = "exact: the posterior's marginals by forward filtering and backward smoothing";
        let means = posterior.marginals();
        let draw = move |x: &mut [u8], bits: &mut _| posterior.draw(x, bits);
        Some(ExactMeans::new(means, source).with_draws(Box::new(draw)))
    }

    fn exact_log_z(&self) -> Option<(f64, &'static str)> {
        let sites = self.length() * self.factors();
        if 2.0_f64.powf(self.factors() as f64) * sites as f64 > MOST_TERMS {
            return None;
        }
        let posterior = self.posterior().ok()?;
        Some((posterior.log_evidence(), "forward filtering"))
    }

    fn residual(&self, x: &[u8]) -> Option<f64> {
        Some(self.mean_squared_residual(x))
    }

    fn quantities(&self) -> Vec<Quantity> {
        let model = self.clone();
        let description = "mean squared difference between what was observed and what the state predicts";
        let residual = Quantity::new("residual", description, move |x: &[u8]| {
            model.mean_squared_residual(x)
        });
        let others = [Quantity::mean_symbol(), Quantity::energy_per_site()];
        residual.into_iter().chain(others).collect()
    }
}

/// The same distribution, but for `f` between configurations.
impl<R: Scalar> Describe<R> for QuadraticFhmm<R> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn formula(&self) -> &'static str {
        self.0.formula()
    }

    fn facts(&self) -> Vec<(String, String)> {
        facts(&self.0, Extension::Quadratic)
    }

    fn parameter_count(&self) -> usize {
        self.0.parameter_count()
    }

    fn stored_bytes(&self) -> usize {
        self.0.stored_bytes()
    }

    fn grid(&self) -> Option<Vec<usize>> {
        self.0.grid()
    }

    fn axes(&self) -> Vec<(&'static str, usize)> {
        self.0.axes()
    }

    fn exact(&self, beta: f64, stop: &(dyn Fn() -> bool + Sync)) -> Option<ExactMeans> {
        self.0.exact(beta, stop)
    }

    fn exact_log_z(&self) -> Option<(f64, &'static str)> {
        self.0.exact_log_z()
    }

    fn residual(&self, x: &[u8]) -> Option<f64> {
        self.0.residual(x)
    }

    fn quantities(&self) -> Vec<Quantity> {
        self.0.quantities()
    }
}

fn facts<R: Scalar>(model: &Chains<R>, extension: Extension) -> Vec<(String, String)> {
    let law = model.law();
    vec![
        fact("length", model.length()),
        fact("factors", model.factors()),
        fact("sigma", law.sigma),
        fact("keep", law.keep),
        fact("start", law.start),
        range("weights w", model.weights().iter().copied()),
        fact("bias b", model.bias()),
        range("observations y", model.observations().iter().copied()),
        fact("extension", extension.name()),
    ]
}
