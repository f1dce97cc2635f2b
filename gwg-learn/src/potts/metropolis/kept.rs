//! Metropolis moves of chains that keep their local fields.

use super::proposal;
use crate::potts::chains::Block;
use crate::potts::tables::PottsTables;
use gwg_chains::Stop;
use gwg_core::Bits;
use gwg_core::accept::lazy;
use gwg_core::math::exp_in_place;

/// Chains of a group at most, and the bytes of their local fields: those stay in the second-level cache.
const GROUP: usize = 64;
const BYTES: usize = 1 << 19;

/// Each chain of a group has its local fields `F[k, b] = h[k, b] + sum_i J[i, k, x_i, b]`, so that the ratio of a proposal is a difference of two of
/// them. They are computed once per call, and an accepted move adds the difference of two rows.
#[inline(always)]
pub(super) fn sweep(block: &mut Block, tables: &PottsTables, (sweeps, stop): (usize, Stop<'_>)) {
    let len = tables.fields().len();
    let group = (BYTES / (4 * len)).clamp(1, GROUP);
    let chains = block.generators.len();
    let mut fields = vec![0.0_f32; group.min(chains) * len];
    for first in (0..chains).step_by(group) {
        let fields = &mut fields[..group.min(chains - first) * len];
        local_fields(block, tables, first, fields);
        for _ in 0..sweeps {
            for site in 0..tables.sites() {
                if stop.is_due() {
                    return;
                }
                step(block, tables, (first, site), fields);
            }
        }
    }
}

/// Computes the local fields of chains from `first` on.
#[inline(always)]
fn local_fields(block: &Block, tables: &PottsTables, first: usize, fields: &mut [f32]) {
    let len = tables.fields().len();
    for fields in fields.chunks_exact_mut(len) {
        fields.copy_from_slice(tables.fields());
    }
    for site in 0..tables.sites() {
        let rows = tables.coupling(site);
        let symbols = &block.site(site)[first..];
        for (fields, &a) in fields.chunks_exact_mut(len).zip(symbols) {
            let row = &rows[usize::from(a) * len..][..len];
            fields.iter_mut().zip(row).for_each(|(f, j)| *f += j);
        }
    }
}

/// One proposal at a site of each chain from `first` on.
#[inline(always)]
fn step(
    block: &mut Block,
    tables: &PottsTables,
    (first, site): (usize, usize),
    fields: &mut [f32],
) {
    let (len, width, q) = (tables.fields().len(), tables.width(), tables.states());
    let rows = tables.coupling(site);
    let start = site * block.lanes + first;
    let symbols = &mut block.symbols[start..];
    let chains = symbols.iter_mut().zip(&mut block.generators[first..]);
    for (fields, (symbol, bits)) in fields.chunks_exact_mut(len).zip(chains) {
        let old = usize::from(*symbol);
        let new = proposal(old, bits.below(q - 1));
        let here = &fields[site * width..][..width];
        let mut ratio = [here[new] - here[old]];
        exp_in_place(&mut ratio);
        if lazy(ratio[0], bits) {
            *symbol = new as u8;
            let (new, old) = (&rows[new * len..][..len], &rows[old * len..][..len]);
            for (f, (new, old)) in fields.iter_mut().zip(new.iter().zip(old)) {
                *f += new - old;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::potts::chains::PottsChains;
    use crate::potts::metropolis::fixtures;
    use crate::potts::tables::PottsMoves;
    use gwg_chains::Threads;
    use gwg_core::accept::lazy_probability;

    const SITES: usize = 3;
    const Q: usize = 4;
    const STATES: usize = 64;

    fn symbol(x: usize, i: usize) -> usize {
        fixtures::symbol(x, i, Q)
    }

    /// All states, a chain for each.
    fn all_states(threads: &Threads) -> PottsChains {
        let uniform = [1.0; SITES * Q];
        let mut chains = PottsChains::new((SITES, Q), STATES, 5, &uniform, threads);
        let rows = (0..STATES).flat_map(|x| (0..SITES).map(move |i| symbol(x, i) as u8));
        chains.set_rows(&rows.collect::<Vec<u8>>());
        chains
    }

    fn fields_of(chains: &PottsChains, tables: &PottsTables) -> Vec<f32> {
        let mut fields = vec![0.0; STATES * tables.fields().len()];
        local_fields(&chains.blocks()[0], tables, 0, &mut fields);
        fields
    }

    /// The matrix of the moves of a site, from the local fields and the probabilities of their decisions.
    fn matrix(fields: &[f32], tables: &PottsTables, site: usize) -> Vec<f64> {
        let mut p = vec![0.0; STATES * STATES];
        for (x, fields) in fields.chunks_exact(tables.fields().len()).enumerate() {
            let (here, old) = (&fields[site * tables.width()..], symbol(x, site));
            let mut moved = 0.0;
            for new in (0..Q - 1).map(|k| proposal(old, k)) {
                let y = x + new * Q.pow(site as u32) - old * Q.pow(site as u32);
                let mut ratio = [here[new] - here[old]];
                exp_in_place(&mut ratio);
                let probability = f64::from(lazy_probability(ratio[0])) / (Q - 1) as f64;
                p[x * STATES + y] += probability;
                moved += probability;
            }
            p[x * STATES + x] += 1.0 - moved;
        }
        p
    }

    #[test]
    fn a_sweep_leaves_the_distribution_invariant() {
        let (model, threads) = (fixtures::model(SITES, Q), Threads::one());
        let tables = PottsTables::with_moves(&model, PottsMoves::Metropolis, &threads);
        let fields = fields_of(&all_states(&threads), &tables);
        let law = fixtures::law(&model);
        let mut now = law.clone();
        for site in 0..SITES {
            let p = matrix(&fields, &tables, site);
            let into = |y: usize| (0..STATES).map(|x| now[x] * p[x * STATES + y]).sum();
            now = (0..STATES).map(into).collect();
            for (now, law) in now.iter().zip(&law) {
                // The fields are in single precision.
                assert!((now - law).abs() < 1e-6 * law, "{now} {law}");
            }
        }
    }

    /// Moves decide as the matrix says, and keep the local fields those of the states.
    #[test]
    fn moves_keep_their_local_fields() {
        let (model, threads) = (fixtures::model(SITES, Q), Threads::one());
        let tables = PottsTables::with_moves(&model, PottsMoves::Metropolis, &threads);
        let chains = all_states(&threads);
        let mut fields = fields_of(&chains, &tables);
        let mut block = chains.blocks()[0].clone();
        for turn in 0..40 {
            let site = turn % SITES;
            let mut expected = Vec::new();
            let each = fields
                .chunks_exact(tables.fields().len())
                .zip(&block.generators);
            for (&old, (fields, bits)) in block.site(site).iter().zip(each) {
                let (mut bits, here) = (bits.clone(), &fields[site * tables.width()..]);
                let new = proposal(old.into(), bits.below(Q - 1));
                let mut ratio = [here[new] - here[usize::from(old)]];
                exp_in_place(&mut ratio);
                expected.push(if lazy(ratio[0], &mut bits) {
                    new as u8
                } else {
                    old
                });
            }
            step(&mut block, &tables, (0, site), &mut fields);
            assert_eq!(block.site(site), expected);
            let mut exact = vec![0.0; fields.len()];
            local_fields(&block, &tables, 0, &mut exact);
            for (kept, exact) in fields.iter().zip(&exact) {
                assert!((kept - exact).abs() < 1e-4, "{kept} {exact}");
            }
        }
    }
}
