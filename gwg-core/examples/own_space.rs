//! A custom space: every site has one of several real values, for example the doses 0, 1, 3 and 10.
//!
//! The trait `Space` is open. A space defines the number of symbols of a site, the indices of its moves, and the
//! conversion of a gradient in its own encoding to first-order differences. Not open are the type of a symbol (`u8`
//! or `u16`), and the rule that a site has either one move or one per symbol, by which kernels compute the index of a
//! move.

use gwg_core::check::{TransitionMatrix, gradient, multilinear};
use gwg_core::*;

#[derive(Clone)]
struct Doses<'a> {
    sites: usize,
    values: &'a [f64],
}

impl Doses<'_> {
    fn value(&self, symbol: u16) -> f64 {
        self.values[usize::from(symbol)]
    }
}

impl Space for Doses<'_> {
    type Symbol = u8;

    fn sites(&self) -> usize {
        self.sites
    }
    fn states(&self) -> usize {
        self.values.len()
    }
    fn moves(&self) -> usize {
        self.sites * self.values.len()
    }
    /// A site has one move per symbol; that to its own symbol is idle.
    fn decode(&self, x: &[u8], m: usize) -> Move {
        let (site, to) = (m / self.values.len(), (m % self.values.len()) as u16);
        Move {
            site,
            from: x.get(site).map_or(to, |&s| s.into()),
            to,
        }
    }
    fn undo(&self, _: usize, mv: Move) -> usize {
        self.first_move(mv.site) + usize::from(mv.from)
    }
    fn first_move(&self, site: usize) -> usize {
        site * self.values.len()
    }
    /// One number per site: the derivative with respect to its value.
    fn gradient_len(&self) -> usize {
        self.sites
    }
    /// In place, from the last site on, so that no number is overwritten before it is read.
    fn differences<R: Real>(&self, x: &[u8], gradient: &mut [R]) {
        for site in (0..self.sites).rev() {
            let slope = gradient[site];
            for to in (0..self.values.len()).rev() {
                let step = self.value(to as u16) - self.value(x[site].into());
                gradient[self.first_move(site) + to] = slope * R::from_f64(step);
            }
        }
    }
    fn mask<R: Real>(&self, x: &[u8], weight: &mut [R]) {
        for (site, &symbol) in x.iter().enumerate() {
            weight[self.first_move(site) + usize::from(symbol)] = R::ZERO;
        }
    }
}

/// The effects of neighboring doses interact: `f = sum_i 0.2 v_i - sum_i 0.05 v_i v_(i+1)`.
struct Effect<'a>(Doses<'a>);

impl<'a> Target for Effect<'a> {
    type Real = f64;
    type Space = Doses<'a>;
    fn space(&self) -> &Doses<'a> {
        &self.0
    }
    fn log_prob(&self, x: &[u8]) -> f64 {
        let v: Vec<f64> = x.iter().map(|&s| self.0.value(s.into())).collect();
        0.2 * v.iter().sum::<f64>() - 0.05 * v.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>()
    }
}

impl Gradient for Effect<'_> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        let v = |site: usize| x.get(site).map_or(0.0, |&s| self.0.value(s.into()));
        for (site, g) in gradient.iter_mut().enumerate() {
            *g = 0.2 - 0.05 * (v(site.wrapping_sub(1)) + v(site + 1));
        }
        self.log_prob(x)
    }
}

impl Delta for Effect<'_> {
    fn delta(&self, x: &[u8], _: &[f64], mv: Move) -> f64 {
        let mut y = x.to_vec();
        mv.apply(&mut y);
        self.log_prob(&y) - self.log_prob(x)
    }
}

impl Multilinear for Effect<'_> {}

fn main() {
    let model = Effect(Doses {
        sites: 4,
        values: &[0.0, 1.0, 3.0, 10.0],
    });
    gradient(&model, 3, 50, 1, 1e-12);
    multilinear(&model, 50, 2, 1e-12);
    TransitionMatrix::new(&Taylor(&model), &LocallyBalanced::gwg(), 1.0).assert_exact(true, 1e-12);
    TransitionMatrix::new(&model, &Gibbs { scan: Scan::Random }, 1.0).assert_exact(true, 1e-12);
    println!("conformance passes, and two kernels are exact on a space of one's own");
}

#[test]
fn it_runs() {
    main();
}
