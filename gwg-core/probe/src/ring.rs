//! Two targets such as firmware would have: parameters in flash, no memory of their own.

use gwg_core::{
    Binary, Categorical, Delta, Gradient, Local, Move, Multilinear, Real, Space, Target,
};

/// Ising ring: `f = K sum_i s_i s_(i+1) + h sum_i s_i`, `s = 2x - 1`.
pub struct IsingRing {
    pub space: Binary,
    pub coupling: f32,
    pub field: f32,
}

/// Potts ring: `f = K sum_i [x_i = x_(i+1)]`.
pub struct PottsRing {
    pub space: Categorical,
    pub coupling: f32,
}

fn neighbours(sites: usize, i: usize) -> (usize, usize) {
    let left = if i == 0 { sites - 1 } else { i - 1 };
    let right = if i + 1 == sites { 0 } else { i + 1 };
    (left, right)
}

fn symbol(x: &[u8], i: usize) -> u8 {
    x.get(i).copied().unwrap_or(0)
}

fn spin(x: &[u8], i: usize) -> f32 {
    if symbol(x, i) == 0 { -1.0 } else { 1.0 }
}

impl Target for IsingRing {
    type Real = f32;
    type Space = Binary;

    fn space(&self) -> &Binary {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let mut f = 0.0;
        for i in 0..self.space.sites() {
            let (_, right) = neighbours(self.space.sites(), i);
            f += spin(x, i) * (self.coupling * spin(x, right) + self.field);
        }
        f.to_f64()
    }
}

impl Delta for IsingRing {
    fn delta(&self, x: &[u8], _: &[f32], mv: Move) -> f32 {
        let (left, right) = neighbours(self.space.sites(), mv.site);
        -2.0 * spin(x, mv.site) * (self.coupling * (spin(x, left) + spin(x, right)) + self.field)
    }
}

impl Local for IsingRing {
    fn max_touched(&self) -> usize {
        3
    }

    fn touched(&self, x: &[u8], memory: &[f32], mv: Move, mut visit: impl FnMut(usize, f32)) {
        let (left, right) = neighbours(self.space.sites(), mv.site);
        for site in [left, mv.site, right] {
            visit(site, self.delta(x, memory, self.space.decode(x, site)));
        }
    }
}

impl Multilinear for IsingRing {}

impl Target for PottsRing {
    type Real = f32;
    type Space = Categorical;

    fn space(&self) -> &Categorical {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let mut f = 0.0;
        for i in 0..self.space.sites() {
            let (_, right) = neighbours(self.space.sites(), i);
            if symbol(x, i) == symbol(x, right) {
                f += self.coupling;
            }
        }
        f.to_f64()
    }
}

impl Gradient for PottsRing {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f32]) -> f64 {
        for (i, row) in gradient.chunks_exact_mut(self.space.states()).enumerate() {
            let (left, right) = neighbours(self.space.sites(), i);
            row.fill(0.0);
            for site in [left, right] {
                if let Some(g) = row.get_mut(usize::from(symbol(x, site))) {
                    *g += self.coupling;
                }
            }
        }
        self.log_prob(x)
    }
}

impl Delta for PottsRing {
    fn delta(&self, x: &[u8], _: &[f32], mv: Move) -> f32 {
        let (left, right) = neighbours(self.space.sites(), mv.site);
        let mut d = 0.0;
        for site in [left, right] {
            let s = symbol(x, site);
            d += f32::from(s == mv.to) * self.coupling - f32::from(s == mv.from) * self.coupling;
        }
        d
    }
}
