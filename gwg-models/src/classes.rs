//! The law of a sweep over classes of independent sites.

use gwg_core::target::Held;

/// Gives every outcome of a sweep out of `x` and its probability to `visit`: class after class, the conditional
/// probabilities of a site's states, which `conditional` appends, all taken before any site of the class is drawn. Held sites stay.
pub(crate) fn outcomes(
    classes: &[Vec<usize>],
    x: &mut [u8],
    probability: f64,
    held: Held<'_, u8>,
    conditional: &impl Fn(&[u8], usize, &mut Vec<f64>),
    visit: &mut dyn FnMut(&[u8], f64),
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
    let before: Vec<u8> = class.iter().map(|&site| x[site]).collect();
    // One digit a site, the first one fastest.
    let mut digits = vec![0; class.len()];
    loop {
        let mut product = probability;
        for ((&site, &digit), p) in class.iter().zip(&digits).zip(&laws) {
            x[site] = digit as u8;
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
