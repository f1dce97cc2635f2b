//! Series of bits: sums of products by counting.

/// A series of bits, the earliest in the highest bit of the first word.
#[derive(Clone, Debug, Default)]
pub(super) struct Series {
    words: Vec<u64>,
    len: usize,
    /// How many ones come before each word, and in all.
    before: Vec<u32>,
}

impl Series {
    /// From bytes of eight bits each, of which the last may have fewer.
    pub(super) fn collect(bytes: impl Iterator<Item = u8>, len: usize) -> Self {
        let mut words = vec![0; len.div_ceil(64)];
        for (k, byte) in bytes.enumerate() {
            words[k / 8] |= u64::from(byte) << (56 - k % 8 * 8);
        }
        Self::of(words, len)
    }

    fn of(mut words: Vec<u64>, len: usize) -> Self {
        let used = len % 64;
        if let (Some(last), true) = (words.last_mut(), used > 0) {
            *last &= u64::MAX << (64 - used);
        }
        let mut sum = 0;
        let mut before = vec![0];
        before.extend(words.iter().map(|word| {
            sum += word.count_ones();
            sum
        }));
        Self { words, len, before }
    }

    /// The bits from `from` on, `len` of them.
    pub(super) fn part(&self, from: usize, len: usize) -> Self {
        let words = (0..len.div_ceil(64)).map(|k| self.word(from + 64 * k));
        Self::of(words.collect(), len)
    }

    /// 64 bits from a position on; zeros past the end.
    fn word(&self, from: usize) -> u64 {
        let (k, shift) = (from / 64, from % 64);
        let at = |k: usize| self.words.get(k).copied().unwrap_or(0);
        if shift == 0 {
            at(k)
        } else {
            at(k) << shift | at(k + 1) >> (64 - shift)
        }
    }

    /// The bits as numbers 0 and 1.
    pub(super) fn numbers(&self) -> impl Iterator<Item = f64> {
        (0..self.len).map(|k| f64::from(u8::from(self.words[k / 64] << (k % 64) >> 63 != 0)))
    }

    /// The number of ones.
    pub(super) fn ones(&self) -> f64 {
        f64::from(self.before[self.words.len()])
    }

    /// The number of ones in the first `end` bits.
    fn ones_before(&self, end: usize) -> f64 {
        let (whole, rest) = (end / 64, end % 64);
        let part = if rest == 0 {
            0
        } else {
            (self.words[whole] >> (64 - rest)).count_ones()
        };
        f64::from(self.before[whole] + part)
    }

    /// The number of pairs of ones at a lag.
    #[inline(always)]
    fn pairs(&self, lag: usize) -> u64 {
        let (k, shift) = (lag / 64, lag % 64);
        let late = self.words.get(k..).unwrap_or_default();
        let both = |(early, late): (&u64, u64)| u64::from((early & late).count_ones());
        if shift == 0 {
            return self.words.iter().zip(late.iter().copied()).map(both).sum();
        }
        let shifted = late
            .windows(2)
            .map(|w| w[0] << shift | w[1] >> (64 - shift));
        let last = late.last().map(|last| last << shift);
        self.words.iter().zip(shifted.chain(last)).map(both).sum()
    }

    /// The autocovariance at a lag, with the divisor n, as of numbers 0 and 1.
    #[inline(always)]
    pub(super) fn autocovariance(&self, lag: usize) -> f64 {
        let n = self.len;
        let all = self.ones();
        let mean = all / n as f64;
        let early = self.ones_before(n - lag);
        let late = all - self.ones_before(lag);
        (self.pairs(lag) as f64 - mean * (early + late) + (n - lag) as f64 * mean * mean) / n as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counts_are_those_of_the_bits(
            bits in prop::collection::vec(any::<bool>(), 1..300), from in 0usize..300, lag in 0usize..300,
        ) {
            let bytes: Vec<u8> = bits
                .chunks(8)
                .map(|c| c.iter().enumerate().map(|(k, &b)| u8::from(b) << (7 - k)).sum())
                .collect();
            let series = Series::collect(bytes.into_iter(), bits.len());
            let from = from % bits.len();
            let len = bits.len() - from;
            let lag = lag % len;
            let part = series.part(from, len);
            let x: Vec<f64> = bits[from..].iter().map(|&b| f64::from(u8::from(b))).collect();
            prop_assert_eq!(part.ones(), x.iter().sum::<f64>());
            let mean = part.ones() / len as f64;
            let product = |t: usize| (x[t] - mean) * (x[t + lag] - mean);
            let expected = (0..len - lag).map(product).sum::<f64>() / len as f64;
            prop_assert!((part.autocovariance(lag) - expected).abs() < 1e-12);
        }
    }
}
