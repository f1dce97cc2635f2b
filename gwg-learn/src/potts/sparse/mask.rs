//! Which couplings are active.

/// A bit for each coupling, in the order of [`PairPotts::coupling`](crate::PairPotts::coupling).
#[derive(Clone, Debug, PartialEq)]
pub(in crate::potts) struct Mask {
    len: usize,
    words: Vec<u64>,
}

impl Mask {
    /// All couplings are active, or none.
    pub(super) fn new(len: usize, active: bool) -> Self {
        let mut words = vec![if active { u64::MAX } else { 0 }; len.div_ceil(64)];
        if let Some(last) = words.last_mut()
            && active
            && !len.is_multiple_of(64)
        {
            *last = (1 << (len % 64)) - 1;
        }
        Self { len, words }
    }

    #[inline]
    pub(in crate::potts) fn get(&self, at: usize) -> bool {
        self.words[at / 64] >> (at % 64) & 1 == 1
    }

    pub(super) fn flip(&mut self, at: usize) {
        self.words[at / 64] ^= 1 << (at % 64);
    }

    /// The number of active couplings.
    pub(super) fn count(&self) -> usize {
        self.words
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }

    /// Replaces all bits; those beyond the couplings are dropped.
    pub(super) fn set_words(&mut self, words: &[u64]) {
        let all = Self::new(self.len, true);
        for ((word, &new), &within) in self.words.iter_mut().zip(words).zip(&all.words) {
            *word = new & within;
        }
    }

    /// Sets the numbers of all inactive couplings to 0, where there are `per` numbers for each coupling of a block of `block`, the numbers of one kind
    /// after another.
    pub(in crate::potts) fn clear(&self, numbers: &mut [f32], block: usize, per: usize) {
        if per == 0 {
            return;
        }
        for (pair, numbers) in numbers.chunks_exact_mut(per * block).enumerate() {
            for kind in numbers.chunks_exact_mut(block) {
                for (k, number) in kind.iter_mut().enumerate() {
                    if !self.get(pair * block + k) {
                        *number = 0.0;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_those_of_couplings() {
        for len in [1, 63, 64, 65, 130] {
            assert_eq!(Mask::new(len, true).count(), len);
            let mut mask = Mask::new(len, false);
            mask.flip(len - 1);
            assert!(mask.get(len - 1) && mask.count() == 1);
            mask.set_words(&vec![u64::MAX; len.div_ceil(64)]);
            assert_eq!(mask, Mask::new(len, true));
        }
    }

    #[test]
    fn inactive_numbers_are_cleared() {
        let mut mask = Mask::new(4, true);
        mask.flip(1);
        mask.flip(2);
        let mut numbers = [1.0; 8];
        mask.clear(&mut numbers, 2, 2);
        assert_eq!(numbers, [1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0]);
    }
}
