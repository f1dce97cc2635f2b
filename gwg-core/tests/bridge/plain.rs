//! The sum as a separate target, without fast paths.

use gwg_core::*;

pub(crate) struct Plain<'t, A, B> {
    pub(crate) first: &'t A,
    pub(crate) second: &'t B,
    pub(crate) weights: [f64; 2],
}

impl<A, B> Target for Plain<'_, A, B>
where
    A: Target<Real = f64>,
    A::Space: Space<Symbol = u8>,
    B: Target<Real = f64, Space = A::Space>,
{
    type Real = f64;
    type Space = A::Space;

    fn space(&self) -> &A::Space {
        self.first.space()
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let [a, b] = self.weights;
        a * self.first.log_prob(x) + b * self.second.log_prob(x)
    }
}

impl<A, B> Gradient for Plain<'_, A, B>
where
    A: Gradient<Real = f64>,
    A::Space: Space<Symbol = u8>,
    B: Gradient<Real = f64, Space = A::Space>,
{
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        let gradient_of = |target: &dyn Fn(&mut [f64], &mut [f64]), scratch| {
            let mut gradient = vec![0.0; self.space().gradient_len()];
            target(&mut gradient, &mut vec![0.0; scratch]);
            gradient
        };
        let (first, second) = (self.first, self.second);
        let one = gradient_of(
            &|g, s| _ = first.value_and_gradient(x, g, s),
            first.gradient_scratch_len(1),
        );
        let two = gradient_of(
            &|g, s| _ = second.value_and_gradient(x, g, s),
            second.gradient_scratch_len(1),
        );
        for (g, (one, two)) in gradient.iter_mut().zip(one.iter().zip(two)) {
            *g = self.weights[0] * one + self.weights[1] * two;
        }
        self.log_prob(x)
    }
}

impl<A, B> Delta for Plain<'_, A, B>
where
    A: Target<Real = f64>,
    A::Space: Space<Symbol = u8>,
    B: Target<Real = f64, Space = A::Space>,
{
    fn delta(&self, x: &[u8], _: &[f64], mv: Move) -> f64 {
        let mut y = x.to_vec();
        mv.apply(&mut y);
        self.log_prob(&y) - self.log_prob(x)
    }
}
