use super::ExactError;
use super::stream::Stream;
use gwg_core::{Delta, Move, Real, Space};

/// Maximum number of enumerated configurations: `2^24`.
pub const MAX_CONFIGURATIONS: usize = 1 << 24;
/// Number of steps after which `f` is evaluated in full, to limit the accumulation of rounding errors.
const REFRESH: usize = 1024;

/// Exact expectations of a target at some inverse temperature.
#[derive(Clone, Debug, PartialEq)]
pub struct Enumeration {
    /// `log sum exp(beta f)`.
    pub log_z: f64,
    /// Mean of `f` (not of `beta f`).
    pub mean_log_prob: f64,
    /// Variance of `f`.
    pub variance_log_prob: f64,
    /// For each site: with two states the probability of symbol 1, otherwise one probability per state, site-major.
    /// Observed sites have probability 1 at their observed symbol.
    pub means: Vec<f64>,
}

/// Enumerates all configurations of a target in a reflected Gray code, in which one site changes at a time.
///
/// # Cost
/// One difference and `sites` additions per configuration: `2^24` configurations of 24 binary sites take seconds.
///
/// # Errors
/// [`ExactError::TooLarge`] beyond [`MAX_CONFIGURATIONS`]; [`ExactError::NotFinite`] if `f` is NaN or positive infinity at
/// some configuration, or `-inf` at all of them.
///
/// ```
/// use gwg_models::LatticeIsing;
///
/// let model = LatticeIsing::<f64>::new(2, 3, 0.2, 0.1)?;
/// let exact = gwg_models::exact::enumerate(&model, 1.0)?;
/// assert!(exact.means.iter().all(|&p| p > 0.5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn enumerate<T: Delta<Space: Space<Symbol = u8>>>(
    target: &T,
    beta: f64,
) -> Result<Enumeration, ExactError> {
    let space = target.space();
    let (sites, states) = (space.sites(), space.states());
    let count = configurations(space)?;
    let mut gray = Gray::new(space);
    let mut memory = vec![T::Real::ZERO; target.cache_len()];
    let mut mass = vec![0.0; sites * states];
    let (mut stream, mut f) = (Stream::new(), 0.0);
    for k in 0..count {
        if k > 0 {
            let mv = gray.next();
            f += target.delta(&gray.x, &memory, mv).to_f64();
            mv.apply(&mut gray.x);
            target.update(&gray.x, &mut memory, mv);
        }
        // From negative infinity, differences do not lead back to finite values.
        if k.is_multiple_of(REFRESH) || !Real::is_finite(f) {
            f = target.init_cache(&gray.x, &mut memory);
        }
        let exponent = beta * f;
        if exponent.is_nan() || exponent == f64::INFINITY {
            return Err(ExactError::NotFinite { found: f });
        }
        let (rescale, weight) = stream.push(exponent, f);
        if let Some(scale) = rescale {
            mass.iter_mut().for_each(|m| *m *= scale);
        }
        for (mass, &s) in mass.chunks_exact_mut(states).zip(&gray.x) {
            mass[usize::from(s)] += weight;
        }
    }
    if stream.total() == 0.0 {
        let found = f64::NEG_INFINITY;
        return Err(ExactError::NotFinite { found });
    }
    Ok(finished(&stream, &mass, states))
}

fn finished(stream: &Stream, mass: &[f64], states: usize) -> Enumeration {
    let mut means: Vec<f64> = mass.iter().map(|m| m / stream.total()).collect();
    if states == 2 {
        means = means.into_iter().skip(1).step_by(2).collect();
    }
    Enumeration {
        log_z: stream.log_sum(),
        mean_log_prob: stream.mean(),
        variance_log_prob: stream.variance(),
        means,
    }
}

/// The number of configurations.
fn configurations<S: Space<Symbol = u8>>(space: &S) -> Result<usize, ExactError> {
    let free = (0..space.sites()).filter(|&site| space.is_free(site));
    let product = free.fold(1usize, |n, site| n.saturating_mul(space.states_at(site)));
    if product > MAX_CONFIGURATIONS {
        return Err(ExactError::TooLarge {
            what: "configurations",
            found: product,
            allowed: MAX_CONFIGURATIONS,
        });
    }
    Ok(product)
}

/// A reflected Gray code over sites with any numbers of states (Knuth 4A, algorithm H).
struct Gray {
    x: Vec<u8>,
    /// Free sites with more than one state.
    sites: Vec<usize>,
    states: Vec<usize>,
    /// The direction in which each site is changing.
    up: Vec<bool>,
    focus: Vec<usize>,
}

impl Gray {
    fn new<S: Space<Symbol = u8>>(space: &S) -> Self {
        let moves = |&site: &usize| space.is_free(site) && space.states_at(site) > 1;
        let sites: Vec<usize> = (0..space.sites()).filter(moves).collect();
        Self {
            x: (0..space.sites())
                .map(|site| space.observed(site).unwrap_or(0))
                .collect(),
            states: sites.iter().map(|&site| space.states_at(site)).collect(),
            up: vec![true; sites.len()],
            focus: (0..=sites.len()).collect(),
            sites,
        }
    }

    /// Returns the move to the next configuration without making it; called one time fewer than there are configurations.
    fn next(&mut self) -> Move {
        let j = self.focus[0];
        self.focus[0] = 0;
        let site = self.sites[j];
        let from = u16::from(self.x[site]);
        let to = if self.up[j] { from + 1 } else { from - 1 };
        if to == 0 || usize::from(to) == self.states[j] - 1 {
            self.up[j] = !self.up[j];
            self.focus[j] = self.focus[j + 1];
            self.focus[j + 1] = j + 1;
        }
        Move { site, from, to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_core::{Binary, Categorical, Clamped, Mixed};
    use std::collections::HashSet;

    fn all<S: Space<Symbol = u8>>(space: &S) -> usize {
        let count = configurations(space).unwrap();
        let mut gray = Gray::new(space);
        let mut seen = HashSet::from([gray.x.clone()]);
        for _ in 1..count {
            let mv = gray.next();
            assert!(u16::from(gray.x[mv.site]) == mv.from && mv.from != mv.to);
            mv.apply(&mut gray.x);
            assert!(space.contains(&gray.x));
            seen.insert(gray.x.clone());
        }
        assert_eq!(seen.len(), count);
        count
    }

    #[test]
    fn every_configuration_is_visited_once() {
        assert_eq!(all(&Binary::new(1)), 2);
        assert_eq!(all(&Binary::new(9)), 512);
        assert_eq!(all(&Categorical::new(4, 3).unwrap()), 81);
        assert_eq!(all(&Categorical::new(1, 256).unwrap()), 256);
        let mut offsets = [0; 4];
        assert_eq!(all(&Mixed::new(&[2, 5, 3], &mut offsets).unwrap()), 30);
        let (observed, mut free) = ([None, Some(1), None, Some(0)], [0; 4]);
        assert_eq!(
            all(&Clamped::new(Binary::new(4), &observed, &mut free).unwrap()),
            4
        );
    }

    #[test]
    fn spaces_that_are_too_large_are_rejected() {
        assert!(configurations(&Binary::new(24)).is_ok());
        assert!(configurations(&Binary::new(25)).is_err());
        assert!(configurations(&Binary::new(1000)).is_err());
    }
}
