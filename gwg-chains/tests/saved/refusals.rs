//! What is not a save of these chains is refused by name.

use crate::ring::Ring;
use gwg_chains::{ChainSpec, Chains, RestoreError, SavedChains, Tempering, Threads};
use gwg_core::{Clamp, Exact, Gibbs, Kernel, LocallyBalanced, RandomWalk, Sqrt, Target};
use gwg_models::{LatticeIsing, LatticePotts};

type Lattice = LatticeIsing<f32>;

fn lattice() -> Lattice {
    Lattice::new(1, 4, 0.2, 0.1).unwrap()
}

/// Of two chains, two replicas each.
fn saved() -> SavedChains {
    let spec = ChainSpec {
        chains: 2,
        tempering: Some(Tempering::geometric(2, 0.5).unwrap()),
        ..ChainSpec::default()
    };
    let (model, kernel) = (lattice(), Gibbs::default());
    let mut chains = Chains::new(&model, &kernel, &spec).unwrap();
    chains.advance(&model, &kernel, 13).unwrap();
    chains.save()
}

fn restored<T, K>(saved: &SavedChains, target: &T, kernel: &K) -> Result<(), RestoreError>
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    Chains::restore(saved, target, kernel, Threads::one()).map(|_| ())
}

/// Restored on the model and the kernel that they are of.
fn read(bytes: &[u8]) -> Result<(), RestoreError> {
    let saved = SavedChains::from_bytes(bytes)?;
    restored(&saved, &lattice(), &Gibbs::default())
}

fn refused_for<T, K>(what: &str, saved: &SavedChains, target: &T, kernel: &K)
where
    T: Target + Sync,
    K: Kernel<T> + Sync,
{
    match restored(saved, target, kernel) {
        Err(RestoreError::Other { what: found, .. }) => assert_eq!(found, what),
        other => panic!("{what}: {other:?}"),
    }
}

#[test]
fn other_models_kernels_and_precisions_are_refused() {
    let (saved, gibbs) = (saved(), Gibbs::default());
    restored(&saved, &lattice(), &gibbs).unwrap();
    let longer = Lattice::new(1, 5, 0.2, 0.1).unwrap();
    refused_for("sites", &saved, &longer, &gibbs);
    let potts = LatticePotts::<f32>::new(1, 4, 3, 0.2).unwrap();
    refused_for("states per site", &saved, &potts, &gibbs);
    let wide = LatticeIsing::<f64>::new(1, 4, 0.2, 0.1).unwrap();
    refused_for("precision", &saved, &wide, &gibbs);
    refused_for("sampler", &saved, &lattice(), &RandomWalk::default());
    let exact = Exact(lattice());
    refused_for("sampler", &saved, &exact, &LocallyBalanced::local(Sqrt));

    // Whichever state the two replicas of a chain have at a site, one of these two differs from it.
    let model = lattice();
    let clamped = |symbol| {
        let (observed, mut free) = ([Some(symbol), None, None, None], [0; 4]);
        let clamp = Clamp::new(&model, &observed, &mut free).unwrap();
        restored(&saved, &clamp, &gibbs).map_err(|error| error.to_string())
    };
    let refusals: Vec<String> = [0, 1]
        .into_iter()
        .filter_map(|s| clamped(s).err())
        .collect();
    assert!(!refusals.is_empty());
    for refusal in refusals {
        assert!(
            refusal.contains("a symbol of the states: saved is"),
            "{refusal}"
        );
    }

    let kernel = RandomWalk::default();
    let ring = Ring::<f64>::new("mixed");
    let chains = Chains::new(&ring, &kernel, &ChainSpec::default()).unwrap();
    let other = Ring::<f64>::new("ordinal");
    refused_for("states per site", &chains.save(), &other, &kernel);
}

#[test]
fn another_version_is_refused_by_its_number() {
    let bytes = saved().to_bytes().unwrap();
    let at = position(&bytes, b"\"version\":1");
    for version in [0, 2, 9] {
        let mut other = bytes.clone();
        other[at + 10] = b'0' + version;
        match SavedChains::from_bytes(&other) {
            Err(RestoreError::Version { found }) => assert_eq!(found, u32::from(version)),
            found => panic!("{found:?}"),
        }
    }
}

#[test]
fn every_changed_byte_is_noticed() {
    let bytes = saved().to_bytes().unwrap();
    read(&bytes).unwrap();
    let mut changed = bytes.clone();
    for (at, &byte) in bytes.iter().enumerate() {
        for other in (0..=255).filter(|other| *other != byte) {
            changed[at] = other;
            assert!(read(&changed).is_err(), "byte {at}: {byte} to {other}");
        }
        changed[at] = byte;
    }
}

#[test]
fn every_truncation_and_whatever_follows_is_noticed() {
    let bytes = saved().to_bytes().unwrap();
    for len in 0..bytes.len() {
        let error = read(&bytes[..len]).unwrap_err();
        let expected = match len {
            0..8 => matches!(error, RestoreError::NotSaved),
            _ => matches!(error, RestoreError::Damaged { .. }),
        };
        assert!(expected, "{len}: {error}");
        assert!(error.to_string().starts_with("saved chains: "));
    }
    for more in 1..40 {
        let longer = [&bytes[..], &vec![0; more]].concat();
        let error = read(&longer).unwrap_err();
        assert!(matches!(error, RestoreError::Damaged { .. }), "{error}");
    }
}

/// Through any format of serde, without the bytes' own frame.
#[test]
fn other_formats_restore_and_refuse_as_well() {
    let saved = saved();
    let json = serde_json::to_value(&saved).unwrap();
    let same: SavedChains = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(same, saved);
    restored(&same, &lattice(), &Gibbs::default()).unwrap();
    for (key, value) in [
        ("/header/version", 2.into()),
        ("/header/chains", 1.into()),
        ("/header/sites", 3.into()),
        ("/header/until_swap", 1.into()),
        ("/header/first_chain", 8.into()),
        ("/header/kernel", "Gibbs".into()),
        ("/numbers/17", 77.into()),
        ("/checksum", 0.into()),
    ] {
        let mut other = json.clone();
        *other.pointer_mut(key).unwrap() = value;
        let other: SavedChains = serde_json::from_value(other).unwrap();
        let error = restored(&other, &lattice(), &Gibbs::default()).unwrap_err();
        let expected = match key {
            "/header/version" => matches!(error, RestoreError::Version { found: 2 }),
            _ => matches!(error, RestoreError::Damaged { .. }),
        };
        assert!(expected, "{key}: {error}");
    }
}

/// Where the checksum is right and the header is not: an error as well, and nothing of that size is allocated.
#[test]
fn forged_headers_are_refused() {
    let bytes = saved().to_bytes().unwrap();
    read(&forged(&bytes, "\"chains\":2", "\"chains\":2")).unwrap();
    for (from, to) in [
        ("\"chains\":2", "\"chains\":0"),
        ("\"chains\":2", "\"chains\":1"),
        ("\"chains\":2", "\"chains\":3"),
        ("\"chains\":2", "\"chains\":18446744073709551615"),
        ("\"replicas\":2", "\"replicas\":0"),
        ("\"replicas\":2", "\"replicas\":1"),
        ("\"replicas\":2", "\"replicas\":3"),
        ("\"replicas\":2", "\"replicas\":4096"),
        ("\"replicas\":2", "\"replicas\":18446744073709551615"),
        ("\"swap_every\":10", "\"swap_every\":0"),
        ("\"until_swap\":7", "\"until_swap\":0"),
        ("\"until_swap\":7", "\"until_swap\":11"),
        ("\"sites\":4", "\"sites\":5"),
        ("\"version\":1", "\"version\":-1"),
        ("\"version\":1", "\"other\":1"),
    ] {
        let error = read(&forged(&bytes, from, to)).map_err(|error| error.to_string());
        assert!(error.is_err(), "{to}: accepted");
    }
}

/// The save with a part of its header replaced, and the checksum that belongs to it.
fn forged(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let (frame, rest) = bytes.split_at(16);
    let len = u64::from_le_bytes(frame[8..].try_into().unwrap()) as usize;
    let (header, numbers) = rest.split_at(len);
    let header = std::str::from_utf8(header).unwrap();
    assert!(header.contains(from), "{header}");
    let header = header.replacen(from, to, 1);
    let numbers = &numbers[..numbers.len() - 4];
    let checksum = crc32(&[header.as_bytes(), numbers].concat());
    let len = (header.len() as u64).to_le_bytes();
    let parts: [&[u8]; 5] = [
        &frame[..8],
        &len,
        header.as_bytes(),
        numbers,
        &checksum.to_le_bytes(),
    ];
    parts.concat()
}

/// The cyclic redundancy check of gzip, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| step(crc))
    })
}

fn position(bytes: &[u8], part: &[u8]) -> usize {
    let mut windows = bytes.windows(part.len());
    windows.position(|window| window == part).unwrap()
}
