//! Fourier transform of a power-of-two length, for autocovariances.
//!
//! Forward by decimation in frequency, back by decimation in time: the spectrum stays in bit-reversed order, which a power
//! spectrum does not mind, so nothing is ever permuted. Halves are taken depth first, so that all but the first few levels run in cache.

/// Twiddle factors of one length; shared by all transforms of it.
#[derive(Debug)]
pub(super) struct Fft {
    /// cos and sin of the level of size s are at s/2..s.
    cos: Vec<f64>,
    sin: Vec<f64>,
}

impl Fft {
    /// For the least power of two that is at least `len` (and 1).
    pub(super) fn new(len: usize) -> Self {
        let n = len.max(1).next_power_of_two();
        let (mut cos, mut sin) = (vec![1.0; n], vec![0.0; n]);
        let step = -2.0 * std::f64::consts::PI / n as f64;
        for k in 0..n / 2 {
            (sin[n / 2 + k], cos[n / 2 + k]) = (step * k as f64).sin_cos();
        }
        for k in (1..n / 2).rev() {
            // Entry k = s/2 + j of level s is entry 2j of the level of twice its size, which is at s + 2j = 2k.
            (cos[k], sin[k]) = (cos[2 * k], sin[2 * k]);
        }
        Self { cos, sin }
    }

    /// The length of its transforms.
    pub(super) fn len(&self) -> usize {
        self.cos.len()
    }

    /// sum_j z_j exp(-2 pi i j k / n), in place, k in bit-reversed order. Both slices have [`len`](Self::len) values.
    pub(super) fn forward(&self, re: &mut [f64], im: &mut [f64]) {
        let half = re.len() / 2;
        if half == 0 {
            return;
        }
        let ((a, b), (c, d)) = (re.split_at_mut(half), im.split_at_mut(half));
        let twiddles = self.cos[half..2 * half]
            .iter()
            .zip(&self.sin[half..2 * half]);
        let (top, bottom) = (a.iter_mut().zip(&mut *c), b.iter_mut().zip(&mut *d));
        for (((ar, ai), (br, bi)), (wr, wi)) in top.zip(bottom).zip(twiddles) {
            let (dr, di) = (*ar - *br, *ai - *bi);
            (*ar, *ai) = (*ar + *br, *ai + *bi);
            (*br, *bi) = (dr * wr - di * wi, dr * wi + di * wr);
        }
        self.forward(a, c);
        self.forward(b, d);
    }

    /// The inverse of [`forward`](Self::forward) times n: bit-reversed order in, natural order out.
    pub(super) fn backward(&self, re: &mut [f64], im: &mut [f64]) {
        let half = re.len() / 2;
        if half == 0 {
            return;
        }
        let ((a, b), (c, d)) = (re.split_at_mut(half), im.split_at_mut(half));
        self.backward(a, c);
        self.backward(b, d);
        let twiddles = self.cos[half..2 * half]
            .iter()
            .zip(&self.sin[half..2 * half]);
        let (top, bottom) = (a.iter_mut().zip(&mut *c), b.iter_mut().zip(&mut *d));
        for (((ar, ai), (br, bi)), (wr, wi)) in top.zip(bottom).zip(twiddles) {
            let (tr, ti) = (*br * wr + *bi * wi, *bi * wr - *br * wi);
            (*br, *bi) = (*ar - tr, *ai - ti);
            (*ar, *ai) = (*ar + tr, *ai + ti);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(n: usize) -> (Vec<f64>, Vec<f64>) {
        let wave = |i: usize, m: usize| ((i * i * 7 + i * m) % 23) as f64 - 11.0;
        (
            (0..n).map(|i| wave(i, 3)).collect(),
            (0..n).map(|i| wave(i, 5)).collect(),
        )
    }

    #[test]
    fn forward_is_the_sum() {
        for n in [1, 2, 4, 32] {
            let fft = Fft::new(n);
            let (re, im) = input(n);
            let (mut r, mut i) = (re.clone(), im.clone());
            fft.forward(&mut r, &mut i);
            for k in 0..n {
                let (mut sr, mut si) = (0.0, 0.0);
                for j in 0..n {
                    let angle = -2.0 * std::f64::consts::PI * ((j * k) % n) as f64 / n as f64;
                    sr += re[j] * angle.cos() - im[j] * angle.sin();
                    si += re[j] * angle.sin() + im[j] * angle.cos();
                }
                let at = if n == 1 {
                    0
                } else {
                    k.reverse_bits() >> (usize::BITS - n.ilog2())
                };
                assert!(
                    (r[at] - sr).abs() < 1e-11 && (i[at] - si).abs() < 1e-11,
                    "{n} {k}"
                );
            }
        }
    }

    #[test]
    fn backward_undoes_forward() {
        let n = 4096;
        let fft = Fft::new(n - 5);
        assert_eq!(fft.len(), n);
        let (re, im) = input(n);
        let (mut r, mut i) = (re.clone(), im.clone());
        fft.forward(&mut r, &mut i);
        fft.backward(&mut r, &mut i);
        for k in 0..n {
            assert!((r[k] / n as f64 - re[k]).abs() < 1e-13);
            assert!((i[k] / n as f64 - im[k]).abs() < 1e-13);
        }
    }
}
