//! Two targets as in firmware: parameters in flash, no cache, and so few distinct differences that they are looked up
//! in a table.

use gwg_core::{
    AffectedMoves, Binary, Categorical, Delta, Gradient, Leveled, Levels, Local, Move, Multilinear,
    Space, Target,
};

/// The states of a Potts spin.
pub const STATES: usize = 4;

/// Ising ring: `f = K sum_i s_i s_(i+1)`, `s = 2x - 1`.
pub struct IsingRing {
    space: Binary,
    coupling: f32,
    /// The difference of a flip, by the number of agreeing neighbors.
    difference: [f32; 3],
}

/// Potts ring: `f = K sum_i [x_i = x_(i+1)]`.
pub struct PottsRing {
    space: Categorical,
    coupling: f32,
    /// `-2 K` to `2 K`: the difference, by the increase in the number of agreeing neighbors plus 2.
    difference: [f32; 5],
}

fn neighbors(sites: usize, i: usize) -> [usize; 2] {
    let left = if i == 0 { sites - 1 } else { i - 1 };
    let right = if i + 1 == sites { 0 } else { i + 1 };
    [left, right]
}

fn symbol(x: &[u8], i: usize) -> u8 {
    x.get(i).copied().unwrap_or(0)
}

impl IsingRing {
    /// The number of differences that a flip changes.
    pub const TOUCHED: usize = 3;

    pub const fn new(space: Binary, coupling: f32) -> Self {
        let d = 4.0 * coupling;
        Self {
            space,
            coupling,
            difference: [d, 0.0, -d],
        }
    }

    /// The number of neighbors of a site that have its symbol.
    fn agreeing(&self, x: &[u8], site: usize) -> usize {
        let own = symbol(x, site);
        let [left, right] = neighbors(self.space.sites(), site);
        usize::from(symbol(x, left) == own) + usize::from(symbol(x, right) == own)
    }

    /// `f`, from twice the number of agreeing bonds: each bond contributes `K` if its ends agree, otherwise `-K`.
    fn value(&self, twice: usize) -> f64 {
        f64::from(self.coupling * (twice as i32 - self.space.sites() as i32) as f32)
    }

    /// Writes `df/dx`, and returns the number of agreeing bonds.
    // One copy of the code.
    #[inline(never)]
    fn gradient(&self, x: &[u8], gradient: &mut [f32]) -> usize {
        let [first, last] = [0, x.len().wrapping_sub(1)].map(|i| symbol(x, i));
        let [second, last_but_one] = [1, x.len().wrapping_sub(2)].map(|i| symbol(x, i));
        let agree = |a: u8, b: u8| usize::from(a == b);
        // df/dx_i is the difference of a flip from 0 to 1, after which the neighbors that are 0 no longer agree.
        let flip = |left: u8, right: u8| {
            let zeros = 2u8.wrapping_sub(left.wrapping_add(right));
            self.difference
                .get(usize::from(zeros))
                .copied()
                .unwrap_or(0.0)
        };
        let mut agreeing = agree(last, first) + agree(first, second);
        if let [front, inner @ .., back] = gradient {
            (*front, *back) = (flip(last, second), flip(last_but_one, first));
            for (g, sites) in inner.iter_mut().zip(x.windows(3)) {
                if let &[left, own, right] = sites {
                    *g = flip(left, right);
                    agreeing += agree(own, right);
                }
            }
        }
        agreeing
    }

    fn flip(&self, x: &[u8], site: usize) -> f32 {
        self.difference
            .get(self.agreeing(x, site))
            .copied()
            .unwrap_or(0.0)
    }
}

impl Target for IsingRing {
    type Real = f32;
    type Space = Binary;

    fn space(&self) -> &Binary {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        self.value((0..self.space.sites()).map(|i| self.agreeing(x, i)).sum())
    }
}

impl Gradient for IsingRing {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f32], _: &mut [f32]) -> f64 {
        self.value(2 * self.gradient(x, gradient))
    }
}

impl Delta for IsingRing {
    fn delta(&self, x: &[u8], _: &[f32], mv: Move) -> f32 {
        self.flip(x, mv.site)
    }
}

impl Local for IsingRing {
    fn max_affected(&self) -> usize {
        Self::TOUCHED
    }

    #[inline(always)]
    fn update_affected(
        &self,
        x: &[u8],
        _: &mut [f32],
        mv: Move,
        affected: &mut AffectedMoves<'_, f32>,
    ) {
        let [left, right] = neighbors(self.space.sites(), mv.site);
        for site in [left, mv.site, right] {
            affected.push(site, self.flip(x, site));
        }
    }
}

impl Multilinear for IsingRing {}

impl Leveled for IsingRing {
    fn levels(&self) -> usize {
        self.difference.len()
    }

    fn level_difference(&self, level: usize) -> f32 {
        self.difference
            .get(level)
            .copied()
            .unwrap_or(f32::NEG_INFINITY)
    }

    fn level(&self, x: &[u8], m: usize) -> usize {
        self.agreeing(x, m)
    }

    #[inline(always)]
    fn relevel(&self, x: &[u8], levels: &mut Levels<'_>, mv: Move) {
        let sites = self.space.sites();
        let [mut site, _] = neighbors(sites, mv.site);
        for _ in 0..3 {
            levels.set_level(site, self.agreeing(x, site));
            [_, site] = neighbors(sites, site);
        }
    }
}

impl PottsRing {
    /// The number of differences that a move changes: those of its own site and of two neighbors, without the idle moves.
    pub const TOUCHED: usize = 3 * (STATES - 1);

    pub const fn new(space: Categorical, coupling: f32) -> Self {
        let (one, two) = (coupling, 2.0 * coupling);
        Self {
            space,
            coupling,
            difference: [-two, -one, 0.0, one, two],
        }
    }
}

impl Target for PottsRing {
    type Real = f32;
    type Space = Categorical;

    fn space(&self) -> &Categorical {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let sites = self.space.sites();
        let agree = |i| usize::from(symbol(x, i) == symbol(x, neighbors(sites, i)[1]));
        let agreeing: usize = (0..sites).map(agree).sum();
        f64::from(self.coupling * agreeing as f32)
    }
}

impl Gradient for PottsRing {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f32], _: &mut [f32]) -> f64 {
        for (i, row) in gradient.chunks_exact_mut(STATES).enumerate() {
            row.fill(0.0);
            for site in neighbors(self.space.sites(), i) {
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
        let mut more = 2;
        for site in neighbors(self.space.sites(), mv.site) {
            let s = u16::from(symbol(x, site));
            more = more + usize::from(s == mv.to) - usize::from(s == mv.from);
        }
        self.difference.get(more).copied().unwrap_or(0.0)
    }
}

impl Local for PottsRing {
    fn max_affected(&self) -> usize {
        Self::TOUCHED
    }

    #[inline(always)]
    fn update_affected(
        &self,
        x: &[u8],
        cache: &mut [f32],
        mv: Move,
        affected: &mut AffectedMoves<'_, f32>,
    ) {
        let [left, right] = neighbors(self.space.sites(), mv.site);
        for site in [left, mv.site, right] {
            let from = u16::from(symbol(x, site));
            for to in (0..STATES as u16).filter(|&to| to != from) {
                let m = self.space.first_move(site) + usize::from(to);
                affected.push(m, self.delta(x, cache, Move { site, from, to }));
            }
        }
    }
}

impl Multilinear for PottsRing {}
