use super::proposal::{ProposalContext, site_sum};
use crate::{Bits, Real, Space, math};

/// Writes the sites with the `path.len()` largest `log W_i + G_i` to `path`, the largest first, where the `G_i` are
/// standard Gumbel and `W_i` is the sum of a site's weights; returns their number.
///
/// This is a draw without replacement with probabilities proportional to `W` (Yellott 1977). `-log` of the perturbed
/// weight is the exponential variable `E_i / W_i`, in the reverse order, and takes one logarithm instead of two.
#[inline(always)]
pub(super) fn top<S: Space, R: Real, B: Bits + ?Sized>(
    at: &ProposalContext<'_, S, R>,
    weight: &[R],
    scratch: &mut [R],
    path: &mut [u32],
    bits: &mut B,
) -> usize {
    let sites = at.space.sites();
    let (keys, best) = scratch
        .split_at_mut_checked(sites)
        .unwrap_or((&mut [], &mut []));
    for key in keys.iter_mut() {
        // 53 bits, also in f32: the smallest of many keys needs a uniform number with high resolution near 0.
        *key = -R::from_f64(bits.unit::<f64>());
    }
    log1p_in_place(keys);
    for (site, key) in keys.iter_mut().enumerate() {
        let w = if at.one_move_a_site() {
            weight.get(site).copied().unwrap_or(R::ZERO)
        } else {
            site_sum(weight, at.moves_of(site))
        };
        *key = if w > R::ZERO { -*key / w } else { R::INFINITY };
    }
    smallest(keys, best, path)
}

#[inline(always)]
fn log1p_in_place<R: Real>(x: &mut [R]) {
    const BLOCK: usize = 64;
    for block in x.chunks_mut(BLOCK) {
        let mut copy = [R::ZERO; BLOCK];
        for (to, &from) in copy.iter_mut().zip(block.iter()) {
            *to = from;
        }
        math::log1p_slice(&copy, block);
    }
}

/// Writes the indices of the smallest finite keys, in order, by insertion into a sorted list.
#[inline(always)]
fn smallest<R: Real>(keys: &[R], best: &mut [R], path: &mut [u32]) -> usize {
    let mut found = 0;
    let mut bound = R::INFINITY;
    for (site, &key) in keys.iter().enumerate() {
        if key < bound {
            found = insert(key, site as u32, best, path, found);
            if found == path.len() {
                let last = found.saturating_sub(1);
                bound = best.get(last).copied().unwrap_or(R::NEG_INFINITY);
            }
        }
    }
    found
}

/// Inserts a key at its position, and drops the last one of a full list; returns the list's length.
#[inline]
fn insert<R: Real>(key: R, site: u32, best: &mut [R], path: &mut [u32], found: usize) -> usize {
    let (mut key, mut site) = (key, site);
    let list = best.iter_mut().zip(path.iter_mut());
    for (k, (best, slot)) in list.enumerate() {
        if k >= found {
            (*best, *slot) = (key, site);
            return found + 1;
        }
        if key < *best {
            core::mem::swap(&mut key, best);
            core::mem::swap(&mut site, slot);
        }
    }
    found
}
