//! The core: `e(s) = sum_{i<j} J_ij s_i s_j + sum_i h_i s_i` of spins, to be minimized, with the neighbors of each site in a row.

use super::terms::Terms;
use super::weight::Weight;

/// Gains of integers stay below this.
const LARGEST: f64 = (1_u32 << 28) as f64;

/// An Ising model to be minimized.
#[derive(Debug)]
pub(crate) struct SpinModel<W> {
    /// Where the neighbors of each site begin; one more than sites.
    starts: Vec<usize>,
    neighbors: Vec<(u32, W)>,
    fields: Vec<W>,
    /// The largest magnitude of a local field.
    pub(crate) largest: f64,
    /// The root of the mean square of the local field of random spins.
    pub(crate) scale: f64,
    /// Gains up to this are rounding: 0 of integers.
    pub(crate) least: W,
    /// Whether turning over all spins changes nothing.
    pub(crate) symmetric: bool,
}

impl<W: Weight> SpinModel<W> {
    pub(crate) const fn sites(&self) -> usize {
        self.fields.len()
    }

    #[inline]
    pub(crate) fn neighbors(&self, i: usize) -> &[(u32, W)] {
        &self.neighbors[self.starts[i]..self.starts[i + 1]]
    }

    pub(crate) fn field(&self, i: usize) -> W {
        self.fields[i]
    }

    /// The mean number of neighbors.
    pub(crate) fn degree(&self) -> f64 {
        self.neighbors.len() as f64 / self.sites() as f64
    }
}

/// The same in the numbers that suit it.
#[derive(Debug)]
pub(crate) enum Core {
    Integer(SpinModel<i32>),
    Real(SpinModel<f64>),
}

impl Core {
    /// The model whose energy is `sign` times the function, times a factor, plus a constant.
    pub(crate) fn new(terms: &Terms, sign: f64) -> Self {
        let mut fields: Vec<f64> = terms.linear().iter().map(|w| 2.0 * sign * w).collect();
        for &(i, j, w) in terms.pairs() {
            fields[i as usize] += sign * w;
            fields[j as usize] += sign * w;
        }
        let all = || {
            terms
                .pairs()
                .iter()
                .map(|p| p.2)
                .chain(fields.iter().copied())
        };
        match common_factor(all()) {
            Some(factor) if bound(terms, &fields) / factor < LARGEST => {
                Self::Integer(build(terms, &fields, sign / factor, 1.0 / factor))
            }
            _ => {
                let largest = all().fold(0.0, |a: f64, b| a.max(b.abs()));
                let factor = if largest > 0.0 { largest } else { 1.0 };
                Self::Real(build(terms, &fields, sign / factor, 1.0 / factor))
            }
        }
    }
}

/// The largest magnitude that a local field can have.
fn bound(terms: &Terms, fields: &[f64]) -> f64 {
    let mut sums: Vec<f64> = fields.iter().map(|h| h.abs()).collect();
    for &(i, j, w) in terms.pairs() {
        sums[i as usize] += w.abs();
        sums[j as usize] += w.abs();
    }
    sums.into_iter().fold(0.0, f64::max)
}

/// The largest number that all are integer multiples of, where they are integers but for a power of two.
fn common_factor(numbers: impl Iterator<Item = f64> + Clone) -> Option<f64> {
    let exact = |scale: f64| {
        numbers
            .clone()
            .all(|w| (w * scale).fract() == 0.0 && (w * scale).abs() < 9e15)
    };
    let scale = (0..20).map(|k| f64::from(1_u32 << k)).find(|&s| exact(s))?;
    let mut gcd = 0_u64;
    for w in numbers {
        let (mut a, mut b) = (gcd, (w * scale).abs() as u64);
        while b > 0 {
            (a, b) = (b, a % b);
        }
        gcd = a;
    }
    Some(gcd.max(1) as f64 / scale)
}

fn build<W: Weight>(terms: &Terms, fields: &[f64], coupling: f64, field: f64) -> SpinModel<W> {
    let sites = terms.sites();
    let mut starts = vec![0; sites + 1];
    for &(i, j, _) in terms.pairs() {
        starts[i as usize + 1] += 1;
        starts[j as usize + 1] += 1;
    }
    for i in 0..sites {
        starts[i + 1] += starts[i];
    }
    let mut places = starts.clone();
    let mut neighbors = vec![(0, W::default()); 2 * terms.pairs().len()];
    let mut squares = 0.0;
    let mut sums: Vec<f64> = fields.iter().map(|h| (h * field).abs()).collect();
    for &(i, j, w) in terms.pairs() {
        let weight = W::of(w * coupling);
        for (a, b) in [(i, j), (j, i)] {
            let place = &mut places[a as usize];
            neighbors[*place] = (b, weight);
            *place += 1;
            sums[a as usize] += weight.wide().abs();
        }
        squares += 2.0 * weight.wide() * weight.wide();
    }
    let fields: Vec<W> = fields.iter().map(|h| W::of(h * field)).collect();
    squares += fields.iter().map(|h| h.wide() * h.wide()).sum::<f64>();
    let largest = sums.into_iter().fold(0.0, f64::max);
    SpinModel {
        starts,
        neighbors,
        symmetric: fields.iter().all(|h| h.wide() == 0.0),
        fields,
        largest,
        least: if W::EXACT {
            W::default()
        } else {
            W::of(1e-11 * largest)
        },
        scale: (squares / sites as f64).sqrt(),
    }
}
