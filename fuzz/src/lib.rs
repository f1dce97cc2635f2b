//! What the targets have in common: bytes as a file, and bytes as a folder of files.

use gwg_models::LatticeIsing;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

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

/// Makes a folder of packed files; what is no name of a file in it is left out.
pub fn unpack(bytes: &[u8]) -> PathBuf {
    let root = folder().join("folder");
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).expect("a folder is made");
    for part in parts(bytes) {
        let end = part.iter().position(|&b| b == b'\n');
        let Some((name, content)) = end.map(|end| (&part[..end], &part[end + 1..])) else {
            continue;
        };
        let Ok(name) = std::str::from_utf8(name) else {
            continue;
        };
        let name = Path::new(name);
        let inside = |c: Component<'_>| matches!(c, Component::Normal(_));
        if name.as_os_str().len() > 200 || !name.components().all(inside) {
            continue;
        }
        let path = root.join(name);
        // A name may be that of a folder, too: then it is left out.
        let _ = path.parent().map(fs::create_dir_all);
        let _ = fs::write(&path, content);
    }
    root
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
