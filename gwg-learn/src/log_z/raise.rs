use super::anneal::Annealing;
use super::error::{LogZError, at_least, has_length};
use super::path::Start;
use super::weights::{LogMean, log_mean};
use gwg_core::SplitMix64;

impl Annealing<'_> {
    /// Scores rows of data by the law of the end points of annealing, by reverse annealed importance sampling (RAISE; Burda, Grosse and
    /// Salakhutdinov 2015): for each row `v` the logarithm of an unbiased estimate of `p_ann(v)`, the probability that a forward path
    /// (with a last move at `t = 1`) ends in `v`.
    ///
    /// From `copies` particles in `v`, moved down the levels: the mean of
    /// `exp(f_T(v)) prod_k exp(f_(k-1)(v_(k-1)) - f_k(v_(k-1))) / Z_0`, with `v_(k-1)` a step at level `k` from `v_k`. The kernels must be reversible.
    ///
    /// The mean of the scores over data **of the model** is at most the model's mean log-likelihood, whatever `log Z`; a single score may
    /// exceed its row's log-likelihood. It is a conservative score, not a bound per row.
    ///
    /// # Cost
    /// `rows copies (intervals + 1)` times that of a particle's steps at a level.
    ///
    /// # Errors
    /// Those of [`reverse`](Self::reverse), for the rows; [`LogZError::TooFew`] for fewer than two copies.
    pub fn raise(&self, rows: &[u8], copies: usize) -> Result<Vec<LogMean>, LogZError> {
        at_least("copies of a row", copies, 2)?;
        let sites = self.path.sites();
        has_length("rows of data", rows.len(), rows.len() / sites * sites)?;
        let starts: Vec<u8> = rows
            .chunks(sites)
            .flat_map(|row| std::iter::repeat_n(row, copies))
            .flatten()
            .copied()
            .collect();
        let seed = SplitMix64::mix(self.seed ^ 0x1f83_d9ab_fb41_bd6b);
        let descending = self.descending();
        let log_weights = self.run(Start::States(&starts), &descending, self.steps, seed)?;
        let tops = self.values_at_top(rows)?;
        let means = tops.iter().zip(log_weights.chunks_exact(copies));
        means
            .map(|(top, log_weights)| {
                let mean = log_mean(log_weights)?;
                let value = mean.value + top - self.path.log_z0();
                Ok(LogMean { value, ..mean })
            })
            .collect()
    }

    /// `f_1` of each row.
    fn values_at_top(&self, rows: &[u8]) -> Result<Vec<f64>, LogZError> {
        let blocks = self.path.particles(Start::States(rows), 1.0, self.seed)?;
        let parts = super::anneal::on_blocks(self.path, blocks, |block| {
            let mut values = vec![0.0; block.count()];
            block.values(1.0, &mut values)?;
            Ok(values)
        })?;
        Ok(parts.concat())
    }
}
