use gwg_core::Real;

/// The kernel `exp(-|u - v|^2 / bandwidth)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RbfKernel {
    bandwidth: f64,
}

impl RbfKernel {
    /// The kernel whose bandwidth is the median of the squared distances of the particles over `ln(n + 1)` (Liu, Wang 2016:
    /// each particle then has a kernel sum of about 1 from all others); 1 if the median is 0 or not finite.
    ///
    /// Cost: `n^2 dimension / 2`.
    #[must_use]
    pub fn median<R: Real>(particles: &[R], dimension: usize) -> Self {
        let rows: Vec<&[R]> = particles.chunks_exact(dimension.max(1)).collect();
        let mut distances = Vec::with_capacity(rows.len() * rows.len() / 2);
        for (k, a) in rows.iter().enumerate() {
            distances.extend(rows.iter().take(k).map(|b| squared_distance(a, b)));
        }
        let middle = distances.len() / 2;
        let median = if distances.is_empty() {
            0.0
        } else {
            *distances.select_nth_unstable_by(middle, f64::total_cmp).1
        };
        let bandwidth = median / Real::ln(rows.len() as f64 + 1.0);
        let usable = bandwidth > 0.0 && bandwidth.is_finite();
        Self {
            bandwidth: if usable { bandwidth } else { 1.0 },
        }
    }

    /// The bandwidth.
    #[must_use]
    pub const fn bandwidth(&self) -> f64 {
        self.bandwidth
    }

    /// `k(u, v)`.
    #[must_use]
    pub fn value<R: Real>(&self, u: &[R], v: &[R]) -> f64 {
        Real::exp(-squared_distance(u, v) / self.bandwidth)
    }
}

fn squared_distance<R: Real>(u: &[R], v: &[R]) -> f64 {
    let squares = u.iter().zip(v).map(|(&u, &v)| (u - v) * (u - v));
    squares.fold(R::ZERO, |sum, square| sum + square).to_f64()
}
