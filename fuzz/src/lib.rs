//! What the targets have in common: bytes as a file, and bytes as a folder of files.

use gwg_chains::{Bound, Stepper, Threads};
use gwg_core::Gibbs;
use gwg_learn::{
    Data, Pcd, PcdError, PcdOptions, PottsOptions, PottsTrainer, RbmOptions, RbmTrainer,
};
use gwg_models::{DenseIsing, LatticeIsing};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, OnceLock};

/// A folder of this process, in memory where the system has such a place.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() {
            memory.to_owned()
        } else {
            std::env::temp_dir()
        };
        let path = parent.join(format!("gwg-fuzz-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder for the inputs");
        path
    })
}

/// Writes the bytes to a file.
pub fn file(bytes: &[u8]) -> PathBuf {
    let path = folder().join("input");
    fs::write(&path, bytes).expect("an input is written");
    path
}

/// Files of a folder, as [`pack`] writes them.
const MARK: &[u8] = b"\n== ";

/// Makes a folder of packed files; what is no name of a file in it is left out. Files that were there before with the same bytes stay: most
/// inputs differ from the one before in a single file, and files are what takes the time.
pub fn unpack(bytes: &[u8]) -> PathBuf {
    static THERE: Mutex<BTreeMap<PathBuf, Vec<u8>>> = Mutex::new(BTreeMap::new());
    let mut there = THERE.lock().expect("one input at a time");
    let root = folder().join("folder");
    let files: BTreeMap<PathBuf, &[u8]> = parts(bytes).into_iter().filter_map(named).collect();
    if !files.keys().eq(there.keys()) {
        let _ = fs::remove_dir_all(&root);
        there.clear();
    }
    fs::create_dir_all(&root).expect("a folder is made");
    for (name, content) in files {
        if there.get(&name).is_some_and(|before| before == content) {
            continue;
        }
        let path = root.join(&name);
        // A name may be that of a folder, too: then it is left out.
        let _ = path.parent().map(fs::create_dir_all);
        let _ = fs::write(&path, content);
        there.insert(name, content.to_owned());
    }
    root
}

/// The name and the content of a packed file.
fn named(part: &[u8]) -> Option<(PathBuf, &[u8])> {
    let end = part.iter().position(|&b| b == b'\n')?;
    let (name, content) = (&part[..end], &part[end + 1..]);
    let name = Path::new(std::str::from_utf8(name).ok()?);
    let inside = name.components().all(|c| matches!(c, Component::Normal(_)));
    let short = (1..=200).contains(&name.as_os_str().len());
    (inside && short).then(|| (name.to_owned(), content))
}

fn parts(bytes: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(MARK.len()).position(|w| w == MARK) {
        parts.push(&rest[..at]);
        rest = &rest[at + MARK.len()..];
    }
    parts.push(rest);
    parts
}

/// All files of a folder in one, each after a line with its name.
pub fn pack(root: &Path) -> std::io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let mut folders = vec![root.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    for path in files {
        let name = path.strip_prefix(root).unwrap_or(&path);
        packed.extend(MARK);
        packed.extend(name.display().to_string().bytes());
        packed.push(b'\n');
        packed.extend(fs::read(&path)?);
    }
    Ok(packed)
}

/// The model of saved chains.
pub fn model() -> LatticeIsing<f32> {
    LatticeIsing::new(2, 3, 0.2, 0.1).expect("a lattice")
}

/// A few rows for trainers.
fn rows(states: usize) -> Data {
    let symbols = [0_u8, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0];
    let symbols = symbols.iter().enumerate();
    let symbols = symbols.map(|(k, s)| (usize::from(*s) * (1 + k % (states - 1))) as u8);
    Data::new(symbols.collect(), 3, states).expect("rows of data")
}

/// A trainer of a Potts model.
pub fn potts() -> PottsTrainer {
    let options = PottsOptions {
        chains: 3,
        sweeps: 1,
        optimizer: gwg_learn::Optimizer::adam(),
        ..PottsOptions::default()
    };
    PottsTrainer::new(&rows(3), options, &Threads::one()).expect("a small model")
}

/// A trainer of a Boltzmann machine.
pub fn rbm() -> RbmTrainer {
    let options = RbmOptions {
        hidden: 2,
        chains: 3,
        batch: 2,
        ..RbmOptions::default()
    };
    RbmTrainer::new(&rows(2), options, &Threads::one()).expect("a small machine")
}

/// A trainer of any model, with a sampler.
pub fn pcd() -> Pcd<DenseIsing<f32>> {
    let options = PcdOptions {
        buffer: 3,
        chains: 2,
        steps: 2,
        batch: 2,
        ..PcdOptions::default()
    };
    let model = DenseIsing::new(vec![0.0; 9], vec![0.0; 3]).expect("a small model");
    Pcd::new(model, &rows(2), options, &Threads::one()).expect("rows of the model")
}

/// The sampler of [`pcd`].
///
/// # Errors
/// Those of the trainer.
pub fn with_gibbs(
    target: &DenseIsing<f32>,
    with: &mut dyn FnMut(&dyn Stepper<f32, u8>) -> Result<(), PcdError>,
) -> Result<(), PcdError> {
    with(&Bound {
        target,
        kernel: &Gibbs::default(),
    })
}
