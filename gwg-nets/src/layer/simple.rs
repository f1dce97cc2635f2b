//! Layers that move or add numbers.

pub(crate) mod add {
    use gwg_core::Real;

    vectors! {
        fn forward<R: Real>(from: &'v [R], other: &'v [R], to: &'v mut [R]) {
            for ((to, &a), &b) in to.iter_mut().zip(from).zip(other) {
                *to = a + b;
            }
        }

        /// Of one of the two.
        fn back<R: Real>(after: &'v [R], before: &'v mut [R]) {
            for (before, &after) in before.iter_mut().zip(after) {
                *before += after;
            }
        }
    }
}

pub(crate) mod scale {
    use gwg_core::Real;

    vectors! {
        fn forward<R: Real>(scales: &'v [R], from: &'v [R], to: &'v mut [R]) {
            let rows = from.chunks_exact(scales.len());
            for (to, from) in to.chunks_exact_mut(scales.len()).zip(rows) {
                for ((to, &from), &scale) in to.iter_mut().zip(from).zip(scales) {
                    *to = from * scale;
                }
            }
        }

        fn back<R: Real>(scales: &'v [R], after: &'v [R], before: &'v mut [R]) {
            let rows = after.chunks_exact(scales.len());
            for (before, after) in before.chunks_exact_mut(scales.len()).zip(rows) {
                for ((before, &after), &scale) in before.iter_mut().zip(after).zip(scales) {
                    *before += after * scale;
                }
            }
        }

        fn learn<R: Real>(from: &'v [R], after: &'v [R], gradient: &'v mut [R]) {
            let rows = from.chunks_exact(gradient.len());
            for (from, after) in rows.zip(after.chunks_exact(gradient.len())) {
                for ((sum, &from), &after) in gradient.iter_mut().zip(from).zip(after) {
                    *sum += after * from;
                }
            }
        }
    }
}

pub(crate) mod pool {
    use gwg_core::Real;

    vectors! {
        /// From `positions` positions of `channels` numbers to one.
        fn forward<R: Real>(
            positions: usize,
            channels: usize,
            factor: R,
            from: &'v [R],
            to: &'v mut [R],
        ) {
            let states = from.chunks_exact(positions * channels);
            for (to, from) in to.chunks_exact_mut(channels).zip(states) {
                to.fill(R::ZERO);
                for position in from.chunks_exact(channels) {
                    for (to, &x) in to.iter_mut().zip(position) {
                        *to += x;
                    }
                }
                to.iter_mut().for_each(|to| *to *= factor);
            }
        }

        fn back<R: Real>(
            positions: usize,
            channels: usize,
            factor: R,
            after: &'v [R],
            before: &'v mut [R],
        ) {
            let states = before.chunks_exact_mut(positions * channels);
            for (after, before) in after.chunks_exact(channels).zip(states) {
                for position in before.chunks_exact_mut(channels) {
                    for (before, &after) in position.iter_mut().zip(after) {
                        *before += after * factor;
                    }
                }
            }
        }
    }
}

pub(crate) mod flatten {
    use gwg_core::Real;

    /// From (positions, channels) to (channels, positions).
    pub(crate) fn forward<R: Real>(positions: usize, channels: usize, from: &[R], to: &mut [R]) {
        let count = positions * channels;
        for (to, from) in to.chunks_exact_mut(count).zip(from.chunks_exact(count)) {
            for (place, position) in from.chunks_exact(channels).enumerate() {
                for (channel, &x) in position.iter().enumerate() {
                    to[channel * positions + place] = x;
                }
            }
        }
    }

    pub(crate) fn back<R: Real>(positions: usize, channels: usize, after: &[R], before: &mut [R]) {
        let count = positions * channels;
        for (before, after) in before
            .chunks_exact_mut(count)
            .zip(after.chunks_exact(count))
        {
            for (place, position) in before.chunks_exact_mut(channels).enumerate() {
                for (channel, x) in position.iter_mut().enumerate() {
                    *x += after[channel * positions + place];
                }
            }
        }
    }
}
