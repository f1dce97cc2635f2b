//! Consistency rules between the tensors of a model.

use gwg_core::{Categorical, Real};

use crate::ModelError;
use crate::io::error::ModelFault;
use crate::number::unravel;

/// Checks that `W` has the shape of `b` (visible, or L and q), followed by the length of `c` (hidden).
pub(super) fn weights_fit(
    weights: &[usize],
    visible: &[usize],
    hidden: usize,
) -> Result<(), ModelFault> {
    let allowed = [visible, &[hidden]].concat();
    if weights == allowed {
        return Ok(());
    }
    let transposed = weights.split_first() == Some((&hidden, visible));
    let remedy = if transposed {
        "; save W transposed"
    } else {
        ""
    };
    Err(ModelFault::Shape {
        tensor: "W",
        found: weights.to_vec(),
        allowed,
        because: match visible {
            [visible] => format!("`b` has {visible} numbers and `c` {hidden}{remedy}"),
            shape => format!("`b` has shape {shape:?} and `c` has {hidden} numbers{remedy}"),
        },
    })
}

/// Checks that `J` has the shape (n, n) for `h` (n), and (L, L, q, q) for `h` (L, q).
pub(super) fn couplings_fit(coupling: &[usize], field: &[usize]) -> Result<(), ModelFault> {
    let allowed: Vec<usize> = field.iter().flat_map(|&size| [size, size]).collect();
    if coupling == allowed {
        return Ok(());
    }
    Err(ModelFault::Shape {
        tensor: "J",
        found: coupling.to_vec(),
        allowed,
        because: format!("`h` has shape {field:?}"),
    })
}

/// Checks that a site has 2 to 256 states.
pub(super) fn states(sites: usize, states: usize) -> Result<(), ModelFault> {
    match Categorical::new(sites, states) {
        Ok(_) => Ok(()),
        Err(error) => Err(ModelFault::Content(error.into())),
    }
}

/// Checks that `J`, shape (n, n) or (L, L, q, q), is 0 within a site and symmetric between two sites.
pub(super) fn couplings<R: Real>(coupling: &[R], shape: &[usize]) -> Result<(), ModelFault> {
    let n = shape[0];
    let q = shape.get(2).copied().unwrap_or(1);
    let place = |i, j, a, b| ((i * n + j) * q + a) * q + b;
    for i in 0..n {
        for j in i..n {
            for (a, b) in (0..q).flat_map(|a| (0..q).map(move |b| (a, b))) {
                let (here, there) = (place(i, j, a, b), place(j, i, b, a));
                if i == j && coupling[here] != R::ZERO {
                    return Err(self_coupling(coupling, shape, here));
                }
                if coupling[here] != coupling[there] {
                    return Err(asymmetric(coupling, shape, here, there));
                }
            }
        }
    }
    Ok(())
}

fn self_coupling<R: Real>(coupling: &[R], shape: &[usize], at: usize) -> ModelFault {
    ModelFault::Content(ModelError::SelfCoupling {
        name: "J",
        index: unravel(at, shape),
        found: coupling[at].to_f64(),
    })
}

fn asymmetric<R: Real>(coupling: &[R], shape: &[usize], at: usize, mirror: usize) -> ModelFault {
    ModelFault::Content(ModelError::NotSymmetric {
        name: "J",
        index: unravel(at, shape),
        found: coupling[at].to_f64(),
        mirror: unravel(mirror, shape),
        mirrored: coupling[mirror].to_f64(),
    })
}
