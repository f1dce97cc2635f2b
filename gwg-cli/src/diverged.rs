//! Training whose parameters grow without bound.

/// The largest parameter that training can have: one of data's own is a few dozen, and the conditional probabilities of a model with larger ones are
/// 0 and 1 in f32.
pub(crate) const MOST: f64 = 1e4;

/// The largest of some parameters, in magnitude; infinite where one is not a number.
pub(crate) fn largest<'p>(parameters: impl IntoIterator<Item = &'p f32>) -> f64 {
    let all = parameters.into_iter().map(|p| f64::from(p.abs()));
    all.fold(0.0, |most, p| {
        if p.is_nan() {
            f64::INFINITY
        } else {
            most.max(p)
        }
    })
}

/// What happened, if something did: the update, the parameter, what is allowed, what to do.
pub(crate) fn said(update: u64, largest: f64, rate: Option<f64>) -> Option<String> {
    let within = largest <= MOST;
    let now = rate.map_or_else(String::new, |rate| format!(" (now {rate:?})"));
    (!within).then(|| {
        format!(
            "the training diverged in update {update}: found a parameter of {largest:.3e}, allowed are at most {MOST:.0} in magnitude; lower --rate{now}, or raise --l2"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_number_is_larger_than_all() {
        assert_eq!(largest(&[1.0, -3.0, 2.0]), 3.0);
        assert_eq!(largest(&[f32::NAN, 1.0]), f64::INFINITY);
        assert_eq!(said(3, 1e4, Some(0.1)), None);
        let text = said(3, f64::INFINITY, Some(1e30)).unwrap_or_default();
        assert!(
            text.contains("update 3") && text.contains("found a parameter of inf"),
            "{text}"
        );
    }
}
