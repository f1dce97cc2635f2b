//! The first states of every kernel from a fixed seed: a change here is a change of values for every user.

use crate::proposals::{Visit, typical};
use crate::targets::{Encode, Ring, Soft};
use crate::walks::walk;
use gwg_core::check::Draws;
use gwg_core::*;

const TABLE: &str = "";

struct Record<'t, T> {
    target: &'t T,
    label: String,
    lines: Vec<String>,
}

impl<T: Differences> Visit for Record<'_, T> {
    fn visit<P: Draws>(&mut self, name: &str, proposal: P) {
        let kernel = Informed::new(proposal);
        let start = vec![0; self.target.space().sites()];
        let mut line = format!("{}, {name}:", self.label);
        for (x, _) in walk(self.target, &kernel, &[start], &[2024], (0, 8)) {
            let digits: String = x.iter().map(u8::to_string).collect();
            line = line + " " + &digits;
        }
        self.lines.push(line);
    }
}

fn record<T: Differences>(target: &T, label: &str) -> Vec<String> {
    let mut record = Record {
        target,
        label: label.into(),
        lines: vec![],
    };
    typical(&mut record);
    record.lines
}

fn on<S: Encode>(space: &S, label: &str) -> Vec<String> {
    let ring = Ring::<S, f32>::new(space.clone(), 1.0, 77);
    let soft = Soft::new(space.clone(), 1.0, 78);
    let (single, double) = (format!("f32, {label}"), format!("f64, {label}"));
    [
        record(&Exact(&ring), &single),
        record(&Taylor(&soft), &double),
    ]
    .concat()
}

#[test]
fn first_states() {
    let found = [
        on(&Binary::new(8), "binary"),
        on(&Categorical::new(6, 4).unwrap(), "categorical"),
    ];
    let found = found.concat().join("\n");
    assert_eq!(found, TABLE.trim(), "\n{found}\n");
}
