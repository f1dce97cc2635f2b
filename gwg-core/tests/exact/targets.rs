//! Small targets with random parameters that implement all target traits.

use gwg_core::*;

/// Two layers over the one-hot (or 0/1) encoding `z`: `f = sum b z + sum_j softplus(c_j + sum W z)`.
/// Not multilinear: first-order differences are approximate.
pub(crate) struct Soft<S> {
    pub(crate) space: S,
    bias: Vec<f64>,
    weights: Vec<Vec<f64>>,
    offset: Vec<f64>,
}

/// Pairwise couplings over the encoding `z`: `f = sum b z + sum_{k,l} J_kl z_k z_l`, without couplings within a site.
/// Multilinear, and local: site `i` is coupled to the next one on a ring.
pub(crate) struct Ring<S, R = f64> {
    pub(crate) space: S,
    bias: Vec<R>,
    coupling: Vec<R>,
}

/// How a configuration is encoded as a vector of `gradient_len()` numbers.
pub(crate) trait Encode: Space<Symbol = u8> {
    /// The largest number of entries per site: 1 if the symbol itself is the number, otherwise one-hot.
    fn width(&self) -> usize;

    /// Entry `a` of `site`.
    fn entry(&self, x: &[u8], site: usize, a: usize) -> f64 {
        if self.width() == 1 {
            f64::from(x[site])
        } else {
            f64::from(u8::from(usize::from(x[site]) == a))
        }
    }

    fn encode(&self, x: &[u8]) -> Vec<f64> {
        let entries = |site| match self.width() {
            1 => 1,
            _ => self.states_at(site),
        };
        (0..self.sites())
            .flat_map(|site| (0..entries(site)).map(move |a| (site, a)))
            .map(|(site, a)| self.entry(x, site, a))
            .collect()
    }
}

impl Encode for Binary {
    fn width(&self) -> usize {
        1
    }
}

impl Encode for Categorical {
    fn width(&self) -> usize {
        self.states()
    }
}

impl Encode for Ordinal {
    fn width(&self) -> usize {
        1
    }
}

impl Encode for Mixed<'_> {
    fn width(&self) -> usize {
        self.states()
    }
}

impl Encode for AnySpace<'_> {
    fn width(&self) -> usize {
        match self {
            Self::Binary(space) => space.width(),
            Self::Categorical(space) => space.width(),
            Self::Ordinal(space) => space.width(),
            Self::Mixed(space) => space.width(),
        }
    }
}

fn uniform(bits: &mut SplitMix64, scale: f64) -> f64 {
    scale * (2.0 * bits.unit::<f64>() - 1.0)
}

impl<S: Encode> Soft<S> {
    pub(crate) fn new(space: S, scale: f64, seed: u64) -> Self {
        let mut bits = SplitMix64::new(seed);
        let n = space.gradient_len();
        let hidden = 3;
        let mut draw = |len| {
            (0..len)
                .map(|_| uniform(&mut bits, scale))
                .collect::<Vec<_>>()
        };
        Self {
            space,
            bias: draw(n),
            weights: (0..hidden).map(|_| draw(n)).collect(),
            offset: draw(hidden),
        }
    }

    fn hidden(&self, z: &[f64]) -> Vec<f64> {
        let dot = |w: &Vec<f64>| w.iter().zip(z).map(|(a, b)| a * b).sum::<f64>();
        self.weights
            .iter()
            .zip(&self.offset)
            .map(|(w, c)| c + dot(w))
            .collect()
    }
}

impl<S: Encode> Target for Soft<S> {
    type Real = f64;
    type Space = S;

    fn space(&self) -> &S {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let z = self.space.encode(x);
        let linear: f64 = self.bias.iter().zip(&z).map(|(a, b)| a * b).sum();
        linear
            + self
                .hidden(&z)
                .iter()
                .map(|&h| Real::softplus(h))
                .sum::<f64>()
    }
}

impl<S: Encode> Gradient for Soft<S> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        let hidden = self.hidden(&self.space.encode(x));
        for (k, g) in gradient.iter_mut().enumerate() {
            *g = self.bias[k];
            for (w, &h) in self.weights.iter().zip(&hidden) {
                *g += w[k] * Real::sigmoid(h);
            }
        }
        self.log_prob(x)
    }
}

impl<S: Encode> Delta for Soft<S> {
    fn delta(&self, x: &[u8], _: &[f64], mv: Move) -> f64 {
        let mut y = x.to_vec();
        mv.apply(&mut y);
        self.log_prob(&y) - self.log_prob(x)
    }
}

impl<S: Encode, R: Real> Ring<S, R> {
    pub(crate) fn new(space: S, scale: f64, seed: u64) -> Self {
        let mut bits = SplitMix64::new(seed);
        let (n, k) = (space.sites(), space.width());
        let mut draw = |len| {
            (0..len)
                .map(|_| R::from_f64(uniform(&mut bits, scale)))
                .collect::<Vec<_>>()
        };
        Self {
            space,
            bias: draw(n * k),
            coupling: draw(n * k * k),
        }
    }

    /// The terms of `f` that depend on the symbol `a` at `site`, given the rest of `x`.
    fn local(&self, x: &[u8], site: usize, a: u16) -> R {
        let (n, k) = (self.space.sites(), self.space.width());
        let (left, right) = ((site + n - 1) % n, (site + 1) % n);
        // The entry of a symbol, and its number.
        let slot = |s: u16| match k {
            1 => (0, R::from_f64(f64::from(s))),
            _ => (usize::from(s), R::ONE),
        };
        let pair = |at: usize, a: u16, b: u16| {
            let ((a, za), (b, zb)) = (slot(a), slot(b));
            self.coupling[(at * k + a) * k + b] * za * zb
        };
        let (own, z) = slot(a);
        self.bias[site * k + own] * z
            + pair(left, x[left].into(), a)
            + pair(site, a, x[right].into())
    }
}

impl<S: Encode, R: Real> Target for Ring<S, R> {
    type Real = R;
    type Space = S;

    fn space(&self) -> &S {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let (n, k) = (self.space.sites(), self.space.width());
        let z = |site: usize, a: usize| self.space.entry(x, site, a);
        let mut f = 0.0;
        for i in 0..n {
            for a in 0..k {
                f += self.bias[i * k + a].to_f64() * z(i, a);
                for b in 0..k {
                    f += self.coupling[(i * k + a) * k + b].to_f64() * z(i, a) * z((i + 1) % n, b);
                }
            }
        }
        f
    }
}

impl<S: Encode, R: Real> Gradient for Ring<S, R> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [R], _: &mut [R]) -> f64 {
        if self.space.width() == 1 {
            for (site, g) in gradient.iter_mut().enumerate() {
                *g = self.local(x, site, 1) - self.local(x, site, 0);
            }
        } else {
            for (m, g) in gradient.iter_mut().enumerate() {
                let mv = self.space.decode(x, m);
                *g = self.local(x, mv.site, mv.to);
            }
        }
        self.log_prob(x)
    }
}

impl<S: Encode, R: Real> Delta for Ring<S, R> {
    fn delta(&self, x: &[u8], _: &[R], mv: Move) -> R {
        self.local(x, mv.site, mv.to) - self.local(x, mv.site, mv.from)
    }
}

impl<S: Encode, R: Real> Local for Ring<S, R> {
    fn max_affected(&self) -> usize {
        3 * self.space.states()
    }

    fn update_affected(
        &self,
        x: &[u8],
        cache: &mut [R],
        mv: Move,
        affected: &mut AffectedMoves<'_, R>,
    ) {
        let n = self.space.sites();
        let mut sites = vec![(mv.site + n - 1) % n, mv.site, (mv.site + 1) % n];
        sites.sort_unstable();
        sites.dedup();
        for site in sites {
            for m in self.space.first_move(site)..self.space.first_move(site + 1) {
                let other = self.space.decode(x, m);
                if other.from != other.to {
                    affected.push(m, self.delta(x, cache, other));
                }
            }
        }
    }
}

impl<S: Encode, R: Real> Multilinear for Ring<S, R> {}
