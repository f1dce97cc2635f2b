//! Model files: round trips, and malicious bytes.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use gwg_models::io::tensors::{parse_model, to_bytes};
use gwg_models::io::{Kind, ModelFault, Parameters};
use proptest::prelude::*;

fn parse(bytes: &[u8]) -> Result<Parameters<'static, f64>, ModelFault> {
    parse_model(bytes, None)
}

fn with_header(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(data);
    bytes
}

#[test]
fn invalid_parameters_are_not_written() {
    let refused = |p: &Parameters<'_, f64>, part: &str| {
        let message = to_bytes(p).expect_err("refused").to_string();
        assert!(message.contains(part), "{part:?} is not in: {message}");
    };
    let ising = |coupling: Vec<f64>, field: Vec<f64>| Parameters::IsingDense {
        coupling: coupling.into(),
        field: field.into(),
    };
    refused(&ising(vec![], vec![]), "at least 1");
    refused(
        &ising(vec![0.0; 3], vec![0.0; 2]),
        "found 3 numbers, needed 4",
    );
    refused(&ising(vec![0.0, 1.0, 2.0, 0.0], vec![0.0; 2]), "J[0, 1]");
    refused(&ising(vec![1.0], vec![0.0]), "J[0, 0]");
    let potts = Parameters::PottsDense {
        sites: 1,
        states: 300,
        coupling: vec![0.0; 90_000].into(),
        field: vec![0.0; 300].into(),
    };
    refused(&potts, "found 300, allowed are 2 to 256");
}

fn numbers(count: usize) -> impl Strategy<Value = Vec<f64>> {
    let finite = prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO;
    prop::collection::vec(finite, count)
}

fn symmetric(n: usize, q: usize, numbers: &[f64]) -> Vec<f64> {
    let place = |i: usize, j: usize, a: usize, b: usize| ((i * n + j) * q + a) * q + b;
    let mut coupling = vec![0.0; n * n * q * q];
    for i in 0..n {
        for j in 0..i {
            for ab in 0..q * q {
                let (a, b) = (ab / q, ab % q);
                coupling[place(i, j, a, b)] = numbers[place(i, j, a, b)];
                coupling[place(j, i, b, a)] = numbers[place(i, j, a, b)];
            }
        }
    }
    coupling
}

fn parameters() -> impl Strategy<Value = Parameters<'static, f64>> {
    let rbm = (1usize..5, 1usize..5)
        .prop_flat_map(|(v, h)| (numbers(v * h), numbers(v), numbers(h)))
        .prop_map(|(weights, visible_bias, hidden_bias)| Parameters::Rbm {
            weights: weights.into(),
            visible_bias: visible_bias.into(),
            hidden_bias: hidden_bias.into(),
        });
    let ising = (1usize..5).prop_flat_map(|n| (numbers(n * n), numbers(n)));
    let ising = ising.prop_map(|(coupling, field)| Parameters::IsingDense {
        coupling: symmetric(field.len(), 1, &coupling).into(),
        field: field.into(),
    });
    let potts = (1usize..4, 2usize..4).prop_flat_map(|(n, q)| {
        let entries = (numbers(n * n * q * q), numbers(n * q));
        entries.prop_map(move |(coupling, field)| Parameters::PottsDense {
            sites: n,
            states: q,
            coupling: symmetric(n, q, &coupling).into(),
            field: field.into(),
        })
    });
    let categorical = (1usize..4, 2usize..5, 1usize..4).prop_flat_map(|(n, q, h)| {
        let entries = (numbers(n * q * h), numbers(n * q), numbers(h));
        entries.prop_map(
            move |(weights, visible_bias, hidden_bias)| Parameters::RbmCategorical {
                states: q,
                weights: weights.into(),
                visible_bias: visible_bias.into(),
                hidden_bias: hidden_bias.into(),
            },
        )
    });
    prop_oneof![rbm, categorical, ising, potts]
}

proptest! {
    #[test]
    fn written_files_are_read_back(parameters in parameters()) {
        let bytes = to_bytes(&parameters).unwrap();
        prop_assert_eq!(&to_bytes(&parameters).unwrap(), &bytes, "the same bytes again");
        prop_assert_eq!(parse(&bytes), Ok(parameters));
    }

    #[test]
    fn singles_are_read_back(weight in prop::num::f32::NORMAL | prop::num::f32::SUBNORMAL) {
        let parameters = Parameters::Rbm {
            weights: vec![weight].into(),
            visible_bias: vec![-0.0].into(),
            hidden_bias: vec![0.0].into(),
        };
        let bytes = to_bytes(&parameters).unwrap();
        prop_assert_eq!(parse_model(&bytes, Some(Kind::Rbm)), Ok(parameters));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(parse(&bytes).is_err());
    }

    #[test]
    fn no_header_makes_the_reader_panic(header in "[]{}\":,0-9a-zWbcJh_ .-]{0,120}", data in prop::collection::vec(any::<u8>(), 0..40)) {
        let _ = parse(&with_header(&header, &data));
    }

    #[test]
    fn no_sizes_make_the_reader_panic(
        shape in prop::collection::vec(prop_oneof![0usize..4, any::<usize>()], 0..5),
        start in prop_oneof![0usize..9, any::<usize>()],
        end in prop_oneof![0usize..9, any::<usize>()],
        data in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let header = format!(r#"{{"J":{{"dtype":"F64","shape":{shape:?},"data_offsets":[{start},{end}]}}}}"#);
        prop_assert!(parse(&with_header(&header, &data)).is_err());
    }

    #[test]
    fn no_mutation_makes_the_reader_panic(
        parameters in parameters(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = to_bytes(&parameters).unwrap();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(read) = parse(&bytes) {
            // What was accepted satisfies every rule: it can be written again.
            prop_assert!(to_bytes(&read).is_ok());
        }
    }
}
