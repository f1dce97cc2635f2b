//! The thread that compresses and writes, while the run goes on.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::{Builder, JoinHandle};

use super::buffer::Slab;
use super::sink::Sink;
use crate::trace::error::TraceError;

/// Slabs that wait, in addition to the one that is written and the one that is filled.
const QUEUE: usize = 1;

type Answer = Sender<Result<(), TraceError>>;

enum Job {
    Slab(Slab),
    Sync(Vec<Slab>, usize, Answer),
    File(String, Vec<u8>, Answer),
}

/// Hands what is to be written to a thread, in order. Dropped, it ends the thread after the file that is being written.
#[derive(Debug)]
pub(super) struct Worker {
    path: PathBuf,
    jobs: Option<SyncSender<Job>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Nobody waits for what is left.
    abandoned: AtomicBool,
    failed: AtomicBool,
    error: Mutex<Option<TraceError>>,
}

impl Worker {
    /// Starts the thread.
    pub(super) fn start(path: PathBuf, sink: Sink) -> Result<Self, TraceError> {
        let (jobs, received) = sync_channel(QUEUE);
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let thread = Builder::new()
            .name("trace".to_owned())
            .spawn(move || work(sink, &received, &theirs))
            .map_err(TraceError::io("start the thread that writes", &path))?;
        Ok(Self {
            path,
            jobs: Some(jobs),
            shared,
            thread: Some(thread),
        })
    }

    /// An error of what was handed over before.
    pub(super) fn check(&self) -> Result<(), TraceError> {
        if self.shared.failed.load(Ordering::Acquire) {
            return Err(self.error());
        }
        Ok(())
    }

    /// Hands a slab over; waits while the queue is full.
    pub(super) fn write(&self, slab: Slab) -> Result<(), TraceError> {
        self.send(Job::Slab(slab))
    }

    /// Waits until the index of so many draws is written, and all that was handed over before.
    pub(super) fn sync(&self, partial: Vec<Slab>, draws: usize) -> Result<(), TraceError> {
        self.ask(|answer| Job::Sync(partial, draws, answer))
    }

    /// Waits until a file is written, and all that was handed over before.
    pub(super) fn put_file(&self, name: &str, bytes: &[u8]) -> Result<(), TraceError> {
        self.ask(|answer| Job::File(name.to_owned(), bytes.to_vec(), answer))
    }

    fn ask(&self, job: impl FnOnce(Answer) -> Job) -> Result<(), TraceError> {
        let (answer, answered) = channel();
        self.send(job(answer))?;
        answered.recv().unwrap_or_else(|_| Err(self.error()))
    }

    fn send(&self, job: Job) -> Result<(), TraceError> {
        let sent = self.jobs.as_ref().map(|jobs| jobs.send(job));
        match sent {
            Some(Ok(())) => Ok(()),
            _ => Err(self.error()),
        }
    }

    fn error(&self) -> TraceError {
        let first = self.shared.error.lock().ok().and_then(|mut e| e.take());
        first.unwrap_or_else(|| TraceError::Failed {
            path: self.path.clone(),
        })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.abandoned.store(true, Ordering::Release);
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic there has been an error of the calls already.
            let _ = thread.join();
        }
    }
}

/// Works until an error: after a gap nothing is written.
fn work(mut sink: Sink, jobs: &Receiver<Job>, shared: &Shared) {
    for job in jobs {
        if shared.abandoned.load(Ordering::Acquire) {
            return;
        }
        let (done, answer) = match job {
            Job::Slab(slab) => (sink.write_slab(&slab), None),
            Job::Sync(partial, draws, answer) => (sink.sync(&partial, draws), Some(answer)),
            Job::File(name, bytes, answer) => (sink.put_file(&name, &bytes), Some(answer)),
        };
        let failed = done.is_err();
        match (answer, done) {
            // Whoever asked may be gone.
            (Some(answer), done) => drop(answer.send(done)),
            (None, Err(error)) => {
                if let Ok(mut first) = shared.error.lock() {
                    *first = Some(error);
                }
                shared.failed.store(true, Ordering::Release);
            }
            (None, Ok(())) => {}
        }
        if failed {
            return;
        }
    }
}
