use super::{Function, Quantity};
use gwg_core::Symbol;
use gwg_core::space::hamming;

/// What a run has at hand when it records a draw.
pub(crate) struct Draw<'d, S> {
    pub(crate) x: &'d [S],
    pub(crate) log_prob: f64,
    pub(crate) reference: &'d [S],
}

impl<S: Symbol> Quantity<S> {
    /// True where the value depends on the states of two chains, which may belong to different threads.
    #[must_use]
    pub const fn needs_next_chain(&self) -> bool {
        matches!(self.function, Function::Overlap)
    }

    /// True where the value depends on `f`.
    pub(crate) const fn needs_log_prob(&self) -> bool {
        matches!(self.function, Function::LogProb | Function::EnergyPerSite)
    }

    /// The value at a draw; NaN where it [depends on two chains](Self::needs_next_chain).
    #[inline]
    pub(crate) fn of_draw(&self, draw: &Draw<'_, S>) -> f64 {
        let sites = draw.x.len() as f64;
        match &self.function {
            Function::LogProb => draw.log_prob,
            Function::Hamming => hamming(draw.x, draw.reference) as f64,
            Function::MeanSymbol => total(draw.x) / sites,
            Function::Magnetization => 2.0 * total(draw.x) / sites - 1.0,
            // 0 and not -0 where f is 0.
            Function::EnergyPerSite => 0.0 - draw.log_prob / sites,
            Function::Overlap => f64::NAN,
            Function::OfState(function) => function(draw.x),
        }
    }
}

/// The sum of all symbols, exact.
fn total<S: Symbol>(x: &[S]) -> f64 {
    // Blocks whose sums fit into 32 bits.
    let sum = |x: &[S]| {
        x.iter()
            .map(|symbol| u32::from(symbol.widen()))
            .sum::<u32>()
    };
    x.chunks(1 << 16).map(|x| u64::from(sum(x))).sum::<u64>() as f64
}

/// See [`Quantity`]; `states` is the largest number of states of a site, 2 or more.
pub(crate) fn overlap<S: Symbol>(x: &[S], y: &[S], states: usize) -> f64 {
    let (sites, states) = (x.len() as f64, states as f64);
    let equal = (x.len() - hamming(x, y)) as f64;
    (states * equal / sites - 1.0) / (states - 1.0)
}
