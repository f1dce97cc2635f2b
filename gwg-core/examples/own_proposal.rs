//! A custom proposal: one move by Gibbs-With-Gradients or, with a small probability, a uniform move, so that every
//! move remains possible if the gradient is misleading.
//!
//! `Informed` turns it into a Metropolis-Hastings kernel, with evaluations, acceptance, tuning and batches. A
//! proposal defines how a path of moves is drawn from one evaluation, and with which probability.

use gwg_core::check::{Draws, TransitionMatrix};
use gwg_core::kernel::informed::{Drawn, Proposal, ProposalContext};
use gwg_core::neighborhood::Evaluation;
use gwg_core::*;

struct Defensive {
    /// The probability of a uniform move.
    uniform: f64,
}

/// The moves that are not idle.
fn moves<S: Space, R>(at: &ProposalContext<'_, S, R>) -> impl Iterator<Item = usize> {
    (0..at.space.moves()).filter(|&m| !at.space.decode(at.x, m).is_idle())
}

impl Proposal for Defensive {
    /// There is no tuning parameter.
    fn start(&self) -> Option<f64> {
        None
    }

    fn range<S: Space>(&self, _: &S) -> (f64, f64) {
        (1.0, 1.0)
    }

    /// Weights `sqrt(exp(beta d))` of all moves, and their sums.
    fn weigh<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        _: &mut [R],
    ) {
        evaluation.weigh(at.space, at.x, &Sqrt, at.beta);
    }

    fn draw<S: Space, R: Real, B: Bits + ?Sized>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        _: &mut [R],
        path: &mut [u32],
        bits: &mut B,
    ) -> (usize, usize) {
        let drawn = if bits.unit::<f64>() < self.uniform {
            let count = moves(at).count();
            moves(at).nth(bits.below(count))
        } else {
            evaluation.pick(bits)
        };
        match (drawn, path.first_mut()) {
            (Some(m), Some(slot)) => {
                *slot = m as u32;
                (1, 1)
            }
            _ => (0, 1),
        }
    }

    fn log_prob<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut Evaluation<'_, R>,
        _: &mut [R],
        drawn: Drawn<'_>,
    ) -> f64 {
        let Some(&m) = drawn.path.first() else {
            return 0.0;
        };
        let informed = evaluation
            .log_probability(&Sqrt, at.beta, m as usize)
            .to_f64();
        let uniform = self.uniform / moves(at).count() as f64;
        Real::ln((1.0 - self.uniform) * Real::exp(informed) + uniform)
    }
}

/// For the proof below: every path that can be drawn.
impl Draws for Defensive {
    fn paths<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        visit: &mut dyn FnMut(Drawn<'_>),
    ) {
        moves(at).for_each(|m| {
            visit(Drawn {
                path: &[m as u32],
                intended: 1,
            });
        });
    }
}

/// Four sites of three states; the gradient is intentionally wrong.
struct Misled(Categorical);

impl Target for Misled {
    type Real = f64;
    type Space = Categorical;
    fn space(&self) -> &Categorical {
        &self.0
    }
    fn log_prob(&self, x: &[u8]) -> f64 {
        x.windows(2).filter(|pair| pair[0] == pair[1]).count() as f64 - 0.3 * f64::from(x[0])
    }
}

impl Gradient for Misled {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        (0..)
            .zip(gradient)
            .for_each(|(k, g)| *g = f64::from(k % 5) - 2.0);
        self.log_prob(x)
    }
}

fn main() -> Result<(), Error> {
    let target = Taylor(Misled(Categorical::new(4, 3)?));
    let kernel = Informed::new(Defensive { uniform: 0.1 });
    // The whole transition matrix: rows sum to one, exp(f) is invariant, detailed balance holds, every state can be reached.
    let matrix = TransitionMatrix::new(&target, &kernel, 1.0);
    matrix.assert_exact(true, 1e-12);
    println!(
        "exact on all {} states; it moves with probability {:.2}",
        matrix.states,
        matrix.measure().mean_move
    );
    Ok(())
}

#[test]
fn it_runs() -> Result<(), Error> {
    main()
}
