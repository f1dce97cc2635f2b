//! The parts of a step: elementary functions on slices, accept/reject, drawing a move, and a step on a model of negligible cost.

#[path = "measure/settings.rs"]
mod settings;
#[path = "measure/steps.rs"]
mod steps;

use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
};
use gwg_chains::generator;
use gwg_core::check::{OwnedMemory, random_configuration};
use gwg_core::{
    Exact, Kernel, LocallyBalanced, Neighborhood, Real, Sqrt, Target, Taylor, accept, math,
};
use gwg_models::Factorized;
use settings::criterion;
use std::hint::black_box;
use steps::steps;

/// Number of visible units of an MNIST Boltzmann machine.
const LEN: usize = 784;
/// Numbers of sites: from a size that fits the L1 cache to one that exceeds all caches.
const SITES: [usize; 5] = [100, 1_000, 10_000, 100_000, 1_000_000];

/// `LEN` numbers spread evenly over -8 to 8, in an order that a branch predictor cannot learn.
fn arguments<R: Real>() -> Vec<R> {
    (0..LEN)
        .map(|i| R::from_f64((i * 317 % LEN) as f64 / LEN as f64 * 16.0 - 8.0))
        .collect()
}

fn map<R: Real>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    x: &[R],
    of: impl Fn(&[R], &mut [R]),
) {
    let mut out = vec![R::ZERO; x.len()];
    group.bench_function(name, |b| b.iter(|| of(black_box(x), black_box(&mut out))));
}

fn reduce<R: Real, O>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    x: &[R],
    of: impl Fn(&[R]) -> O,
) {
    group.bench_function(name, |b| b.iter(|| of(black_box(x))));
}

/// Applies a scalar function to one number after the other, as a baseline.
fn one_by_one<R: Real>(of: impl Fn(R) -> R) -> impl Fn(&[R], &mut [R]) {
    move |x, out| {
        for (to, &x) in out.iter_mut().zip(x) {
            *to = of(x);
        }
    }
}

fn slices<R: Real>(c: &mut Criterion, precision: &str, std: fn(R) -> R, libm: fn(R) -> R) {
    let mut group = c.benchmark_group(format!("math/{precision}"));
    group.throughput(Throughput::Elements(LEN as u64));
    let x = arguments::<R>();
    let positive: Vec<R> = x.iter().map(|x| x.exp()).collect();
    map(&mut group, "exp", &x, math::exp_slice);
    map(&mut group, "exp-std", &x, one_by_one(std));
    map(&mut group, "exp-libm", &x, one_by_one(libm));
    map(&mut group, "ln", &positive, math::ln_slice);
    map(&mut group, "sigmoid", &x, math::sigmoid_slice);
    reduce(&mut group, "softplus_sum", &x, math::softplus_sum);
    reduce(&mut group, "logsumexp", &x, math::logsumexp);
}

fn elementary(c: &mut Criterion) {
    slices(c, "f32", f32::exp, libm::expf);
    slices(c, "f64", f64::exp, libm::exp);
}

fn decision<R: Real>(c: &mut Criterion, precision: &str) {
    let mut group = c.benchmark_group("accept");
    group.throughput(Throughput::Elements(LEN as u64));
    let ratios = arguments::<R>();
    let mut bits = generator(1, 0);
    group.bench_function(precision, |b| {
        b.iter(|| {
            let yes = |&&r: &&R| accept::accept(r, &mut bits);
            black_box(&ratios).iter().filter(yes).count()
        });
    });
}

fn decisions(c: &mut Criterion) {
    decision::<f32>(c, "f32");
    decision::<f64>(c, "f64");
}

/// Measures drawing a move and reverting it, without evaluating its target state.
fn draw<T, N>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: BenchmarkId,
    target: &T,
    kernel: &LocallyBalanced<N>,
) where
    T: Target,
    N: Neighborhood<T>,
    LocallyBalanced<N>: for<'a> Kernel<T, State<'a> = N::State<'a>>,
{
    let mut bits = generator(1, 0);
    let start = random_configuration(target.space(), &mut bits);
    let mut memory = OwnedMemory::new(target, kernel, 1);
    let (mut walkers, scratch) = memory.walkers(target, kernel, &[start], Real::ONE);
    kernel.init(target, &mut walkers, scratch);
    let neighborhood = kernel.neighborhood();
    group.throughput(Throughput::Elements(1));
    group.bench_function(name, |b| {
        b.iter(|| {
            for w in black_box(&mut walkers) {
                neighborhood.draw(target, w, &mut bits);
                neighborhood.commit_or_revert(target, w, false, scratch);
            }
        });
    });
}

/// Uses independent bits, where a move changes only its own difference, so that the cost is that of the neighborhood.
fn neighborhoods(c: &mut Criterion) {
    for sites in SITES {
        let model = Factorized::<f32>::random_bernoulli(sites, 1).expect("valid");
        let (evaluation, tree) = (LocallyBalanced::gwg(), LocallyBalanced::local(Sqrt));
        let mut group = c.benchmark_group("evaluation");
        let id = BenchmarkId::new("draw", sites);
        draw(&mut group, id, &Taylor(&model), &evaluation);
        group.finish();
        let mut group = c.benchmark_group("tree");
        let id = BenchmarkId::new("draw", sites);
        draw(&mut group, id, &Exact(&model), &tree);
        let name = format!("step/{sites}");
        steps(&mut group, &name, 1, 100, &Exact(&model), &tree);
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = criterion();
    targets = elementary, decisions, neighborhoods
}
criterion_main!(benches);
