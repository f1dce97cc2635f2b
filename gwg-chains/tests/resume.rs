//! Runs that are resumed from any of their checkpoints end with the bits of the run that went on; damaged and foreign ones are refused.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{
    Annealing, Batch, Checkpoint, Observer, Outcome, Plan, Progress, Quantity, RestoreError,
    RunError, SavedRun, Tempering, resume, run,
};
use gwg_core::kernel::Cycle;
use gwg_core::kernel::informed::PathAuxiliary;
use gwg_core::{Exact, Gibbs, Informed, Kernel, LocallyBalanced, Sqrt, Target, Taylor};
use gwg_models::{LatticeIsing, LatticePotts};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

type Done = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// Keeps every checkpoint that it is offered, and all states; ends the run after some reports.
#[derive(Default)]
struct Keep {
    saved: Vec<Vec<u8>>,
    /// (draw, chain, site).
    x: Vec<u8>,
    seen: usize,
    reports_left: Option<usize>,
}

impl Observer for Keep {
    fn needs_states(&self) -> bool {
        true
    }

    fn batch_draws(&self) -> usize {
        7
    }

    fn progress(&mut self, _: Progress) -> ControlFlow<()> {
        match &mut self.reports_left {
            Some(0) => ControlFlow::Break(()),
            Some(left) => {
                *left -= 1;
                ControlFlow::Continue(())
            }
            None => ControlFlow::Continue(()),
        }
    }

    fn batch(&mut self, batch: &Batch<'_>) -> Done {
        let rows = batch.draws * batch.sites;
        assert!(self.seen == 0 || self.seen == batch.first_draw);
        self.seen = batch.first_draw + batch.draws;
        for draw in 0..batch.draws {
            for chain in batch.x.chunks_exact(rows) {
                self.x
                    .extend(&chain[draw * batch.sites..(draw + 1) * batch.sites]);
            }
        }
        Ok(())
    }

    fn checkpoint_due(&mut self, _: bool) -> bool {
        true
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint<'_>) -> Done {
        self.saved.push(checkpoint.to_bytes("a note")?);
        Ok(())
    }
}

fn plan() -> Plan {
    Plan {
        chains: 3,
        warmup: 200,
        draws: 40,
        thin: 9,
        quantities: [Quantity::defaults(), vec![Quantity::overlap()]].concat(),
        keep: Some(24),
        threads: NonZeroUsize::new(1),
        ..Plan::default()
    }
}

fn assert_equal(a: &Outcome, b: &Outcome) {
    assert_eq!((a.draws, a.counts), (b.draws, b.counts));
    assert_eq!((&a.quantities, &a.last), (&b.quantities, &b.last));
    assert_eq!((&a.symbol_counts, &a.tuning), (&b.symbol_counts, &b.tuning));
    assert_eq!(format!("{:?}", a.swaps), format!("{:?}", b.swaps));
    assert_eq!(a.site_statistics(), b.site_statistics());
    assert_eq!(a.summary(), b.summary());
}

/// Resumes the run at every checkpoint, on one and two threads.
fn resumes<T, K>(target: &T, kernel: &K, plan: &Plan)
where
    T: Target + Sync,
    T::Space: gwg_core::Space<Symbol = u8>,
    K: Kernel<T> + Sync,
{
    let mut whole = Keep::default();
    let outcome = run(target, kernel, plan, &mut whole).unwrap();
    assert!(!outcome.interrupted);
    let alone = run(target, kernel, plan, &mut ()).unwrap();
    assert_equal(&outcome, &alone);
    let of = |bytes: &[u8]| SavedRun::from_bytes(bytes).unwrap();
    let all: Vec<SavedRun> = whole.saved.iter().map(|bytes| of(bytes)).collect();
    assert!(all[0].draws() == 0 && all[0].warmup() < plan.warmup);
    assert!(all.iter().any(|s| (1..plan.draws).contains(&s.draws())));
    let last = all.last().unwrap();
    assert_eq!((last.draws(), last.note()), (plan.draws, "a note"));
    for (k, saved) in all.into_iter().enumerate() {
        let (draws, more) = (
            saved.draws(),
            Plan {
                threads: NonZeroUsize::new(1 + k % 2),
                ..plan.clone()
            },
        );
        let mut rest = Keep::default();
        let resumed = resume(target, kernel, &more, &mut rest, saved).unwrap();
        assert_eq!(resumed.restored, draws);
        assert_equal(&resumed, &outcome);
        assert_eq!(rest.x, whole.x[whole.x.len() - rest.x.len()..]);
        assert!(rest.x.len() * plan.draws == whole.x.len() * (plan.draws - draws));
        assert_eq!(rest.saved.last(), whole.saved.last());
    }
}

fn lattice() -> LatticeIsing<f32> {
    LatticeIsing::new(2, 4, 0.3, 0.1).unwrap()
}

#[test]
fn every_checkpoint_goes_on_to_the_same_end() {
    let model = lattice();
    resumes(&Taylor(&model), &LocallyBalanced::gwg(), &plan());
    let cycle = Cycle::new(LocallyBalanced::local(Sqrt), Gibbs::default(), (3, 1)).unwrap();
    resumes(&Exact(&model), &cycle, &plan());
    // Tuned in warm-up.
    resumes(
        &Taylor(&model),
        &Informed::new(PathAuxiliary::pas(2.0).unwrap()),
        &plan(),
    );
    let potts = LatticePotts::<f64>::new(2, 3, 3, 0.2).unwrap();
    resumes(&Taylor(&potts), &LocallyBalanced::gwg(), &plan());
}

#[test]
fn so_do_replicas_and_annealed_warm_ups() {
    let (model, kernel) = (lattice(), LocallyBalanced::gwg());
    let tempered = Plan {
        tempering: Some(Tempering {
            swap_every: 7,
            ..Tempering::geometric(3, 0.3).unwrap()
        }),
        ..plan()
    };
    resumes(&Taylor(&model), &kernel, &tempered);
    let annealed = Plan {
        anneal: Some(Annealing::Linear { from: 0.1 }),
        first_chain: 5,
        ..tempered
    };
    resumes(&Taylor(&model), &kernel, &annealed);
}

#[test]
fn an_interrupted_run_resumes_and_a_finished_one_is_extended() {
    let (model, kernel, plan) = (lattice(), LocallyBalanced::gwg(), plan());
    let target = Taylor(&model);
    let mut whole = Keep::default();
    let outcome = run(&target, &kernel, &plan, &mut whole).unwrap();
    for reports in [0, 2, 3, 5, 8] {
        let mut first = Keep {
            reports_left: Some(reports),
            ..Keep::default()
        };
        let part = run(&target, &kernel, &plan, &mut first).unwrap();
        assert!(part.interrupted);
        let saved = SavedRun::from_bytes(first.saved.last().unwrap()).unwrap();
        assert_eq!(saved.draws(), part.draws);
        let mut rest = Keep::default();
        let end = resume(&target, &kernel, &plan, &mut rest, saved).unwrap();
        assert_equal(&end, &outcome);
        assert_eq!([first.x, rest.x].concat(), whole.x);
    }
    let saved = SavedRun::from_bytes(whole.saved.last().unwrap()).unwrap();
    let again = resume(&target, &kernel, &plan, &mut (), saved.clone()).unwrap();
    assert_equal(&again, &outcome);
    let longer = Plan { draws: 90, ..plan };
    let extended = resume(&target, &kernel, &longer, &mut (), saved).unwrap();
    let direct = run(&target, &kernel, &longer, &mut ()).unwrap();
    assert_equal(&extended, &direct);
    assert_eq!((direct.quantities.every(), direct.kept()), (4, 23));
}

#[test]
fn foreign_plans_models_and_kernels_are_refused() {
    let (model, kernel, plan) = (lattice(), LocallyBalanced::gwg(), plan());
    let mut keep = Keep::default();
    run(&Taylor(&model), &kernel, &plan, &mut keep).unwrap();
    let bytes = keep.saved.last().unwrap();
    let saved = || SavedRun::from_bytes(bytes).unwrap();
    let refused = |plan: Plan, said: &str| {
        let error = resume(&Taylor(&model), &kernel, &plan, &mut (), saved()).unwrap_err();
        assert!(matches!(error, RunError::Resume { .. }), "{error}");
        assert!(error.to_string().contains(said), "{error}");
    };
    refused(
        Plan {
            seed: 1,
            ..plan.clone()
        },
        "seed: saved is 0, needed here is 1",
    );
    refused(
        Plan {
            chains: 4,
            ..plan.clone()
        },
        "chains: saved is 3, needed here is 4",
    );
    refused(
        Plan {
            draws: 39,
            ..plan.clone()
        },
        "draws: saved is 40, needed here is at most 39",
    );
    refused(
        Plan {
            thin: 10,
            ..plan.clone()
        },
        "thin",
    );
    refused(
        Plan {
            quantities: Quantity::defaults(),
            ..plan.clone()
        },
        "quantities",
    );
    refused(
        Plan {
            judge_sites: false,
            ..plan.clone()
        },
        "judge_sites",
    );
    let other = LatticeIsing::<f32>::new(2, 5, 0.3, 0.1).unwrap();
    let error = resume(&Taylor(&other), &kernel, &plan, &mut (), saved()).unwrap_err();
    assert!(error.to_string().contains("saved is"), "{error}");
    let error = resume(&Exact(&model), &Gibbs::default(), &plan, &mut (), saved()).unwrap_err();
    assert!(error.to_string().contains("sampler"), "{error}");
}

#[test]
fn damaged_bytes_are_refused() {
    let (model, kernel) = (lattice(), LocallyBalanced::gwg());
    let mut keep = Keep::default();
    run(&Taylor(&model), &kernel, &plan(), &mut keep).unwrap();
    let bytes = keep.saved.last().unwrap();
    for len in 0..bytes.len() {
        assert!(SavedRun::from_bytes(&bytes[..len]).is_err(), "{len}");
    }
    for k in 0..bytes.len() {
        let mut other = bytes.clone();
        other[k] ^= 1 << (k % 8);
        assert!(SavedRun::from_bytes(&other).is_err(), "{k}");
    }
    assert!(matches!(
        SavedRun::from_bytes(b"nothing"),
        Err(RestoreError::NotARun)
    ));
    let mut newer = bytes.clone();
    newer[7] = 9;
    let error = SavedRun::from_bytes(&newer).unwrap_err();
    assert!(
        matches!(error, RestoreError::Version { found: 9 }),
        "{error}"
    );
    // With a checksum that fits: whatever it holds, it is refused or makes a run, and nothing panics.
    let body = bytes.len() - 4;
    for k in 8..body {
        for flip in [1, 0x80, 0xff] {
            let mut other = bytes[..body].to_vec();
            other[k] ^= flip;
            let mut crc = flate2::Crc::new();
            crc.update(&other);
            other.extend(crc.sum().to_le_bytes());
            if let Ok(saved) = SavedRun::from_bytes(&other) {
                let _ = resume(&Taylor(&model), &kernel, &plan(), &mut (), saved);
            }
        }
    }
}
