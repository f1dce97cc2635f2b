use crate::kernel::WalkerOf;
use crate::{Kernel, Memory, Move, Space, Symbol, Target, Walker};
use std::{vec, vec::Vec};

/// Owned memory for a block of walkers, for tests.
#[derive(Debug)]
pub struct OwnedMemory<R, Y = u8> {
    x: Vec<Y>,
    reals: Vec<R>,
    words: Vec<u64>,
    indices: Vec<u32>,
    moves: Vec<Move>,
    scratch: Vec<R>,
    layout: crate::MemoryLayout,
    sites: usize,
}

impl<R: crate::Real, Y: Symbol> OwnedMemory<R, Y> {
    /// Allocates memory for `walkers` walkers of `kernel` on `target`, filled with NaN, so that reading a number that
    /// the kernel has not written is detected.
    pub fn new<T, K>(target: &T, kernel: &K, walkers: usize) -> Self
    where
        T: Target<Real = R>,
        T::Space: Space<Symbol = Y>,
        K: Kernel<T>,
    {
        let layout = kernel.layout(target);
        let nan = R::from_f64(f64::NAN);
        Self {
            x: vec![Y::default(); walkers * target.space().sites()],
            reals: vec![nan; walkers * layout.reals],
            words: vec![u64::MAX; walkers * layout.words],
            indices: vec![u32::MAX; walkers * layout.indices],
            moves: vec![Move::default(); walkers * layout.moves],
            scratch: vec![nan; kernel.scratch_len(target, walkers)],
            layout,
            sites: target.space().sites(),
        }
    }

    /// Creates one walker per configuration of `start`, and the scratch; the walkers are not yet initialized.
    ///
    /// # Panics
    /// If the memory is too short for `start`.
    pub fn walkers<'a, T, K>(
        &'a mut self,
        target: &T,
        kernel: &K,
        start: &[Vec<Y>],
        beta: R,
    ) -> (Vec<WalkerOf<'a, T, K>>, &'a mut [R])
    where
        T: Target<Real = R>,
        T::Space: Space<Symbol = Y>,
        K: Kernel<T>,
    {
        let (mut x, mut reals) = (&mut self.x[..], &mut self.reals[..]);
        let mut words = &mut self.words[..];
        let (mut indices, mut moves) = (&mut self.indices[..], &mut self.moves[..]);
        let mut walkers = Vec::new();
        for configuration in start {
            let memory = Memory {
                reals: front(&mut reals, self.layout.reals),
                words: front(&mut words, self.layout.words),
                indices: front(&mut indices, self.layout.indices),
                moves: front(&mut moves, self.layout.moves),
            };
            let own = front(&mut x, self.sites);
            own.copy_from_slice(configuration);
            let state = kernel
                .state(target, memory)
                .expect("layout() must suffice for state()");
            walkers.push(Walker::new(own, beta, state));
        }
        (walkers, &mut self.scratch)
    }
}

fn front<'a, E>(slice: &mut &'a mut [E], len: usize) -> &'a mut [E] {
    let (front, rest) = core::mem::take(slice).split_at_mut(len);
    *slice = rest;
    front
}
