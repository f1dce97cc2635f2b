//! A sigmoid belief network as a model: values, gradients, exact differences.

use super::{Layer, SigmoidBelief};
use crate::latent::{at, symbol};
use gwg_core::target::AffectedMoves;
use gwg_core::{Binary, Delta, Gradient, Local, Move, Real, Space, Target, math};
use gwg_linalg::Scalar;
use std::ops::Range;

impl<R: Scalar> SigmoidBelief<R> {
    /// The layer of a site.
    #[inline(always)]
    fn layer_of(&self, site: usize) -> usize {
        let below = |layer: &&Layer| layer.sites.end <= site;
        self.layers.iter().take_while(below).count()
    }

    /// The units below a unit, and its weights to them; `None` for a visible unit.
    #[inline(always)]
    fn children(&self, site: usize) -> Option<(Range<usize>, &[R])> {
        let below = self.layers.get(self.layer_of(site).checked_sub(1)?)?;
        let row = self.row(below, site - below.sites.end);
        Some((below.sites.clone(), row))
    }
}

/// 1 for a move to 1, otherwise -1.
#[inline(always)]
fn direction<R: Real>(mv: Move) -> R {
    if mv.to == 0 { -R::ONE } else { R::ONE }
}

/// `sum_i [x_i a_i - softplus(a_i)]`.
fn value<R: Real>(x: &[u8], a: &[R]) -> f64 {
    let units = x.iter().zip(a);
    let term = |(&x, a): (&u8, &R)| {
        let a = a.to_f64();
        -(if x == 0 { a } else { -a }).softplus()
    };
    units.map(term).sum()
}

impl<R: Scalar> Target for SigmoidBelief<R> {
    type Real = R;
    type Space = Binary;

    #[inline]
    fn space(&self) -> &Binary {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let mut a = vec![0.0; self.space.sites()];
        self.activate(x, R::to_f64, &mut a);
        value(x, &a)
    }
}

/// `df/dx_j = a_j + sum_i W_ji (x_i - sigmoid(a_i))` over the units `i` below.
impl<R: Scalar> Gradient for SigmoidBelief<R> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [R], scratch: &mut [R]) -> f64 {
        let sites = self.space.sites();
        let Some(a) = scratch.get_mut(..sites) else {
            return f64::NAN;
        };
        self.activate(x, |w| w, a);
        let f = value(x, a);
        gradient.iter_mut().zip(&*a).for_each(|(g, &a)| *g = a);
        for (a, &x) in a.iter_mut().zip(x) {
            *a = R::from_byte(x) - a.sigmoid();
        }
        for layer in &self.layers {
            let rest = a.get(layer.sites.clone()).unwrap_or(&[]);
            let above = gradient.iter_mut().skip(layer.sites.end).take(layer.above);
            for (j, g) in above.enumerate() {
                *g += math::dot(self.row(layer, j), rest);
            }
        }
        f
    }

    fn gradient_scratch_len(&self, _: usize) -> usize {
        self.space.sites()
    }
}

/// The cache has the pre-activations of all units, then their `softplus`.
impl<R: Scalar> Delta for SigmoidBelief<R> {
    fn cache_len(&self) -> usize {
        2 * self.space.sites()
    }

    fn init_cache(&self, x: &[u8], cache: &mut [R]) -> f64 {
        if let Some((a, softplus)) = cache.split_at_mut_checked(self.space.sites()) {
            self.activate(x, |w| w, a);
            math::softplus_slice(a, softplus);
        }
        self.log_prob(x)
    }

    #[inline(always)]
    fn delta(&self, x: &[u8], cache: &[R], mv: Move) -> R {
        if mv.is_idle() {
            return R::ZERO;
        }
        let up = direction::<R>(mv);
        let mut d = up * at(cache, mv.site);
        let Some((below, row)) = self.children(mv.site) else {
            return d;
        };
        let part = |start: usize| cache.get(start + below.start..start + below.end);
        let (a, softplus) = (part(0), part(self.space.sites()));
        let known = a.unwrap_or(&[]).iter().zip(softplus.unwrap_or(&[]));
        let units = row.iter().zip(known).zip(x.get(below).unwrap_or(&[]));
        for ((&w, (&a, &softplus)), &x) in units {
            let change = up * w;
            d += R::from_byte(x) * change + (softplus - (a + change).softplus());
        }
        d
    }

    #[inline(always)]
    fn update(&self, _: &[u8], cache: &mut [R], mv: Move) {
        let Some((below, row)) = self.children(mv.site).filter(|_| !mv.is_idle()) else {
            return;
        };
        let up = direction::<R>(mv);
        let Some((a, softplus)) = cache.split_at_mut_checked(self.space.sites()) else {
            return;
        };
        let a = a.get_mut(below.clone()).unwrap_or(&mut []);
        let softplus = softplus.get_mut(below).unwrap_or(&mut []);
        a.iter_mut().zip(row).for_each(|(a, &w)| *a += up * w);
        math::softplus_slice(a, softplus);
    }
}

/// A move changes the differences of its own layer and of the layers next to it; those of its own layer only through units below.
impl<R: Scalar> Local for SigmoidBelief<R> {
    fn max_affected(&self) -> usize {
        let all = self
            .layers
            .windows(3)
            .map(|l| l[2].sites.end - l[0].sites.start);
        let two = self
            .layers
            .windows(2)
            .map(|l| l[1].sites.end - l[0].sites.start);
        all.chain(two).max().unwrap_or(0)
    }

    #[inline(always)]
    fn update_affected(
        &self,
        x: &[u8],
        cache: &mut [R],
        mv: Move,
        affected: &mut AffectedMoves<'_, R>,
    ) {
        if mv.is_idle() {
            return;
        }
        self.update(x, cache, mv);
        let l = self.layer_of(mv.site);
        let sites = |l: usize| self.layers.get(l).map_or(0..0, |layer| layer.sites.clone());
        let own = if l == 0 {
            mv.site..mv.site + 1
        } else {
            sites(l)
        };
        let below = l.checked_sub(1).map_or(0..0, sites);
        for site in below.chain(own).chain(sites(l + 1)) {
            let from = symbol(x, site) as u16;
            let mv = Move {
                site,
                from,
                to: 1 - from.min(1),
            };
            affected.push(site, self.delta(x, cache, mv));
        }
    }
}
