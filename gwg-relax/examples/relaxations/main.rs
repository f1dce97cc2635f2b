//! Relaxations against Gibbs-With-Gradients on Ising lattices of 100 to 900 sites, at equal numbers of gradients.
//!
//! `f(x) = theta s'As + bias sum s` on a torus, `s = 2x - 1`. By symmetry all sites have the same mean. The truth is that of long
//! block-Gibbs runs. Per method: the root mean square error of the estimated means of single sites over sites and runs; that of
//! the estimated mean of `f` per site over runs; and for weighted draws the effective share. The first shows mixing and bias,
//! the second mostly bias.
//!
//! Every run makes the same number of gradient evaluations, the first fifth of which is warm-up; MALA and HMC tune their step there,
//! and ULA runs at half the step of MALA. Weights cost one more evaluation per draw, which is not counted. Particle methods report their last particles.
//!
//! `cargo run --release -p gwg-relax --example relaxations [GRADIENTS [THETA [BIAS]]]` (100000, .1 and .1 by default)

mod discrete;
mod relaxed;
mod table;

use gwg_models::LatticeIsing;
use table::{Case, Row};

type Failed = Box<dyn std::error::Error>;

/// All methods on one lattice.
fn compare(case: &Case) -> Result<Vec<Row>, Failed> {
    let mut rows = vec![
        discrete::gwg(case)?,
        discrete::dmala(case)?,
        discrete::dula(case, 0.1)?,
        discrete::dula(case, 0.4)?,
    ];
    for temperature in [0.1, 0.5, 1.0] {
        rows.extend(relaxed::mala_and_ula(case, temperature)?);
        rows.extend(relaxed::hmc(case, temperature)?);
    }
    rows.push(relaxed::svgd(case, 0.5)?);
    rows.push(relaxed::discrete_svgd(case, 0.5)?);
    Ok(rows)
}

fn main() -> Result<(), Failed> {
    let numbers = std::env::args().skip(1).map(|a| a.parse::<f64>());
    let numbers = numbers.collect::<Result<Vec<_>, _>>()?;
    let number = |k: usize, default| numbers.get(k).copied().unwrap_or(default);
    let (gradients, theta, bias) = (number(0, 100_000.0) as u64, number(1, 0.1), number(2, 0.1));
    println!(
        "theta {theta}, bias {bias}, {gradients} gradients per run, {} runs\n",
        table::RUNS
    );
    for side in [10, 15, 20, 30] {
        let model = LatticeIsing::new(2, side, theta, bias)?;
        let truth = discrete::truth(&model, 200_000_000)?;
        let case = Case::new(model, gradients, truth)?;
        case.print(&compare(&case)?);
    }
    Ok(())
}

#[test]
fn hot_relaxations_are_biased_and_gwg_is_not() -> Result<(), Failed> {
    let model = LatticeIsing::new(2, 6, 0.1, 0.1)?;
    let truth = discrete::truth(&model, 3_000_000)?;
    let case = Case::new(model, 20_000, truth)?;
    let rows = compare(&case)?;
    case.print(&rows);
    let gwg = rows[0].errors();
    assert!(gwg.f < 0.02, "{}", gwg.f);
    // The bias of the relaxations at T = 1.
    let hot = rows
        .iter()
        .filter(|r| r.name.contains("T=1 ") || r.name.ends_with("T=1"));
    let mut checked = 0;
    for row in hot.filter(|row| row.effective.is_none()) {
        assert!(
            row.errors().f > 2.0 * gwg.f,
            "{} {}",
            row.name,
            row.errors().f
        );
        checked += 1;
    }
    assert_eq!(checked, 3);
    Ok(())
}
