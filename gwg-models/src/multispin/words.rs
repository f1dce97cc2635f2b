//! Four words of 64 bits at a time: the same operations, to the bit, with and without vector instructions.

/// Words in a group.
pub(super) const GROUP: usize = 4;

/// Operations on groups of words.
pub(super) trait Words: Copy {
    /// A group.
    type Group: Copy;

    fn load(self, words: [u64; GROUP]) -> Self::Group;
    fn store(self, group: Self::Group) -> [u64; GROUP];
    fn splat(self, word: u64) -> Self::Group;
    fn xor(self, a: Self::Group, b: Self::Group) -> Self::Group;
    fn and(self, a: Self::Group, b: Self::Group) -> Self::Group;
    fn or(self, a: Self::Group, b: Self::Group) -> Self::Group;
    fn not(self, a: Self::Group) -> Self::Group;
    fn add(self, a: Self::Group, b: Self::Group) -> Self::Group;
    fn shift_left<const BY: i32>(self, a: Self::Group) -> Self::Group;
    /// To the left; `BACK` is `64 - BY`.
    fn rotate<const BY: i32, const BACK: i32>(self, a: Self::Group) -> Self::Group;

    #[inline(always)]
    fn is_zero(self, a: Self::Group) -> bool {
        self.store(a).into_iter().fold(0, |all, word| all | word) == 0
    }

    /// `a & !b`.
    #[inline(always)]
    fn without(self, a: Self::Group, b: Self::Group) -> Self::Group {
        self.and(a, self.not(b))
    }

    /// The two bits of the sum of two bits.
    #[inline(always)]
    fn half_add(self, a: Self::Group, b: Self::Group) -> (Self::Group, Self::Group) {
        (self.xor(a, b), self.and(a, b))
    }

    /// The two bits of the sum of three bits.
    #[inline(always)]
    fn full_add(
        self,
        a: Self::Group,
        b: Self::Group,
        c: Self::Group,
    ) -> (Self::Group, Self::Group) {
        let (sum, carry) = self.half_add(a, b);
        let (sum, other) = self.half_add(sum, c);
        (sum, self.or(carry, other))
    }
}

/// Words one by one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain;

impl Words for Plain {
    type Group = [u64; GROUP];

    #[inline(always)]
    fn load(self, words: [u64; GROUP]) -> Self::Group {
        words
    }

    #[inline(always)]
    fn store(self, group: Self::Group) -> [u64; GROUP] {
        group
    }

    #[inline(always)]
    fn splat(self, word: u64) -> Self::Group {
        [word; GROUP]
    }

    #[inline(always)]
    fn xor(self, a: Self::Group, b: Self::Group) -> Self::Group {
        std::array::from_fn(|k| a[k] ^ b[k])
    }

    #[inline(always)]
    fn and(self, a: Self::Group, b: Self::Group) -> Self::Group {
        std::array::from_fn(|k| a[k] & b[k])
    }

    #[inline(always)]
    fn or(self, a: Self::Group, b: Self::Group) -> Self::Group {
        std::array::from_fn(|k| a[k] | b[k])
    }

    #[inline(always)]
    fn not(self, a: Self::Group) -> Self::Group {
        a.map(|word| !word)
    }

    #[inline(always)]
    fn add(self, a: Self::Group, b: Self::Group) -> Self::Group {
        std::array::from_fn(|k| a[k].wrapping_add(b[k]))
    }

    #[inline(always)]
    fn shift_left<const BY: i32>(self, a: Self::Group) -> Self::Group {
        a.map(|word| word << BY)
    }

    #[inline(always)]
    fn rotate<const BY: i32, const BACK: i32>(self, a: Self::Group) -> Self::Group {
        a.map(|word| word << BY | word >> BACK)
    }
}

/// Vectors of 256 bits. Named instructions: loops over four words are compiled to single ones.
#[cfg(all(feature = "dense", target_arch = "x86_64"))]
impl Words for pulp::x86::V3 {
    type Group = pulp::u64x4;

    #[inline(always)]
    fn load(self, words: [u64; GROUP]) -> Self::Group {
        pulp::cast(words)
    }

    #[inline(always)]
    fn store(self, group: Self::Group) -> [u64; GROUP] {
        pulp::cast(group)
    }

    #[inline(always)]
    fn splat(self, word: u64) -> Self::Group {
        self.splat_u64x4(word)
    }

    #[inline(always)]
    fn xor(self, a: Self::Group, b: Self::Group) -> Self::Group {
        self.xor_u64x4(a, b)
    }

    #[inline(always)]
    fn and(self, a: Self::Group, b: Self::Group) -> Self::Group {
        self.and_u64x4(a, b)
    }

    #[inline(always)]
    fn or(self, a: Self::Group, b: Self::Group) -> Self::Group {
        self.or_u64x4(a, b)
    }

    #[inline(always)]
    fn not(self, a: Self::Group) -> Self::Group {
        self.not_u64x4(a)
    }

    #[inline(always)]
    fn add(self, a: Self::Group, b: Self::Group) -> Self::Group {
        self.wrapping_add_u64x4(a, b)
    }

    #[inline(always)]
    fn shift_left<const BY: i32>(self, a: Self::Group) -> Self::Group {
        self.shl_const_u64x4::<BY>(a)
    }

    #[inline(always)]
    fn rotate<const BY: i32, const BACK: i32>(self, a: Self::Group) -> Self::Group {
        self.or_u64x4(
            self.shl_const_u64x4::<BY>(a),
            self.shr_const_u64x4::<BACK>(a),
        )
    }
}
