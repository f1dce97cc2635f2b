//! One type for all spaces.

use crate::{Binary, Categorical, Mixed, Move, Ordinal, Real, Space};

/// Any of the spaces without observed sites, as one type: a test compiles a kernel once for all of them, not once for each.
#[derive(Clone, Copy, Debug)]
pub enum Alphabet {
    /// Two states.
    Binary(Binary),
    /// So many states, the same at each site.
    Categorical(Categorical),
    /// Integers.
    Ordinal(Ordinal),
    /// A number of states of its own at each site.
    Mixed(Mixed<'static>),
}

/// The same call of whichever space it is.
macro_rules! ask {
    ($alphabet:expr, $space:ident => $call:expr) => {
        match $alphabet {
            Alphabet::Binary($space) => $call,
            Alphabet::Categorical($space) => $call,
            Alphabet::Ordinal($space) => $call,
            Alphabet::Mixed($space) => $call,
        }
    };
}

impl Space for Alphabet {
    fn sites(&self) -> usize {
        ask!(self, s => s.sites())
    }

    fn states(&self) -> usize {
        ask!(self, s => s.states())
    }

    fn moves(&self) -> usize {
        ask!(self, s => s.moves())
    }

    fn decode(&self, x: &[u8], m: usize) -> Move {
        ask!(self, s => s.decode(x, m))
    }

    fn undo(&self, m: usize, mv: Move) -> usize {
        ask!(self, s => s.undo(m, mv))
    }

    fn first_move(&self, site: usize) -> usize {
        ask!(self, s => s.first_move(site))
    }

    fn differences<R: Real>(&self, x: &[u8], gradient: &mut [R]) {
        ask!(self, s => s.differences(x, gradient));
    }

    fn mask<R: Real>(&self, x: &[u8], weight: &mut [R]) {
        ask!(self, s => s.mask(x, weight));
    }

    fn squared_length(&self) -> Option<f64> {
        ask!(self, s => s.squared_length())
    }

    fn each_move(&self, x: &[u8], visit: impl FnMut(Move)) {
        ask!(self, s => s.each_move(x, visit));
    }

    fn gradient_len(&self) -> usize {
        ask!(self, s => s.gradient_len())
    }

    fn states_at(&self, site: usize) -> usize {
        ask!(self, s => s.states_at(site))
    }

    fn site_of(&self, m: usize) -> usize {
        ask!(self, s => s.site_of(m))
    }

    fn observed(&self, site: usize) -> Option<u8> {
        ask!(self, s => s.observed(site))
    }

    fn is_free(&self, site: usize) -> bool {
        ask!(self, s => s.is_free(site))
    }

    fn free(&self) -> usize {
        ask!(self, s => s.free())
    }

    fn free_site(&self, k: usize) -> usize {
        ask!(self, s => s.free_site(k))
    }

    fn contains(&self, x: &[u8]) -> bool {
        ask!(self, s => s.contains(x))
    }
}
