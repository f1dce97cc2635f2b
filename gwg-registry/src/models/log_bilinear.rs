use super::keys::{ANY, SIZE, WIDE_STATES, count, of_states};
use crate::grammar::Allowed;
use crate::model::builder::{Build, key, model};
use crate::model::error::{Fault, reserve};
use crate::model::facts::{fact, range};
use crate::model::{Describe, Model};
use gwg_chains::Quantity;
use gwg_core::{Space, Target};
use gwg_models::{LogBilinear as Words, Scalar};

model! {
    /// Log-bilinear model of text.
    LogBilinear "log-bilinear" {
        sites: usize = key("20", count(2, u32::MAX as usize), "words of a text"),
        words: usize = key("5000", WIDE_STATES, "words of the vocabulary"),
        dim: usize = key("16", SIZE, "numbers per embedding"),
        window: usize = key("2", SIZE, "largest distance of two words that interact"),
        scale: f64 = key("1", ANY, "standard deviation of what a pair of words adds to f"),
        seed: u64 = key("1", Allowed::Seed, "seed of embeddings and interactions"),
    }
        meaning "log-bilinear model of text: words interact through embeddings within a window; biases after Zipf"
        formula "f(x) = sum_t b(x_t) + sum_t sum_(k = 1..window) r(x_(t-k))' C_k r(x_t), b(a) = -ln(a + 1)",
        sweeps false
}

impl Build for LogBilinear {
    fn build<R: Scalar>(&self) -> Result<Model<R>, Fault> {
        Err(Fault::Width)
    }

    fn is_wide(&self) -> bool {
        true
    }

    fn build_wide<R: Scalar>(&self) -> Result<Model<R, u16>, Fault> {
        let Self {
            sites,
            words,
            dim,
            window,
            scale,
            seed,
        } = *self;
        // An embedding, and its product with each interaction in both directions.
        reserve::<R>(&[words, dim, window.saturating_mul(2).saturating_add(1)])?;
        let model = Words::random(sites, words, (window, dim), scale, seed)?;
        Ok(Model::described(model, |m, on| {
            m.gradient(on).delta(on).multilinear(on);
        }))
    }
}

impl<R: Scalar> Describe<R, u16> for Words<R> {
    fn name(&self) -> &'static str {
        ENTRY.name
    }

    fn formula(&self) -> &'static str {
        ENTRY.formula
    }

    fn facts(&self) -> Vec<(String, String)> {
        vec![
            fact("dim", self.dim()),
            fact("window", self.window()),
            range("bias", self.bias().iter().copied()),
        ]
    }

    fn parameter_count(&self) -> usize {
        let (words, dim) = (self.space().states(), self.dim());
        words * dim + self.window() * dim * dim + words
    }

    fn stored_bytes(&self) -> usize {
        let (words, dim) = (self.space().states(), self.dim());
        ((2 * self.window() + 1) * words * dim + words) * size_of::<R>()
    }

    fn quantities(&self) -> Vec<Quantity<u16>> {
        of_states()
    }
}
