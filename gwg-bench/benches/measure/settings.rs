use criterion::Criterion;
use std::time::Duration;

/// Measurement times: with `--quick`, all suites together take a few minutes.
pub(crate) fn criterion() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(2))
}
