//! The log-bilinear model of text: its definition, conformance, and exact marginals of a chain of words.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_core::check::{self, TransitionMatrix, random_configuration};
use gwg_core::kernel::Scan;
use gwg_core::{
    Gibbs, Gradient, Kernel, LocallyBalanced, Space, SplitMix64, StepCounts, Target, Taylor,
};
use gwg_models::LogBilinear;

const SITES: usize = 7;
const WORDS: usize = 300;
const DIM: usize = 5;
const WINDOW: usize = 2;

/// Embedding, interaction, bias.
fn parameters() -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let number = |k: usize, scale: f64| scale * ((k * k + 3 * k) as f64).sin();
    (
        (0..WORDS * DIM).map(|k| number(k, 0.7)).collect(),
        (0..WINDOW * DIM * DIM)
            .map(|k| number(k + 5, 0.9))
            .collect(),
        (0..WORDS).map(|k| number(k + 9, 0.5)).collect(),
    )
}

fn model() -> LogBilinear<f64> {
    let (embedding, interaction, bias) = parameters();
    LogBilinear::new(SITES, (WINDOW, DIM), embedding, &interaction, bias).unwrap()
}

/// `f`, and the slope of every word at every site, by plain loops.
fn definition(x: &[u16]) -> (f64, Vec<f64>) {
    let (r, c, b) = parameters();
    let pair = |k: usize, first: usize, second: usize| {
        let mut sum = 0.0;
        for i in 0..DIM {
            for j in 0..DIM {
                sum += r[first * DIM + i] * c[((k - 1) * DIM + i) * DIM + j] * r[second * DIM + j];
            }
        }
        sum
    };
    let word = |t: usize| usize::from(x[t]);
    let mut f = 0.0;
    let mut slopes = Vec::new();
    for t in 0..SITES {
        f += b[word(t)];
        f += (1..=WINDOW.min(t))
            .map(|k| pair(k, word(t - k), word(t)))
            .sum::<f64>();
        for (a, bias) in b.iter().enumerate() {
            let earlier: f64 = (1..=WINDOW.min(t)).map(|k| pair(k, word(t - k), a)).sum();
            let later = (1..=WINDOW).filter(|k| t + k < SITES);
            let later: f64 = later.map(|k| pair(k, a, word(t + k))).sum();
            slopes.push(bias + earlier + later);
        }
    }
    (f, slopes)
}

#[test]
fn value_and_gradient_are_those_of_the_definition() {
    let model = model();
    let mut bits = SplitMix64::new(3);
    for _ in 0..3 {
        let x = random_configuration(model.space(), &mut bits);
        let (f, slopes) = definition(&x);
        let mut gradient = vec![f64::NAN; SITES * WORDS];
        let mut scratch = vec![f64::NAN; model.gradient_scratch_len(1)];
        let value = model.value_and_gradient(&x, &mut gradient, &mut scratch);
        assert!((value - f).abs() < 1e-12 && (model.log_prob(&x) - f).abs() < 1e-12);
        for (g, slope) in gradient.iter().zip(&slopes) {
            assert!((g - slope).abs() < 1e-12, "{g}, {slope}");
        }
    }
}

#[test]
fn conformance() {
    let model = model();
    check::delta(&model, 200, 1, 1e-12);
    check::gradient(&model, 3, 60, 2, 1e-12);
    check::multilinear(&model, 20, 3, 1e-11);
    let single = LogBilinear::<f32>::random(5, 40, (1, 4), 1.0, 2).unwrap();
    check::delta(&single, 200, 1, 2e-5);
    check::gradient(&single, 2, 60, 2, 2e-5);
}

#[test]
fn kernels_leave_it_invariant() {
    let model = LogBilinear::<f64>::random(4, 3, (2, 2), 1.5, 5).unwrap();
    for beta in [1.0, 0.4] {
        TransitionMatrix::new(&Taylor(&model), &LocallyBalanced::gwg(), beta)
            .assert_exact(true, 1e-12);
        TransitionMatrix::new(&model, &Gibbs { scan: Scan::Random }, beta)
            .assert_exact(true, 1e-12);
    }
}

#[test]
fn invalid_parameters_are_rejected() {
    let (embedding, interaction, bias) = parameters();
    let build = |sites, shape, embedding: &[f64], bias: &[f64]| {
        LogBilinear::new(
            sites,
            shape,
            embedding.to_vec(),
            &interaction,
            bias.to_vec(),
        )
        .map(|_| ())
        .map_err(|error| error.to_string())
    };
    let text = |result: Result<(), String>| result.unwrap_err();
    assert!(text(build(1, (WINDOW, DIM), &embedding, &bias)).contains("sites"));
    assert!(text(build(3, (0, DIM), &embedding, &bias)).contains("window"));
    assert!(text(build(3, (WINDOW, 0), &embedding, &bias)).contains("dim"));
    assert!(text(build(3, (WINDOW + 1, DIM), &embedding, &bias)).contains("interaction"));
    assert!(text(build(3, (WINDOW, DIM), &embedding[1..], &bias)).contains("embedding"));
    let mut wrong = bias.clone();
    wrong[4] = f64::NAN;
    assert!(text(build(3, (WINDOW, DIM), &embedding, &wrong)).contains("bias"));
    assert!(build(3, (WINDOW, DIM), &embedding, &bias).is_ok());
}

/// Compares the frequencies of words in a long run of a chain of words with forward and backward sums.
#[test]
fn marginals_of_a_text_are_exact() {
    const WORDS: usize = 300;
    let model = LogBilinear::<f64>::random(4, WORDS, (1, 8), 0.8, 7).unwrap();
    let weight = |a: usize, b: usize| model.pair(1, a as u16, b as u16).exp();
    let bias: Vec<f64> = model.bias().iter().map(|b| b.exp()).collect();
    let pass = |forward: bool, from: &[f64]| -> Vec<f64> {
        let term = |a: usize, b: usize| {
            from[b] * bias[b] * if forward { weight(b, a) } else { weight(a, b) }
        };
        (0..WORDS)
            .map(|a| (0..WORDS).map(|b| term(a, b)).sum())
            .collect()
    };
    let mut forward = vec![vec![1.0; WORDS]];
    let mut backward = vec![vec![1.0; WORDS]];
    for t in 0..3 {
        forward.push(pass(true, &forward[t]));
        backward.push(pass(false, &backward[t]));
    }
    let draws = 40_000;
    let counts = gibbs_counts(&model, WORDS, draws);
    for (t, counts) in counts.iter().enumerate() {
        let all: Vec<f64> = (0..WORDS)
            .map(|a| forward[t][a] * bias[a] * backward[3 - t][a])
            .collect();
        let total: f64 = all.iter().sum();
        // Only the frequent words, and the sum of all others. Successive sweeps are correlated: the bound is six
        // standard errors of independent draws.
        let mut rest = (0.0, 0.0);
        for (p, &count) in all.iter().map(|p| p / total).zip(counts) {
            let share = count as f64 / draws as f64;
            if p > 0.01 {
                let error = (p * (1.0 - p) / draws as f64).sqrt();
                assert!((share - p).abs() < 6.0 * error, "site {t}: {share}, {p}");
            } else {
                rest = (rest.0 + share, rest.1 + p);
            }
        }
        let error = (rest.1 * (1.0 - rest.1) / draws as f64).sqrt();
        assert!((rest.0 - rest.1).abs() < 6.0 * error, "{rest:?}");
    }
}

fn gibbs_counts(model: &LogBilinear<f64>, words: usize, draws: usize) -> Vec<Vec<u64>> {
    let kernel = Gibbs::default();
    let mut memory = check::OwnedMemory::new(model, &kernel, 1);
    let start = vec![0u16; model.space().sites()];
    let (mut block, scratch) = memory.walkers(model, &kernel, &[start], 1.0);
    kernel.init(model, &mut block, scratch);
    let (mut bits, mut counts) = ([SplitMix64::new(11)], [StepCounts::default()]);
    let sites = model.space().sites();
    let mut seen = vec![vec![0; words]; sites];
    for _ in 0..draws {
        kernel.advance(
            model,
            &mut block,
            scratch,
            &mut bits,
            &mut counts,
            sites as u64,
        );
        for (seen, &word) in seen.iter_mut().zip(&*block[0].x) {
            seen[usize::from(word)] += 1;
        }
    }
    seen
}
