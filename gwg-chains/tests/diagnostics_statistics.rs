//! The diagnostics against what theory says of first-order autoregressions. Seeds are fixed; each bound states its probability.

use gwg_chains::diagnostics::{Draws, autocorrelation, ess_bulk, ess_mean, mcse_mean, mean, rhat};

/// SplitMix64: a uniform number in [-1/2, 1/2).
fn centered(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 * 2.0_f64.powi(-53) - 0.5
}

/// x = phi x + u, run in from zero until phi^k is below 1e-9.
fn autoregression(phi: f64, chains: usize, draws: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let run_in = (-9.0 / phi.abs().max(1e-9).log10()).ceil() as usize;
    let mut out = Vec::with_capacity(chains * draws);
    for _ in 0..chains {
        let mut x = 0.0;
        for t in 0..run_in + draws {
            x = phi * x + centered(&mut state);
            if t >= run_in {
                out.push(x);
            }
        }
    }
    out
}

#[test]
fn ess_of_an_autoregression() {
    // ESS / N = (1 - phi) / (1 + phi). By Sokal (1997, eq. 3.19) the estimated time has relative variance 2 (2 M + 1) / N when M lags
    // are summed; Geyer's cut is where phi^M meets the noise, below M = ln(1 / 1e-4) / ln(1 / |phi|). Five of these: 6e-7.
    let (chains, draws) = (4, 50_000);
    for (phi, seed) in [(0.0_f64, 1), (0.5, 2), (0.9, 3), (0.98, 4)] {
        let flat = autoregression(phi, chains, draws, seed);
        let d = Draws::from_flat(&flat, chains, draws).unwrap();
        let truth = flat.len() as f64 * (1.0 - phi) / (1.0 + phi);
        let lags = if phi == 0.0 {
            1.0
        } else {
            1e-4_f64.ln() / phi.ln()
        };
        let bound = 5.0 * (2.0 * (2.0 * lags + 1.0) / flat.len() as f64).sqrt();
        for ess in [ess_mean(&d).unwrap(), ess_bulk(&d).unwrap()] {
            println!(
                "phi {phi}: {ess:.0} of {truth:.0}, off {:.3}, bound {bound:.3}",
                ess / truth - 1.0
            );
            // Ranks bend the uniform sums a little: their ESS may differ, but by less than the bound where phi is near 1.
            assert!(
                (ess / truth - 1.0).abs() < bound,
                "phi {phi}: {ess} of {truth}"
            );
        }
    }
}

#[test]
fn antithetic_chains_have_more_than_n() {
    let flat = autoregression(-0.5, 4, 20_000, 5);
    let d = Draws::from_flat(&flat, 4, 20_000).unwrap();
    // (1 + 0.5) / (1 - 0.5) = 3 times N; same bound as above with M = 14 lags on a time of 1/3: 5 sqrt(58 / 80000) = 0.135.
    let ratio = ess_mean(&d).unwrap() / flat.len() as f64 / 3.0;
    assert!((ratio - 1.0).abs() < 0.135, "{ratio}");
}

#[test]
fn mcse_covers_the_truth() {
    // mean / MCSE is nearly standard normal over replicates: their mean square is chi^2(400) / 400, sd sqrt(2 / 400) = 0.071; an
    // estimated ESS (4 x 500 draws, 100 lags) adds its own variance, 2 x 201 / 2000 = 0.2 relative, so 1.0 +- 5 x 0.071 (1 + 0.2) + 0.2.
    let replicates = 400;
    let mut squares = 0.0;
    for seed in 0..replicates {
        let flat = autoregression(0.8, 4, 500, 1000 + seed);
        let d = Draws::from_flat(&flat, 4, 500).unwrap();
        squares += (mean(&d).unwrap() / mcse_mean(&d).unwrap()).powi(2);
    }
    let ratio = squares / replicates as f64;
    assert!((0.57..1.63).contains(&ratio), "{ratio}");
    println!("mean square of mean / MCSE: {ratio:.3}");
}

#[test]
fn rhat_of_one_law_is_one() {
    // 8 half chains of n = 2500: R^2 - 1 is (B/W - 1) / n with B/W about F(7, inf), whose 1 - 1e-6 quantile is 5.6 (chi^2_7 / 7);
    // the folded R-hat doubles the chances. Below 1 it cannot go by more than 1 / (2 n).
    let flat = autoregression(0.0, 4, 5000, 6);
    let r = rhat(&Draws::from_flat(&flat, 4, 5000).unwrap()).unwrap();
    assert!(r > 1.0 - 1.0 / 5000.0 && r < 1.0 + 4.7 / 5000.0, "{r}");
}

#[test]
fn rhat_sees_location_and_scale() {
    let mut flat = autoregression(0.0, 4, 1000, 7);
    flat[..1000].iter_mut().for_each(|x| *x *= 3.0);
    let scale = rhat(&Draws::from_flat(&flat, 4, 1000).unwrap()).unwrap();
    let mut flat = autoregression(0.0, 4, 1000, 8);
    flat[..1000].iter_mut().for_each(|x| *x += 0.3);
    let location = rhat(&Draws::from_flat(&flat, 4, 1000).unwrap()).unwrap();
    assert!(scale > 1.05 && location > 1.05, "{scale} {location}");
}

#[test]
fn autocorrelation_of_an_autoregression() {
    // Bartlett: each estimate has a standard deviation below sqrt((1 + phi^2) / (1 - phi^2) / n) = 0.0065; five of them.
    let chain = autoregression(0.8, 1, 108_000, 9);
    let found = autocorrelation(&chain, 20).unwrap();
    assert_eq!(found.len(), 21);
    for (lag, r) in found.iter().enumerate() {
        assert!(
            (r - 0.8_f64.powi(lag as i32)).abs() < 5.0 * 0.0065,
            "{lag}: {r}"
        );
    }
}
