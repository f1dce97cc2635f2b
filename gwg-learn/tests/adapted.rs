//! Training with ladders and adapted rates: what is found, and the same bits in every way.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{Threads, generator};
use gwg_core::Bits;
use gwg_learn::{
    Adaptation, Data, GrowingLadder, GrowthOptions, PairPotts, PottsOptions, PottsTrainer,
    RbmLayers, RbmOptions, RbmTrainer, Schedule, SweptPotts,
};
use std::num::NonZeroUsize;

const SITES: usize = 10;

fn threads(n: usize) -> Threads {
    Threads::new(NonZeroUsize::new(n).unwrap()).unwrap()
}

/// Rows about all zeros and all ones, of weights .7 and .3; each symbol is another one with this probability.
fn modes(noise: f64) -> Data {
    let mut bits = generator(5, 0);
    let mut rows = Vec::new();
    for _ in 0..2000 {
        let own = u8::from(bits.unit::<f64>() < 0.3);
        rows.extend((0..SITES).map(|_| own ^ u8::from(bits.unit::<f64>() < noise)));
    }
    Data::new(rows, SITES, 2).unwrap()
}

/// The mean log-likelihood, by enumeration.
fn likelihood(data: &Data, f: impl Fn(&[u8]) -> f64) -> f64 {
    let states = (0..1_u32 << SITES).map(|k| {
        let x: Vec<u8> = (0..SITES).map(|i| (k >> i & 1) as u8).collect();
        f(&x).exp()
    });
    let rows = data.symbols().chunks_exact(SITES);
    rows.map(&f).sum::<f64>() / data.rows() as f64 - states.sum::<f64>().ln()
}

/// A trainer of a Potts model, and a ladder.
fn potts(
    data: &Data,
    rate: f64,
    adapt: Option<Adaptation>,
    count: usize,
) -> (PottsTrainer, GrowingLadder<SweptPotts>) {
    let threads = threads(count);
    let options = PottsOptions {
        chains: 150,
        sweeps: 1,
        schedule: Schedule::constant(rate),
        adapt,
        ..PottsOptions::default()
    };
    let trainer = PottsTrainer::new(data, options, &threads).unwrap();
    let growth = GrowthOptions {
        chains: 60,
        ..GrowthOptions::default()
    };
    let first = SweptPotts::new(trainer.model().clone(), &threads);
    (trainer, GrowingLadder::new(first, growth, &threads))
}

/// The mean exact log-likelihood of the second half of the updates.
fn second_half(
    data: &Data,
    updates: u64,
    (mut trainer, mut ladder): (PottsTrainer, GrowingLadder<SweptPotts>),
) -> (f64, PottsTrainer) {
    let mut found = Vec::new();
    for update in 1..=updates {
        trainer.update();
        if update % 4 == 0 {
            trainer.exchange(&mut ladder);
        }
        if update > updates / 2 && update % 20 == 0 {
            found.push(likelihood(data, |x| trainer.model().log_prob(x)));
        }
    }
    (found.iter().sum::<f64>() / found.len() as f64, trainer)
}

/// Chains in equilibrium follow a rate that is too large from mode to mode; a smaller one is found.
#[test]
fn a_rate_that_is_too_large_for_a_potts_model_is_made_smaller() {
    let data = modes(0.05);
    let (large, _) = second_half(&data, 1200, potts(&data, 0.7, None, 2));
    let adapt = Some(Adaptation::default());
    let (adapted, mut trainer) = second_half(&data, 1200, potts(&data, 0.7, adapt, 2));
    let best = likelihood(&data, |x| f64::ln(exact_probability(x, 0.05)));
    let rate = trainer.update().rate;
    assert!(rate < 0.35, "{rate}");
    assert!(adapted > large + 0.3, "{adapted}, {large}");
    assert!(adapted > best - 0.2, "{adapted}, {best}");
}

/// Of the distribution that the rows are drawn from.
fn exact_probability(x: &[u8], noise: f64) -> f64 {
    let of = |own: u8| -> f64 {
        let each = x
            .iter()
            .map(|&s| if s == own { 1.0 - noise } else { noise });
        each.product()
    };
    0.7 * of(0) + 0.3 * of(1)
}

#[test]
fn a_rate_that_is_too_large_for_a_machine_is_made_smaller() {
    let data = modes(0.05);
    let run = |adapt| {
        let options = RbmOptions {
            hidden: 3,
            adapt,
            schedule: Schedule::constant(1.0),
            ..RbmOptions::default()
        };
        let mut trainer = RbmTrainer::new(&data, options, &threads(1)).unwrap();
        let weights = vec![0.0; trainer.layers().weights.len()];
        let first = RbmLayers {
            weights,
            ..trainer.layers().clone()
        };
        let mut ladder = GrowingLadder::new(first, GrowthOptions::default(), &threads(1));
        let (mut found, mut rate) = (Vec::new(), 0.0);
        for update in 1..=2000 {
            rate = trainer.update().rate;
            if update % 4 == 0 {
                trainer.exchange(&mut ladder);
            }
            if update > 1000 && update % 20 == 0 {
                let layers = trainer.layers();
                found.push(likelihood(&data, |x| layers.log_prob_of(x)[0]));
            }
        }
        (found.iter().sum::<f64>() / found.len() as f64, rate)
    };
    let ((large, _), (adapted, rate)) = (run(None), run(Some(Adaptation::default())));
    assert!(rate < 0.5, "{rate}");
    assert!(adapted > large + 0.3, "{adapted}, {large}");
}

/// Modes that sweeps do not leave: chains move little, and get more sweeps, then smaller rates.
#[test]
fn potts_chains_that_move_little_get_more_sweeps_and_then_smaller_rates() {
    let data = modes(0.002);
    let adapt = Some(Adaptation {
        most_sweeps: 8,
        excess: [0.0, f64::INFINITY],
        ..Adaptation::default()
    });
    let (mut trainer, _) = potts(&data, 0.5, adapt, 1);
    let first = trainer.update();
    assert_eq!((first.sweeps, first.rate), (1, 0.5));
    let mut last = first;
    for _ in 0..1500 {
        last = trainer.update();
    }
    assert!(last.moved < 0.1, "{last:?}");
    assert!(last.sweeps == 8 && last.rate < 0.4, "{last:?}");
}

#[test]
fn potts_training_with_a_ladder_goes_on_with_the_same_bits_on_any_number_of_threads() {
    let data = modes(0.05);
    let go_on = |both: &mut (PottsTrainer, GrowingLadder<SweptPotts>), updates: usize| {
        for _ in 0..updates {
            both.0.update();
            both.0.exchange(&mut both.1);
        }
    };
    let adapt = Some(Adaptation::default());
    let mut whole = potts(&data, 1.0, adapt, 1);
    go_on(&mut whole, 200);
    assert!(whole.1.ladder().len() > 1);
    let mut half = potts(&data, 1.0, adapt, 2);
    go_on(&mut half, 111);
    let mut rest = potts(&data, 1.0, adapt, 3);
    rest.0.resume(&half.0.save()).unwrap();
    rest.1.resume(&half.1.save()).unwrap();
    go_on(&mut rest, 89);
    assert_eq!(rest.0.save(), whole.0.save());
    assert_eq!(rest.1.save(), whole.1.save());
}

#[test]
fn the_mean_of_f_of_the_data_is_that_of_its_rows() {
    let data = modes(0.1);
    let (mut trainer, mut ladder) = potts(&data, 0.3, None, 1);
    for _ in 0..50 {
        trainer.update();
        trainer.exchange(&mut ladder);
    }
    let model: &PairPotts<f32> = trainer.model();
    let rows = data.symbols().chunks_exact(SITES);
    let exact = rows.map(|x| model.log_prob(x)).sum::<f64>() / data.rows() as f64;
    let found = trainer.mean_f_of_data();
    assert!(
        (found - exact).abs() < 1e-4 * exact.abs(),
        "{found} {exact}"
    );
}
