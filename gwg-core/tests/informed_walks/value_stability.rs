//! The first states of every kernel from a fixed seed: a change here changes values for every user.

use crate::proposals::{Visit, typical};
use crate::targets::{Encode, Ring, Soft};
use crate::walks::walk;
use gwg_core::check::Draws;
use gwg_core::*;

const TABLE: &str = "
f32, binary, gwg-3: 00000000 00101001 00001111 11001110 00101110 11001110 10000010 10110000
f32, binary, pas: 10001000 10011101 10111111 10111111 00011111 00001111 11000111 10000101
f32, binary, pas by gumbel: 10100000 10110010 11110011 01100011 00110001 00110011 01101011 01101011
f32, binary, dmala: 00000000 00000000 01000000 00000011 10000000 00100010 00100000 00101111
f32, binary, acs: 00000010 00000010 00000010 01100101 11100110 11100110 11100100 11101011
f32, binary, dlmc: 00000000 00000000 00000000 00000011 00000010 00100010 00100000 00101101
f32, binary, dlmcf: 00000000 00000000 00000000 01000011 01000010 01100000 01100000 01100000
f32, binary, pairs: 00100010 01110010 00110010 00110000 00010010 01011010 11011110 01011100
f64, binary, gwg-3: 01100010 00110000 01111010 00101110 10110110 11010111 01010010 01110100
f64, binary, pas: 00100001 01100001 00100011 00010001 01000011 11000001 10000011 10000010
f64, binary, pas by gumbel: 10000100 10010110 11010111 11100111 10010111 10010101 11011111 11011111
f64, binary, dmala: 00000000 00000000 01000000 00000111 10000110 10000110 10000100 10011011
f64, binary, acs: 00000110 00000110 00000110 01000101 11000110 11000110 11010100 11010100
f64, binary, dlmc: 00000000 00000000 00000000 00000111 10000110 10100110 10100100 10101001
f64, binary, dlmcf: 00000000 00000000 00000000 01000111 11000110 11110100 11110110 11111011
f64, binary, pairs: 00100010 01110010 00110010 00110110 00110110 01111110 11111010 10111000
f32, categorical, gwg-3: 100021 100021 310021 110023 010033 111033 211233 211233
f32, categorical, pas: 100030 100030 100021 100021 101031 103031 110001 210201
f32, categorical, pas by gumbel: 201000 201230 231231 131031 103331 103333 123113 123110
f32, categorical, dmala: 000000 000000 000000 020000 233000 123023 123023 223223
f32, categorical, acs: 001001 021001 021001 233031 221331 221331 122203 111223
f32, categorical, dlmc: 000000 000000 000000 020000 020000 020033 210313 210333
f32, categorical, dlmcf: 000000 000000 020010 220010 320010 220031 220031 222021
f32, categorical, pairs: 030030 331030 131033 111133 100133 002133 000113 001110
f64, categorical, gwg-3: 300002 300002 310222 200222 003122 133122 113103 113220
f64, categorical, pas: 300020 310020 110223 110221 121221 021222 021201 021301
f64, categorical, pas by gumbel: 200001 203201 233200 213100 201200 201202 111222 111221
f64, categorical, dmala: 000000 000100 000100 000101 303101 303133 123203 323203
f64, categorical, acs: 000001 000001 000001 120233 120212 120212 212332 212332
f64, categorical, dlmc: 000000 000100 000100 000101 303101 303133 123203 323203
f64, categorical, dlmcf: 000000 000000 010200 233200 323223 323223 123322 123022
f64, categorical, pairs: 020030 020030 320033 330233 320033 320103 230103 230303
";

struct Record<'t, T> {
    target: &'t T,
    label: String,
    lines: Vec<String>,
}

impl<T: Differences> Visit for Record<'_, T> {
    fn visit<P: Draws>(&mut self, name: &str, proposal: P) {
        let kernel = Informed::new(proposal);
        let start = vec![Symbol::from_index(0); self.target.space().sites()];
        let mut line = format!("{}, {name}:", self.label);
        for (x, _) in walk(self.target, &kernel, &[start], &[2024], (0, 8)) {
            let digits: String = x.iter().map(ToString::to_string).collect();
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
