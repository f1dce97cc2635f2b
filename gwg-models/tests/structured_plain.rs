//! Sweeps compared with simple ones, site by site, with the same random bits.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_core::check::{OwnedMemory, random_configuration};
use gwg_core::target::Sweep;
use gwg_core::{Bits, BlockSweep, Kernel, Real, Space, SplitMix64, StepCounts, Target};
use gwg_models::{LatticeIsing, LatticePotts};
use proptest::prelude::*;

/// Random bits in which every second group of 16 is one of a few values: cases that otherwise happen once in 65,536 draws.
#[derive(Clone)]
struct Sticky {
    bits: SplitMix64,
    values: Vec<u16>,
}

impl Bits for Sticky {
    fn next_u32(&mut self) -> u32 {
        self.next_u64() as u32
    }

    fn next_u64(&mut self) -> u64 {
        let mut word = self.bits.next_u64();
        for k in 0..4 {
            let choice = self.bits.next_u64();
            if choice & 1 == 0 && !self.values.is_empty() {
                let value = self.values[(choice >> 1) as usize % self.values.len()];
                word = word & !(0xffff << (16 * k)) | u64::from(value) << (16 * k);
            }
        }
        word
    }
}

fn color(site: usize, dims: usize, side: usize) -> usize {
    let of = |c: usize| {
        if c + 1 == side && side % 2 == 1 {
            2
        } else {
            c % 2
        }
    };
    (0..dims)
        .map(|k| of(site / side.pow(k as u32) % side))
        .sum::<usize>()
        % (2 + side % 2)
}

/// The sites of each color, row by row.
fn classes(dims: usize, side: usize) -> Vec<Vec<usize>> {
    let mut found = Vec::new();
    for k in 0..2 + side % 2 {
        for row in 0..side.pow(dims as u32 - 1) {
            let sites = (row * side..(row + 1) * side).filter(|&i| color(i, dims, side) == k);
            found.push(sites.collect());
        }
    }
    found
}

fn threshold(model: &LatticeIsing<f64>, beta: f64, ones: usize) -> u64 {
    let sum = 2.0 * ones as f64 - 2.0 * model.dims() as f64;
    let logit = beta * 2.0 * (2.0 * model.theta() * sum + model.bias());
    (Real::sigmoid(logit) * 2f64.powi(64)) as u64
}

fn plain_ising(model: &LatticeIsing<f64>, x: &mut [u8], beta: f64, bits: &mut impl Bits) {
    let (dims, side) = (model.dims(), model.side());
    for row in classes(dims, side) {
        let t = |x: &[u8], i: usize| {
            let ones = model.neighbors(i).iter().filter(|&&j| x[j] == 1).count();
            threshold(model, beta, ones)
        };
        if side % 2 == 1 && row[0] % side == side - 1 {
            x[row[0]] = u8::from(bits.next_u64() < t(x, row[0]));
            continue;
        }
        let mut rest = &row[..];
        while !rest.is_empty() {
            let len = [16, 8, 4].into_iter().find(|&len| len <= rest.len());
            let (group, after) = rest.split_at(len.unwrap_or(rest.len()));
            let words: Vec<u64> = (0..group.len().div_ceil(4))
                .map(|_| bits.next_u64())
                .collect();
            for (k, &i) in group.iter().enumerate() {
                let (t, r) = (t(x, i), words[k / 4] >> (16 * (k % 4)) & 0xffff);
                x[i] = if r == t >> 48 {
                    // Neighbors have another color: it does not matter that some sites of this one are already drawn.
                    u8::from(bits.next_u64() >> 16 < t & 0xffff_ffff_ffff)
                } else {
                    u8::from(r < t >> 48)
                };
            }
            rest = after;
        }
    }
}

fn plain_potts(model: &LatticePotts<f64>, x: &mut [u8], beta: f64, bits: &mut impl Bits) {
    let q = model.space().states();
    let degree = 2.0 * model.dims() as f64;
    let steep = 4.0 * beta * model.theta();
    let best = if steep > 0.0 { degree } else { 0.0 };
    for i in classes(model.dims(), model.side()).into_iter().flatten() {
        let weight = |a: usize| {
            let equal = |&&j: &&usize| usize::from(x[j]) == a;
            let n = model.neighbors(i).iter().filter(equal).count();
            Real::exp(steep * (n as f64 - best))
        };
        let total: f64 = (0..q).map(weight).sum();
        let u = bits.unit::<f64>() * total;
        let mut sum = 0.0;
        let drawn = (0..q).position(|a| {
            sum += weight(a);
            sum > u
        });
        x[i] = drawn.unwrap_or(q - 1) as u8;
    }
}

fn compare<T: Sweep<Real = f64>>(
    model: &T,
    beta: f64,
    seed: u64,
    values: Vec<u16>,
    plain: impl Fn(&mut [u8], &mut Sticky),
) -> Result<(), TestCaseError>
where
    T::Space: Space<Symbol = u8>,
{
    let mut start = SplitMix64::new(seed);
    let mut x = random_configuration(model.space(), &mut start);
    let mut owned = OwnedMemory::new(model, &BlockSweep, 1);
    let (mut walkers, scratch) = owned.walkers(model, &BlockSweep, std::slice::from_ref(&x), beta);
    let mut bits = [Sticky {
        bits: start.clone(),
        values,
    }];
    let mut same = bits[0].clone();
    let mut counts = [StepCounts::default()];
    BlockSweep.init(model, &mut walkers, scratch);
    let mut hops = 0;
    for sweep in 1..=3 {
        let before = x.clone();
        plain(&mut x, &mut same);
        BlockSweep.step(model, &mut walkers, scratch, &mut bits, &mut counts);
        prop_assert_eq!(&x[..], &*walkers[0].x);
        hops += x.iter().zip(&before).filter(|(a, b)| a != b).count() as u64;
        prop_assert_eq!(counts[0].sites_changed, hops);
        prop_assert_eq!((counts[0].steps, counts[0].accepted), (sweep, sweep));
        // Both are exact integers times the couplings.
        prop_assert_eq!(walkers[0].log_prob(), model.log_prob(&x));
    }
    prop_assert_eq!(same.next_u64(), bits[0].next_u64());
    Ok(())
}

fn shape() -> impl Strategy<Value = (usize, usize)> {
    prop_oneof![
        (Just(1usize), 3usize..150),
        (Just(2), 3usize..45),
        (Just(3), 3usize..12),
        (Just(4), 3usize..7),
    ]
}

proptest! {
    #[test]
    fn ising(
        (dims, side) in shape(), theta in -0.6f64..0.6, bias in -0.5f64..0.5, beta in 0.0f64..3.0, seed in any::<u64>(),
    ) {
        let model = LatticeIsing::<f64>::new(dims, side, theta, bias).unwrap();
        let sticky = (0..=2 * dims).map(|n| (threshold(&model, beta, n) >> 48) as u16);
        compare(&model, beta, seed, sticky.collect(), |x, bits| {
            plain_ising(&model, x, beta, bits);
        })?;
        compare(&model, beta, seed, Vec::new(), |x, bits| plain_ising(&model, x, beta, bits))?;
    }

    #[test]
    fn potts(
        (dims, side) in shape(), q in 2usize..12, theta in -0.6f64..0.6, beta in 0.0f64..3.0, seed in any::<u64>(),
    ) {
        let model = LatticePotts::<f64>::new(dims, side, q, theta).unwrap();
        compare(&model, beta, seed, Vec::new(), |x, bits| plain_potts(&model, x, beta, bits))?;
    }
}

#[test]
fn extreme_couplings_and_alphabets_give_valid_draws() {
    for theta in [1e30, -1e30] {
        let ising = LatticeIsing::<f64>::new(2, 6, theta, 0.0).unwrap();
        let potts = LatticePotts::<f64>::new(2, 6, 256, theta).unwrap();
        for seed in 0..20 {
            compare(&ising, 1.0, seed, Vec::new(), |x, bits| {
                plain_ising(&ising, x, 1.0, bits);
            })
            .unwrap();
            let mut owned = OwnedMemory::new(&potts, &BlockSweep, 1);
            let x = random_configuration(potts.space(), &mut SplitMix64::new(seed));
            let (mut walkers, scratch) = owned.walkers(&potts, &BlockSweep, &[x], 1.0);
            let (mut bits, mut counts) = ([SplitMix64::new(seed)], [StepCounts::default()]);
            BlockSweep.step(&potts, &mut walkers, scratch, &mut bits, &mut counts);
            for site in 0..36 {
                let equal = |j: &usize| walkers[0].x[*j] == walkers[0].x[site];
                let n = potts.neighbors(site).iter().filter(|j| equal(j)).count();
                // The color drawn last agrees with its neighbors, or differs from them.
                if (site / 6 + site) % 2 == 1 {
                    assert_eq!(n > 0, theta > 0.0, "{site}");
                }
            }
        }
    }
}
