use gwg_core::*;

/// f(x) = 0.4 sum_i s_i s_(i+1) on a ring of 16 spins s = 2x - 1.
struct Ring(Binary);

impl Target for Ring {
    type Real = f32;
    type Space = Binary;
    fn space(&self) -> &Binary { &self.0 }
    fn log_prob(&self, x: &[u8]) -> f64 { self.value_and_gradient(x, &mut [0.0; 16], &mut []) }
}

impl Gradient for Ring {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f32], _: &mut [f32]) -> f64 {
        let s = |i: usize| 2.0 * f32::from(x[i % 16]) - 1.0;
        for (i, g) in gradient.iter_mut().enumerate() {
            *g = 0.8 * (s(i + 15) + s(i + 1));
        }
        (0..16).map(|i| 0.4 * s(i) * s(i + 1)).sum::<f32>().into()
    }
}

pub fn sample(seed: u64) -> [u8; 16] {
    const LAYOUT: MemoryLayout = Evaluated::<Sqrt>::layout_for(16, 0);
    let (target, kernel) = (Taylor(Ring(Binary::new(16))), LocallyBalanced::gwg());
    let (mut x, mut reals, mut moves) = ([0; 16], [0.0; LAYOUT.reals], [Move::default(); LAYOUT.moves]);
    let memory = Memory { reals: &mut reals, moves: &mut moves, ..Memory::default() };
    let Ok(state) = kernel.state(&target, memory) else { return x };
    let mut walkers = [Walker::new(&mut x, 1.0, state)];
    let (mut bits, mut counts) = ([SplitMix64::new(seed)], [StepCounts::default()]);
    kernel.init(&target, &mut walkers, &mut []);
    kernel.advance(&target, &mut walkers, &mut [], &mut bits, &mut counts, 1000);
    x
}

fn main() {
    println!("{:?}", sample(7));
}
