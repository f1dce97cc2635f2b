//! The transition probabilities of a sweep over classes of independent sites.

use gwg_core::Symbol;
use gwg_core::target::Held;

/// Calls `visit` with every outcome of a sweep from `x` and its probability. Class by class, the conditional
/// probabilities of a site's states are those that `conditional` appends, all computed before any site of the class
/// is drawn. Held sites do not change.
pub(crate) fn outcomes<S: Symbol>(
    classes: &[Vec<usize>],
    x: &mut [S],
    probability: f64,
    held: Held<'_, S>,
    conditional: &impl Fn(&[S], usize, &mut Vec<f64>),
    visit: &mut dyn FnMut(&[S], f64),
) {
    let Some((class, rest)) = classes.split_first() else {
        return visit(x, probability);
    };
    let class: Vec<usize> = class
        .iter()
        .copied()
        .filter(|&i| held.at(i).is_none())
        .collect();
    let laws: Vec<Vec<f64>> = class
        .iter()
        .map(|&site| {
            let mut p = Vec::new();
            conditional(x, site, &mut p);
            p
        })
        .collect();
    let before: Vec<S> = class.iter().map(|&site| x[site]).collect();
    // One digit per site, the first one varying fastest.
    let mut digits = vec![0; class.len()];
    loop {
        let mut product = probability;
        for ((&site, &digit), p) in class.iter().zip(&digits).zip(&laws) {
            x[site] = S::from_index(digit);
            product *= p[digit];
        }
        outcomes(rest, x, product, held, conditional, visit);
        let Some(k) = (0..class.len()).find(|&k| digits[k] + 1 < laws[k].len()) else {
            break;
        };
        digits[..k].fill(0);
        digits[k] += 1;
    }
    for (&site, symbol) in class.iter().zip(before) {
        x[site] = symbol;
    }
}
