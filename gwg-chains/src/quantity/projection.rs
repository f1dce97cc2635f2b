//! Random projections of the whole state.

use super::{Function, Quantity};
use gwg_core::{Bits, SplitMix64, Symbol};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// How many there are.
const COUNT: usize = 8;

/// The beginning of their names, which no other quantity has.
pub(super) const NAME: &str = "projection_";

/// A fixed seed: all runs of one shape have the same projections.
const SEED: u64 = 0x0917_ECED;

/// A random class of each site, made when the first state comes.
type Classes = OnceLock<Vec<u8>>;

impl<S: Symbol> Quantity<S> {
    /// Eight random projections of the whole state, `projection_1` to `projection_8`: the same for all runs of as many sites and states.
    ///
    /// The value of `projection_k` at `x` is the number of sites `i` with `(a x_i + 2^(16 - k) r_i + c) mod 2^16 >= 2^15`, where `r_i` is a random byte of the
    /// site, and `a` and `c` are random numbers of the projection: of each site it counts one of two halves of the alphabet. With two states that is the Hamming
    /// distance to a random state. Chains in modes whose means differ at many of the sites, in whatever way, differ in most projections; where the sites are so
    /// many that [`SiteDraws`](crate::diagnostics::SiteDraws) judges a random subset of them, differences at the others may be seen in no other quantity.
    ///
    /// # Cost
    /// A pass over the state for each of them and each draw, which vectorizes, and one byte for each site.
    #[must_use]
    pub fn projections(sites: usize, states: usize) -> Vec<Self> {
        let mut bits = SplitMix64::new(SEED);
        let classes = Arc::new(Classes::new());
        let mut one = |k: usize| {
            let classes = Arc::clone(&classes);
            let half = Half::new(states, k, &mut bits);
            let function = move |x: &[S]| {
                let classes = classes.get_or_init(|| random_bytes(sites));
                half.count(x, classes) as f64
            };
            Self {
                name: Cow::Owned(format!("{NAME}{k}")),
                description: Cow::Borrowed("number of sites in a random half of their symbols"),
                function: Function::OfState(Arc::new(function)),
            }
        };
        (1..=COUNT).map(&mut one).collect()
    }

    /// Whether it is one of the [projections](Self::projections).
    #[must_use]
    pub fn is_projection(name: &str) -> bool {
        name.starts_with(NAME)
    }
}

/// One of two halves of the alphabet for each class of sites.
#[derive(Clone, Copy, Debug)]
struct Half {
    of_symbol: u16,
    of_class: u16,
    first: u16,
}

impl Half {
    fn new(states: usize, k: usize, bits: &mut SplitMix64) -> Self {
        let of_symbol = match states {
            // The other symbol is in the other half.
            0..=2 => 1 << 15,
            // Neighboring symbols are in different halves at a quarter of the sites, at least.
            _ => (1 << 13) + bits.below(3 << 14) as u16,
        };
        Self {
            of_symbol,
            // Bit `k - 1` of the class is the highest.
            of_class: 1 << (COUNT * 2 - k),
            first: bits.next_u64() as u16,
        }
    }

    /// The number of sites whose symbols are in it.
    fn count<S: Symbol>(self, x: &[S], classes: &[u8]) -> u64 {
        let is_in = |(symbol, class): (&S, &u8)| {
            let symbol = symbol.widen().wrapping_mul(self.of_symbol);
            let class = u16::from(*class).wrapping_mul(self.of_class);
            symbol.wrapping_add(class).wrapping_add(self.first) >> 15
        };
        // Blocks whose counts fit into 16 bits.
        let blocks = x.chunks(1 << 12).zip(classes.chunks(1 << 12));
        let counts = blocks.map(|(x, classes)| x.iter().zip(classes).map(is_in).sum::<u16>());
        counts.map(u64::from).sum()
    }
}

fn random_bytes(len: usize) -> Vec<u8> {
    let mut bits = SplitMix64::new(!SEED);
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        bytes.extend(bits.next_u64().to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(x: &[u8], states: usize) -> Vec<f64> {
        let all = Quantity::projections(x.len(), states);
        all.iter().map(|q| q.of_state(x).unwrap()).collect()
    }

    #[test]
    fn of_two_states_they_are_distances_to_random_states() {
        let sites = 10_001;
        let (zeros, ones) = (values(&vec![0; sites], 2), values(&vec![1; sites], 2));
        for (a, b) in zeros.iter().zip(&ones) {
            assert_eq!(a + b, sites as f64);
            // Binomial, sd 50: six of them.
            assert!((a - 5000.5).abs() < 300.0, "{a}");
        }
        let mut x = vec![0; sites];
        for i in [0, 4095, 4096, sites - 1] {
            let before = values(&x, 2);
            x[i] = 1;
            let pairs = before.into_iter().zip(values(&x, 2));
            assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() == 1.0));
        }
    }

    #[test]
    fn they_differ_from_each_other_and_by_every_symbol() {
        for states in [2, 3, 7, 40, 256] {
            let sites = 20_000;
            let x = |symbol: usize| vec![symbol as u8; sites];
            let all: Vec<Vec<f64>> = (0..states).map(|s| values(&x(s), states)).collect();
            for of_symbol in &all {
                assert!(of_symbol.iter().all(|v| (v - 1e4).abs() < 1000.0));
            }
            // At single sites: the halves are not the same.
            let of_site = |i: usize, symbol: u8| {
                let mut x = vec![0; sites];
                x[i] = symbol;
                values(&x, states)
            };
            let zero = values(&x(0), states);
            let changed = |symbol: usize| {
                let found = (0..40).flat_map(|i| of_site(i, symbol as u8));
                found
                    .zip(zero.iter().cycle())
                    .filter(|(a, b)| a != *b)
                    .count()
            };
            assert!(changed(1) >= 40 && changed(states - 1) >= 20, "{states}");
        }
    }

    #[test]
    fn their_names_are_reserved() {
        let taken = Quantity::new("Projection_1", "mine", |_: &[u8]| 0.0);
        assert!(matches!(taken, Err(crate::QuantityError::Reserved { .. })));
        let names = Quantity::<u8>::projections(3, 2);
        assert!(
            names
                .iter()
                .all(|q| Quantity::<u8>::is_projection(q.name()))
        );
        assert_eq!(names[7].name(), "projection_8");
    }
}
