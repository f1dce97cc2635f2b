//! The three spins of the tests, and exact integrals over their relaxation.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part")]

use gwg_models::DenseIsing;

/// Couplings of the pairs (0, 1), (0, 2), (1, 2), each pair once, and fields.
pub const PAIRS: [f64; 3] = [0.8, -0.5, 0.6];
pub const FIELDS: [f64; 3] = [0.2, -0.3, 0.1];

/// The model, with couplings and fields times `scale`.
pub fn three_spins(scale: f64) -> DenseIsing<f64> {
    let [a, b, c] = PAIRS.map(|j| 0.5 * scale * j);
    let coupling = vec![0.0, a, b, a, 0.0, c, b, c, 0.0];
    DenseIsing::new(coupling, FIELDS.map(|h| scale * h).to_vec()).unwrap()
}

/// `f` at weights `x`, from the definition, plus `bump sum x (1 - x)`.
pub fn f(scale: f64, bump: f64, x: [f64; 3]) -> f64 {
    let s = x.map(|x| 2.0 * x - 1.0);
    let pairs = PAIRS[0] * s[0] * s[1] + PAIRS[1] * s[0] * s[2] + PAIRS[2] * s[1] * s[2];
    let fields: f64 = FIELDS.iter().zip(s).map(|(h, s)| h * s).sum();
    let inside: f64 = x.iter().map(|x| x * (1.0 - x)).sum();
    scale * (pairs + fields) + bump * inside
}

/// The state with number `k`: site 0 is the highest bit.
pub fn state(k: usize) -> [f64; 3] {
    [k >> 2 & 1, k >> 1 & 1, k & 1].map(|bit| bit as f64)
}

/// The number of a state.
pub fn number(x: &[u8]) -> usize {
    x.iter().fold(0, |k, &bit| 2 * k + usize::from(bit))
}

/// The probabilities of the eight states, and `ln Z`.
pub fn exact(scale: f64) -> ([f64; 8], f64) {
    let weights: [f64; 8] = std::array::from_fn(|k| f(scale, 0.0, state(k)).exp());
    let z: f64 = weights.iter().sum();
    (weights.map(|w| w / z), z.ln())
}

pub fn total_variation(p: &[f64], q: &[f64]) -> f64 {
    0.5 * p.iter().zip(q).map(|(p, q)| (p - q).abs()).sum::<f64>()
}

/// Gauss-Legendre nodes and weights on `[-1, 1]`, eight points.
const GAUSS: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_2, 0.101_228_536_290_376_26),
];

/// Nodes and weights of a panel rule on the real line with panels that end at 0, at multiples of `fine` and at multiples of 1,
/// mirrored, and moved by `center`.
pub fn panels(fine: f64, center: f64) -> Vec<(f64, f64)> {
    let mut ends: Vec<f64> = [0.0, 1.0, 2.5, 5.0, 9.0, 16.0].map(|e| e * fine).to_vec();
    ends.extend([0.5, 1.5, 3.0, 6.0, 12.0, 40.0]);
    ends.sort_by(f64::total_cmp);
    let mut nodes = Vec::new();
    for pair in ends.windows(2) {
        let (middle, half) = (0.5 * (pair[0] + pair[1]), 0.5 * (pair[1] - pair[0]));
        for (node, weight) in GAUSS {
            for u in [middle + half * node, middle - half * node] {
                nodes.push((center + u, half * weight));
                nodes.push((center - u, half * weight));
            }
        }
    }
    nodes
}

pub fn sigmoid(u: f64) -> f64 {
    1.0 / (1.0 + (-u).exp())
}

pub fn logistic_density(u: f64) -> f64 {
    let e = (-u.abs()).exp();
    e / (1.0 + e).powi(2)
}

/// Integrals over the relaxed density.
pub struct Integrals {
    /// Probabilities of the rounded states.
    pub q: [f64; 8],
    /// `ln (8 integral)`, to be compared with `ln Z`.
    pub log_z: f64,
    /// The effective share of draws, weighted for the target.
    pub effective: f64,
    /// The probabilities of the rounded states after weighting.
    pub weighted: [f64; 8],
    /// Means of `u_i` and `u_i^2`.
    pub first: [f64; 3],
    pub second: [f64; 3],
}

pub fn integrate(t: f64, scale: f64, bump: f64) -> Integrals {
    // (u, sigma(u / T), weight)
    let nodes: Vec<(f64, f64, f64)> = panels(t, 0.0)
        .into_iter()
        .map(|(u, w)| (u, sigmoid(u / t), w * logistic_density(u)))
        .collect();
    let hard: [f64; 8] = std::array::from_fn(|k| f(scale, bump, state(k)));
    let mut out = Integrals {
        q: [0.0; 8],
        log_z: 0.0,
        effective: 0.0,
        weighted: [0.0; 8],
        first: [0.0; 3],
        second: [0.0; 3],
    };
    let mut squares = 0.0;
    for &(a, xa, wa) in &nodes {
        for &(b, xb, wb) in &nodes {
            for &(c, xc, wc) in &nodes {
                let soft = f(scale, bump, [xa, xb, xc]);
                let mass = wa * wb * wc * soft.exp();
                let u = [a, b, c];
                let k = number(&u.map(|u| u8::from(u > 0.0)));
                let weight = (hard[k] - soft).exp();
                out.q[k] += mass;
                out.weighted[k] += mass * weight;
                squares += mass * weight * weight;
                for (i, u) in u.into_iter().enumerate() {
                    out.first[i] += mass * u;
                    out.second[i] += mass * u * u;
                }
            }
        }
    }
    let z: f64 = out.q.iter().sum();
    let total: f64 = out.weighted.iter().sum();
    out.log_z = (8.0 * z).ln();
    out.effective = total * total / (z * squares);
    out.q = out.q.map(|q| q / z);
    out.weighted = out.weighted.map(|q| q / total);
    out.first = out.first.map(|m| m / z);
    out.second = out.second.map(|m| m / z);
    out
}

/// The mean of a series and its standard error by 50 batches.
pub fn mean_and_error(series: &[f64]) -> (f64, f64) {
    let batches: Vec<f64> = series
        .chunks_exact(series.len() / 50)
        .map(|batch| batch.iter().sum::<f64>() / batch.len() as f64)
        .collect();
    let n = batches.len() as f64;
    let mean = batches.iter().sum::<f64>() / n;
    let variance = batches.iter().map(|b| (b - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}
