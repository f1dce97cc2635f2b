//! How well connected correlations of two samples agree.

/// Sums over pairs of numbers `(x, y)`, from which their correlation and the slope of `y` on `x` follow.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Correlations {
    n: f64,
    x: f64,
    y: f64,
    xx: f64,
    yy: f64,
    xy: f64,
}

impl Correlations {
    /// Adds a pair of numbers.
    #[inline(always)]
    pub fn push(&mut self, x: f32, y: f32) {
        let (x, y) = (f64::from(x), f64::from(y));
        self.n += 1.0;
        self.x += x;
        self.y += y;
        self.xx += x * x;
        self.yy += y * y;
        self.xy += x * y;
    }

    /// Adds all pairs of another sum.
    pub fn add(&mut self, other: &Self) {
        self.n += other.n;
        self.x += other.x;
        self.y += other.y;
        self.xx += other.xx;
        self.yy += other.yy;
        self.xy += other.xy;
    }

    /// Pearson's correlation; NaN where one of both does not vary.
    #[must_use]
    pub fn pearson(&self) -> f64 {
        let (xx, yy, xy) = self.central();
        xy / (xx * yy).sqrt()
    }

    /// The slope of the least-squares line of `y` on `x`: 1 where correlations have the size of those of `x`.
    #[must_use]
    pub fn slope(&self) -> f64 {
        let (xx, _, xy) = self.central();
        xy / xx
    }

    fn central(&self) -> (f64, f64, f64) {
        let of = |xy: f64, x: f64, y: f64| xy - x * y / self.n;
        (
            of(self.xx, self.x, self.x),
            of(self.yy, self.y, self.y),
            of(self.xy, self.x, self.y),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_line() {
        let (mut all, mut half) = (Correlations::default(), Correlations::default());
        for k in 0..10 {
            let x = k as f32;
            if k < 5 { &mut all } else { &mut half }.push(x, 3.0 - 2.0 * x);
        }
        all.add(&half);
        assert!((all.pearson() + 1.0).abs() < 1e-12);
        assert!((all.slope() + 2.0).abs() < 1e-12);
        assert!(Correlations::default().pearson().is_nan());
    }
}
