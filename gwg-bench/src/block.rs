use gwg_chains::{Generator, generator};
use gwg_core::kernel::WalkerOf;
use gwg_core::{
    Bits, Kernel, LocallyBalanced, Memory, Move, Neighbourhood, Real, Space, Tally, Target, Walker,
};

/// Memory for a block of walkers.
#[derive(Debug)]
pub struct Lent<R> {
    x: Vec<u8>,
    reals: Vec<R>,
    words: Vec<u64>,
    indices: Vec<u32>,
    moves: Vec<Move>,
    scratch: Vec<R>,
}

/// A block of walkers that has been initialised.
pub struct Block<'a, T: Target, K: Kernel<T>> {
    target: &'a T,
    kernel: &'a K,
    walkers: Vec<WalkerOf<'a, T, K>>,
    scratch: &'a mut [T::Real],
    bits: Vec<Generator>,
    tally: Vec<Tally>,
}

impl<T: Target, K: Kernel<T>> std::fmt::Debug for Block<'_, T, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Block")
            .field("walkers", &self.walkers.len())
            .finish_non_exhaustive()
    }
}

impl<R: Real> Lent<R> {
    /// Memory for `chains` walkers of `kernel` on `target`.
    pub fn new<T: Target<Real = R>, K: Kernel<T>>(target: &T, kernel: &K, chains: usize) -> Self {
        let lens = kernel.lens(target);
        Self {
            x: vec![0; chains * target.space().sites()],
            reals: vec![R::ZERO; chains * lens.reals],
            words: vec![0; chains * lens.words],
            indices: vec![0; chains * lens.indices],
            moves: vec![Move::default(); chains * lens.moves],
            scratch: vec![R::ZERO; kernel.scratch_len(target, chains)],
        }
    }

    /// A block of `chains` walkers at random configurations.
    ///
    /// # Panics
    /// Where this memory was made for another kernel, target or number of chains.
    pub fn block<'a, T, K>(
        &'a mut self,
        target: &'a T,
        kernel: &'a K,
        chains: usize,
    ) -> Block<'a, T, K>
    where
        T: Target<Real = R>,
        K: Kernel<T>,
    {
        let lens = kernel.lens(target);
        let (sites, states) = (target.space().sites(), target.space().states());
        let rows = self.x.chunks_mut(sites);
        let mut reals = self.reals.chunks_mut(lens.reals.max(1));
        let mut words = self.words.chunks_mut(lens.words.max(1));
        let mut indices = self.indices.chunks_mut(lens.indices.max(1));
        let mut moves = self.moves.chunks_mut(lens.moves.max(1));
        let mut bits: Vec<Generator> = (0..chains as u64)
            .map(|chain| generator(1, chain))
            .collect();
        let walkers = rows.zip(&mut bits).map(|(x, bits)| {
            x.fill_with(|| bits.below(states) as u8);
            let memory = Memory {
                reals: reals.next().unwrap_or_default(),
                words: words.next().unwrap_or_default(),
                indices: indices.next().unwrap_or_default(),
                moves: moves.next().unwrap_or_default(),
            };
            let state = kernel
                .state(target, memory)
                .expect("memory was made for this kernel and target");
            Walker::new(x, R::ONE, state)
        });
        let mut walkers: Vec<_> = walkers.collect();
        kernel.init(target, &mut walkers, &mut self.scratch);
        Block {
            target,
            kernel,
            walkers,
            scratch: &mut self.scratch,
            bits,
            tally: vec![Tally::default(); chains],
        }
    }
}

impl<T: Target, K: Kernel<T>> Block<'_, T, K> {
    /// So many steps of every walker.
    pub fn advance(&mut self, steps: u64) {
        gwg_chains::advance(
            self.target,
            self.kernel,
            &mut self.walkers,
            self.scratch,
            &mut self.bits,
            &mut self.tally,
            steps,
            false,
        );
    }
}

impl<T: Target, N: Neighbourhood<T>> Block<'_, T, LocallyBalanced<N>> {
    /// One draw of a move for every walker, taken back at once: nothing is evaluated, nothing changes.
    pub fn draw(&mut self) {
        let law = self.kernel.neighbourhood();
        for (w, bits) in self.walkers.iter_mut().zip(&mut self.bits) {
            law.draw(self.target, w, bits);
            law.settle(self.target, w, false, self.scratch);
        }
    }
}
