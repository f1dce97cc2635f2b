//! Checkpoints: what the engine saves, with the history of the run so far.

use super::checks;
use super::engine::Engine;
use super::history::History;
use crate::failure::Failure;
use crate::waiting;
use gwg_chains::{Frame, FrameError};
use gwg_models::io::visible_path;
use serde::{Deserialize, Serialize};
use std::fmt::Display;
use std::path::Path;

const FRAME: Frame = Frame::new(b"gwglrun", 1);

#[derive(Deserialize, Serialize)]
struct Saved {
    history: History,
    /// In the format of the engine.
    engine: Vec<u8>,
}

/// The run so far, as bytes.
pub(super) fn bytes(engine: &dyn Engine, history: &History) -> Result<Vec<u8>, Failure> {
    let saved = Saved {
        history: history.clone(),
        engine: engine.save()?,
    };
    FRAME.encode(&saved).map_err(Failure::run)
}

/// Goes on with the run of a file; its history; earlier files have none.
pub(super) fn resume(engine: &mut dyn Engine, path: &Path) -> Result<History, Failure> {
    let refused =
        |what: &dyn Display| Failure::usage(format!("--resume {}: {what}", visible_path(path)));
    let bytes = waiting::while_reading(path, || std::fs::read(path));
    let bytes = bytes.map_err(|e| refused(&e))?;
    let saved = match FRAME.decode(&bytes) {
        Ok(saved) => saved,
        // What an engine saved alone; it refuses what is of another format.
        Err(FrameError::Name) => Saved {
            history: History::default(),
            engine: bytes,
        },
        Err(error) => return Err(refused(&error)),
    };
    engine
        .resume(&saved.engine)
        .map_err(|e| refused(&checks::of_flags(e.said())))?;
    Ok(saved.history)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::engine::Figures;
    use crate::learn::engine::fixed::Fixed;

    #[test]
    fn files_without_a_history_are_read_and_damaged_ones_refused() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("c");
        let mut history = History::default();
        history.push(&Figures {
            update: 3,
            values: vec![("gradient", f64::INFINITY)],
        });
        let engine = Fixed {
            saved: vec![7, 8],
            ..Fixed::default()
        };
        let whole = bytes(&engine, &history).unwrap();
        std::fs::write(&path, &whole).unwrap();
        let mut engine = Fixed::default();
        assert_eq!(resume(&mut engine, &path).unwrap(), history);
        assert_eq!(engine.saved, [7, 8]);
        std::fs::write(&path, b"gwglern and the rest").unwrap();
        assert_eq!(resume(&mut engine, &path).unwrap(), History::default());
        assert_eq!(engine.saved, b"gwglern and the rest");
        std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        let failure = resume(&mut engine, &path).unwrap_err();
        assert!(failure.said().contains("damaged"), "{}", failure.said());
    }
}
