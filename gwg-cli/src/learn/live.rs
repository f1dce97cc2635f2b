//! The page of `--report`, rewritten during the run.

use crate::failure::Failure;
use crate::{outputs, session};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Time between two pages.
const EVERY: Duration = Duration::from_secs(5);

/// A page takes at most one in so many seconds.
const SHARE: u32 = 50;

/// Where the page is, and when it was written last.
pub(super) struct LivePage {
    path: PathBuf,
    force: bool,
    /// Whether what is at the path is of this run.
    is_own: bool,
    written: Instant,
    took: Duration,
}

impl LivePage {
    pub(super) fn new(path: PathBuf, force: bool) -> Self {
        Self {
            path,
            force,
            is_own: false,
            written: Instant::now(),
            took: Duration::ZERO,
        }
    }

    /// Whether so much time has passed since the last page that another one costs little.
    pub(super) fn is_due(&self) -> bool {
        self.written.elapsed() >= EVERY.max(self.took * SHARE)
    }

    /// Writes the page during the run: a failure is reported, and the run continues.
    pub(super) fn write_now(&mut self, page: impl FnOnce() -> String) {
        if let Err(failure) = self.write(page) {
            session::note(&format!("{}; the run continues", failure.said()));
        }
    }

    /// Writes the page in place of the last one.
    pub(super) fn write(&mut self, page: impl FnOnce() -> String) -> Result<(), Failure> {
        let start = Instant::now();
        let force = self.force || self.is_own;
        let done = outputs::write("--report", &self.path, &page(), force);
        self.is_own |= done.is_ok();
        (self.took, self.written) = (start.elapsed(), Instant::now());
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_own_page_is_replaced_and_no_other() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("r.html");
        let mut page = LivePage::new(path.clone(), false);
        page.write(|| "1".to_owned()).unwrap();
        assert!(!page.is_due());
        page.write(|| "2".to_owned()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "2");
        let mut other = LivePage::new(path.clone(), false);
        assert!(matches!(
            other.write(|| "3".to_owned()),
            Err(Failure::Run(_))
        ));
        assert_eq!(fs::read_to_string(&path).unwrap(), "2");
        LivePage::new(path.clone(), true)
            .write(|| "4".to_owned())
            .unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "4");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_page_that_takes_long_is_written_rarely() {
        let mut page = LivePage::new("r.html".into(), false);
        let ago = |seconds| Instant::now().checked_sub(Duration::from_secs(seconds));
        page.written = ago(6).unwrap();
        assert!(page.is_due());
        page.took = Duration::from_secs(1);
        assert!(!page.is_due());
        page.written = ago(51).unwrap();
        assert!(page.is_due());
    }
}
