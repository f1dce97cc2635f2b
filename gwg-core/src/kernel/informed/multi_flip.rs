use super::proposal::{Drawn, Proposal, ProposalContext, moves_of};
use super::remaining::Remaining;
use crate::neighborhood::Evaluation;
use crate::neighborhood::Temperature;
use crate::{Balance, Bits, Error, Move, Real, Space, Sqrt};

/// GWG-n: `n` moves drawn *with* replacement from the proposal of [`LocallyBalanced`](crate::LocallyBalanced), all
/// made at once (the multi-flip sampler in the code of Grathwohl et al. 2021).
///
/// # Proposal
/// `q(m|x) = g(exp(2 beta d_m / tau)) / Z(x)`, and a sequence `m_1, .., m_n` with probability `prod_k q(m_k|x)`. A
/// site takes the value of the *first* of its draws.
///
/// # Reverse path
/// The same `n` draws with old and new values exchanged at each site: a draw of the value `y_i` that the site takes
/// becomes a draw of `x_i`; a draw of a third value stays the same. At `y`, the first draw of a site is then `x_i`,
/// no draw is of the current symbol, and exchanging twice gives the original sequence. This is an involution, so that
///
/// `min(1, exp(beta (f(y) - f(x))) prod_k q(m'_k|y) / prod_k q(m_k|x))`
///
/// is exactly reversible, with repeated draws counted repeatedly. With two states, both directions draw the same site
/// indices. Removing duplicates from the reverse path would be wrong (Grathwohl et al. do not).
///
/// # Tuning
/// The mean number of draws; between two integers, the larger is chosen with the probability of the fractional part.
/// At most `sites`.
///
/// # Cost
/// In addition to the evaluation: one exponential per move, and `O(log(moves / 32) + 32)` per draw.
#[derive(Clone, Copy, Debug)]
pub struct MultiFlip<G> {
    balance: G,
    temperature: Temperature,
    draws: f64,
}

impl MultiFlip<Sqrt> {
    /// Creates the proposal with `g = sqrt` and a mean of `draws` draws.
    ///
    /// # Errors
    /// [`Error::NotPositive`] unless `draws` is positive and finite.
    pub fn gwg(draws: f64) -> Result<Self, Error> {
        Self::new(Sqrt, draws)
    }
}

impl<G: Balance> MultiFlip<G> {
    /// Creates the proposal with the balancing function `balance` and a mean of `draws` draws; values below 1 are
    /// raised to 1.
    ///
    /// # Errors
    /// [`Error::NotPositive`] unless `draws` is positive and finite.
    pub fn new(balance: G, draws: f64) -> Result<Self, Error> {
        Ok(Self {
            balance,
            temperature: Temperature::TWO,
            draws: super::adapt::positive(draws, "draws")?,
        })
    }

    /// Sets the proposal temperature.
    ///
    /// # Errors
    /// [`Error::Temperature`] unless it is positive and finite.
    pub fn with_temperature(mut self, temperature: f64) -> Result<Self, Error> {
        self.temperature = Temperature::new(temperature)?;
        Ok(self)
    }
}

impl<G: Balance> Proposal for MultiFlip<G> {
    const REPEATS: bool = true;

    fn start(&self) -> Option<f64> {
        Some(self.draws)
    }

    fn range<S: Space>(&self, space: &S) -> (f64, f64) {
        (1.0, space.sites() as f64)
    }

    #[inline(always)]
    fn weigh<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        _: &mut [R],
    ) {
        let scale = self.temperature.scale(at.beta);
        evaluation.weigh(at.space, at.x, &self.balance, scale);
    }

    #[inline(always)]
    fn draw<S: Space, R: Real, B: Bits + ?Sized>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        scratch: &mut [R],
        path: &mut [u32],
        bits: &mut B,
    ) -> (usize, usize) {
        let whole = at.tuning as usize;
        let more = bits.unit::<f64>() < at.tuning - whole as f64;
        let intended = whole + usize::from(more);
        let mut all = Remaining::new(evaluation, scratch);
        let mut length = 0;
        for slot in path.iter_mut().take(intended) {
            let Some(m) = all.draw(bits) else { break };
            *slot = m as u32;
            length += 1;
        }
        (length, intended)
    }

    #[inline(always)]
    fn log_prob<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        _: &mut [R],
        drawn: Drawn<'_>,
    ) -> f64 {
        let scale = self.temperature.scale(at.beta);
        let one = |&m: &u32| evaluation.log_probability(&self.balance, scale, m as usize);
        drawn.path.iter().map(one).map(Real::to_f64).sum()
    }

    #[inline(always)]
    fn reverse_path<S: Space>(
        &self,
        space: &S,
        x: &mut [S::Symbol],
        path: &[u32],
        changes: &[Move],
        back: &mut [u32],
    ) -> bool {
        let mut known = true;
        // Changes are in the order of the draws that made them: only a draw that made none requires a search.
        let mut next = 0;
        for (slot, &m) in back.iter_mut().zip(path) {
            let mv = space.decode(x, m as usize);
            let own = |c: &&Move| c.site == mv.site;
            let first = changes.get(next).filter(own);
            next += usize::from(first.is_some());
            let Some(&change) = first.or_else(|| changes.iter().find(own)) else {
                return false;
            };
            let m = if mv.to == change.to {
                Some(space.undo(m as usize, change))
            } else {
                towards(space, x, change, mv.to)
            };
            known &= m.is_some();
            *slot = m.unwrap_or(0) as u32;
        }
        known
    }
}

/// The index, after `change`, of the move that sets its site to `value`.
#[cold]
fn towards<S: Space>(space: &S, x: &mut [S::Symbol], change: Move, value: u16) -> Option<usize> {
    change.apply(x);
    let found = moves_of(space, change.site).find(|&m| space.decode(x, m).to == value);
    change.revert(x);
    found
}
