//! A state of the core with the local field of each site.

use super::model::SpinModel;
use super::weight::Weight;
use gwg_core::{Bits, SplitMix64};

/// A spin and its local field, which a sweep reads together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site<W> {
    /// `h_i + sum_j J_ij s_j`.
    pub(crate) field: W,
    /// 1 or -1.
    pub(crate) spin: W,
}

impl<W: Weight> Site<W> {
    /// Half of what a flip of the site takes off the energy.
    #[inline]
    pub(crate) fn gain(self) -> W {
        self.field * self.spin
    }
}

/// Spins, local fields and the energy.
#[derive(Clone, Debug)]
pub(crate) struct State<'m, W> {
    pub(crate) model: &'m SpinModel<W>,
    pub(crate) sites: Vec<Site<W>>,
    pub(crate) energy: f64,
}

impl<'m, W: Weight> State<'m, W> {
    pub(crate) fn random(model: &'m SpinModel<W>, random: &mut SplitMix64) -> Self {
        let x: Vec<u8> = (0..model.sites())
            .map(|_| u8::from(random.next_u64() >> 63 == 1))
            .collect();
        Self::of(model, &x)
    }

    /// Of symbols 0 and 1.
    pub(crate) fn of(model: &'m SpinModel<W>, x: &[u8]) -> Self {
        let spin = |&x: &u8| if x == 1 { W::ONE } else { -W::ONE };
        let site = |spin| Site {
            field: W::default(),
            spin,
        };
        let mut state = Self {
            model,
            sites: x.iter().map(spin).map(site).collect(),
            energy: 0.0,
        };
        state.refresh();
        state
    }

    /// Computes fields and energy from the spins.
    pub(crate) fn refresh(&mut self) {
        self.energy = 0.0;
        for i in 0..self.sites.len() {
            let around = self.model.neighbors(i).iter();
            let own = self.model.field(i);
            let field = around.fold(own, |sum, &(j, w)| sum + w * self.sites[j as usize].spin);
            self.sites[i].field = field;
            self.energy += 0.5 * (self.sites[i].spin * (field + own)).wide();
        }
    }

    #[inline]
    pub(crate) fn flip(&mut self, i: usize) {
        let Site { field, spin } = self.sites[i];
        self.energy -= 2.0 * (field * spin).wide();
        self.sites[i].spin = -spin;
        let twice = -(spin + spin);
        for &(j, w) in self.model.neighbors(i) {
            self.sites[j as usize].field += w * twice;
        }
    }

    /// [`flip`](Self::flip), and for each neighbor its gain before and after.
    #[inline]
    pub(crate) fn flip_seen(&mut self, i: usize, mut seen: impl FnMut(usize, W, W)) {
        let Site { field, spin } = self.sites[i];
        self.energy -= 2.0 * (field * spin).wide();
        self.sites[i].spin = -spin;
        let twice = -(spin + spin);
        for &(j, w) in self.model.neighbors(i) {
            let site = &mut self.sites[j as usize];
            let before = site.gain();
            site.field += w * twice;
            seen(j as usize, before, site.gain());
        }
    }

    /// Ends in a local minimum, with the rounding of many flips taken out.
    pub(crate) fn settle(&mut self) {
        if !W::EXACT {
            self.refresh();
        }
        self.descend();
    }

    /// Flips while a flip lowers the energy, site after site.
    pub(crate) fn descend(&mut self) {
        let least = self.model.least;
        loop {
            let mut moved = false;
            for i in 0..self.sites.len() {
                if self.sites[i].gain() > least {
                    self.flip(i);
                    moved = true;
                }
            }
            if !moved {
                break;
            }
            if !W::EXACT {
                self.refresh();
            }
        }
    }

    pub(crate) fn symbols(&self) -> Vec<u8> {
        let zero = W::default();
        self.sites.iter().map(|s| u8::from(s.spin > zero)).collect()
    }

    /// The number of sites with different spins; of a symmetric model, with all spins of `other` turned over where that is less.
    pub(crate) fn distance(&self, other: &Self) -> usize {
        let count = self.differences(other);
        if self.model.symmetric {
            count.min(self.sites.len() - count)
        } else {
            count
        }
    }

    /// True if the states agree in more sites once all spins of one are turned over, and that changes no energy.
    pub(crate) fn is_turned(&self, other: &Self) -> bool {
        self.model.symmetric && 2 * self.differences(other) > self.sites.len()
    }

    fn differences(&self, other: &Self) -> usize {
        let pairs = self.sites.iter().zip(&other.sites);
        pairs.filter(|(a, b)| a.spin != b.spin).count()
    }
}
