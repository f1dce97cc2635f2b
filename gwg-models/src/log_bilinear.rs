//! The log-bilinear model of text.

mod gradient;

use crate::ModelError;
use crate::number::{self, at};
use crate::random::Draws;
use gwg_core::{Categorical, Delta, Move, Multilinear, Real, Space, Target, math};
use gwg_linalg::Scalar;

/// The log-bilinear model of text: each pair of words within a window interacts through their embeddings.
///
/// `f(x) = sum_t b[x_t] + sum_t sum_{k=1..window} r[x_{t-k}]' C_k r[x_t]`, without the terms with `t < k`; `r` has
/// one row of `dim` numbers per word, and `C_k` has shape (dim, dim). Up to 65,536 words. After A. Mnih and G.
/// Hinton, "Three New Graphical Models for Statistical Language Modelling", ICML 2007, but normalized over whole
/// texts instead of word by word.
///
/// # Memory and cost
/// With `V` words: `2 window V dim` numbers for the products `C_k' r[a]` and `C_k r[a]`, plus the parameters. An
/// evaluation takes one matrix product, (sites, dim) by (dim, V); after a move, only the rows of the sites within its
/// window are computed. An exact difference takes `dim` operations.
#[derive(Clone, Debug)]
pub struct LogBilinear<R> {
    space: Categorical<u16>,
    dim: usize,
    window: usize,
    /// `r`, shape (V, dim).
    embedding: Vec<R>,
    bias: Vec<R>,
    /// `C_k' r[a]`, shape (window, V, dim): the contribution of a word to the context of the word `k` places after it.
    after: Vec<R>,
    /// `C_k r[a]`, shape (window, V, dim): its contribution to that of the word `k` places before it.
    before: Vec<R>,
}

impl<R: Scalar> LogBilinear<R> {
    /// Creates the model of texts of `sites` words, with `embedding` of shape (words, dim), `interaction` of shape
    /// (window, dim, dim), and `bias` of shape (words), row-major.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] unless there are at least two sites, one dimension and a window of one;
    /// [`ModelError::Space`] unless `2 <= words <= 65536`; [`ModelError::Length`] if the numbers of entries do not
    /// match; [`ModelError::NotFinite`] with the first such entry.
    pub fn new(
        sites: usize,
        (window, dim): (usize, usize),
        embedding: Vec<R>,
        interaction: &[R],
        bias: Vec<R>,
    ) -> Result<Self, ModelError> {
        at_least("sites", sites, 2)?;
        at_least("dim", dim, 1)?;
        at_least("window", window, 1)?;
        let words = bias.len();
        let space = Categorical::wide(number::sites("sites", sites)?, words)?;
        number::has_shape("embedding", embedding.len(), &[words, dim])?;
        number::has_shape("interaction", interaction.len(), &[window, dim, dim])?;
        number::all_finite("embedding", &embedding, &[words, dim])?;
        number::all_finite("interaction", interaction, &[window, dim, dim])?;
        number::all_finite("bias", &bias, &[words])?;
        let mut model = Self {
            space,
            dim,
            window,
            after: number::zeros("after", &[window, words, dim])?,
            before: number::zeros("before", &[window, words, dim])?,
            embedding,
            bias,
        };
        model.multiply(interaction);
        Ok(model)
    }

    /// Creates a model with embeddings drawn from `N(0, 1 / dim)`, interactions from `N(0, scale^2)`, and
    /// `bias[a] = -ln(a + 1)` (Zipf's law).
    ///
    /// A pair of words then contributes about `N(0, scale^2)` to `f`.
    ///
    /// # Errors
    /// Those of [`new`](Self::new), and [`ModelError::Parameter`] unless `scale` is finite and the model fits into memory.
    pub fn random(
        sites: usize,
        words: usize,
        (window, dim): (usize, usize),
        scale: f64,
        seed: u64,
    ) -> Result<Self, ModelError> {
        at_least("dim", dim, 1)?;
        Categorical::wide(number::sites("sites", sites)?, words)?;
        number::scalar::<R>("scale", scale)?;
        let mut embedding = number::zeros("embedding", &[words, dim])?;
        let mut interaction = number::zeros("interaction", &[window, dim, dim])?;
        let mut draws = Draws::new("log-bilinear", seed);
        let sd = 1.0 / (dim as f64).sqrt();
        embedding.fill_with(|| R::from_f64(sd * draws.normal()));
        interaction.fill_with(|| R::from_f64(scale * draws.normal()));
        let bias = (1..=words).map(|rank| R::from_f64(0.0 - Real::ln(rank as f64)));
        Self::new(
            sites,
            (window, dim),
            embedding,
            &interaction,
            bias.collect(),
        )
    }

    /// The number of words.
    #[must_use]
    pub fn words(&self) -> usize {
        self.bias.len()
    }

    /// The length of an embedding.
    #[must_use]
    pub const fn dim(&self) -> usize {
        self.dim
    }

    /// The largest distance between two words that interact.
    #[must_use]
    pub const fn window(&self) -> usize {
        self.window
    }

    /// The bias of every word.
    #[must_use]
    pub fn bias(&self) -> &[R] {
        &self.bias
    }

    /// The contribution to `f` of a pair of words, `second` being `distance` places after `first`; 0 for words or
    /// distances that do not exist.
    #[must_use]
    pub fn pair(&self, distance: usize, first: u16, second: u16) -> R {
        math::dot(
            self.product(&self.after, distance, first),
            self.embedding(second),
        )
    }

    fn multiply(&mut self, interaction: &[R]) {
        let (words, dim) = (self.words(), self.dim);
        let products = self
            .after
            .chunks_exact_mut(words * dim)
            .zip(self.before.chunks_exact_mut(words * dim));
        for ((after, before), c) in products.zip(interaction.chunks_exact(dim * dim)) {
            let rows = after
                .chunks_exact_mut(dim)
                .zip(before.chunks_exact_mut(dim));
            for ((after, before), r) in rows.zip(self.embedding.chunks_exact(dim)) {
                for ((row, &r_i), before) in c.chunks_exact(dim).zip(r).zip(before) {
                    *before = math::dot(row, r);
                    for (after, &c) in after.iter_mut().zip(row) {
                        *after += c * r_i;
                    }
                }
            }
        }
    }

    /// Row `[distance - 1, word]` of `after` or `before`.
    #[inline(always)]
    fn product<'p>(&self, products: &'p [R], distance: usize, word: u16) -> &'p [R] {
        let row = distance
            .wrapping_sub(1)
            .saturating_mul(self.words())
            .saturating_add(word.into());
        let start = row.saturating_mul(self.dim);
        let row = products.get(start..start.saturating_add(self.dim));
        row.unwrap_or(&[])
    }

    #[inline(always)]
    fn embedding(&self, word: u16) -> &[R] {
        let start = usize::from(word) * self.dim;
        self.embedding.get(start..start + self.dim).unwrap_or(&[])
    }

    /// Writes `h_t = sum_k C_k' r[x_{t-k}] + sum_k C_k r[x_{t+k}]`, so that word `a` at site `t` has slope `b[a] + r[a].h_t`.
    #[inline(always)]
    fn context(&self, x: &[u16], t: usize, h: &mut [R]) {
        h.fill(R::ZERO);
        for k in 1..=self.window {
            let earlier = t.checked_sub(k).and_then(|s| x.get(s));
            let later = x.get(t + k);
            for (products, word) in [(&self.after, earlier), (&self.before, later)] {
                let Some(&word) = word else { continue };
                for (h, &p) in h.iter_mut().zip(self.product(products, k, word)) {
                    *h += p;
                }
            }
        }
    }

    /// The sites whose context a move at `site` changes, and `site` itself.
    #[inline]
    fn around(&self, site: usize) -> std::ops::Range<usize> {
        site.saturating_sub(self.window)..(site + self.window + 1).min(self.space.sites())
    }
}

fn at_least(name: &'static str, found: usize, least: usize) -> Result<(), ModelError> {
    if found >= least {
        return Ok(());
    }
    Err(ModelError::Parameter {
        name,
        found: found.to_string(),
        allowed: if least == 1 { "1 or more" } else { "2 or more" },
    })
}

impl<R: Scalar> Target for LogBilinear<R> {
    type Real = R;
    type Space = Categorical<u16>;

    #[inline]
    fn space(&self) -> &Categorical<u16> {
        &self.space
    }

    fn log_prob(&self, x: &[u16]) -> f64 {
        let mut f = 0.0;
        for (t, &word) in x.iter().enumerate() {
            f += at(&self.bias, word.into()).to_f64();
            for k in 1..=self.window.min(t) {
                let earlier = x.get(t - k).copied().unwrap_or(0);
                f += self.pair(k, earlier, word).to_f64();
            }
        }
        f
    }
}

/// Caches the contexts of all sites, shape (sites, dim).
impl<R: Scalar> Delta for LogBilinear<R> {
    fn cache_len(&self) -> usize {
        self.space.sites() * self.dim
    }

    fn init_cache(&self, x: &[u16], cache: &mut [R]) -> f64 {
        for (t, h) in cache.chunks_exact_mut(self.dim).enumerate() {
            self.context(x, t, h);
        }
        self.log_prob(x)
    }

    #[inline(always)]
    fn delta(&self, _: &[u16], cache: &[R], mv: Move) -> R {
        let start = mv.site * self.dim;
        let h = cache.get(start..start + self.dim).unwrap_or(&[]);
        let slope = |word: u16| at(&self.bias, word.into()) + math::dot(self.embedding(word), h);
        slope(mv.to) - slope(mv.from)
    }

    fn update(&self, x: &[u16], cache: &mut [R], mv: Move) {
        for t in self.around(mv.site) {
            if let Some(h) = cache.get_mut(t * self.dim..(t + 1) * self.dim) {
                self.context(x, t, h);
            }
        }
    }
}

impl<R: Scalar> Multilinear for LogBilinear<R> {}
