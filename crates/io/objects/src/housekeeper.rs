//! What must be done after commits, but need not be waited for: unlinking and checkpoints.
//!
//! A thread of its own unlinks replaced files (a large one takes milliseconds) and moves the WAL into
//! the database as it grows, beside the writer. Under steady writing the WAL would still never start
//! anew, so beyond a hard limit the writer itself finishes the little that is left and restarts it.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use crate::layout::Layout;
use crate::pin::Pins;
use crate::{ObjectId, StoreError, failpoint};

/// A checkpoint begins when the WAL has this many bytes more than at the last.
const CHECKPOINT_BYTES: u64 = 4 << 20;

/// The WAL starts anew at this size, whatever it takes.
const WAL_MAX_BYTES: u64 = 64 << 20;

/// A handle on the housekeeping thread, held by the writer.
pub(crate) struct Housekeeper {
    tasks: Option<mpsc::Sender<Task>>,
    /// Who has files removed too.
    pins: Arc<Pins>,
    thread: Option<JoinHandle<()>>,
    checkpoint_due: Arc<AtomicBool>,
    /// Held by whoever runs a checkpoint.
    turn: Arc<Mutex<()>>,
    since_checkpoint: u64,
    since_restart: u64,
}

/// What the thread is asked to do.
#[derive(Debug)]
pub(crate) enum Task {
    Checkpoint,
    RemoveFiles(Vec<ObjectId>),
}

impl Housekeeper {
    pub(crate) fn start(
        layout: Layout,
        connection: Connection,
        pins: &Arc<Pins>,
    ) -> Result<Self, StoreError> {
        let (tasks, queue) = mpsc::channel();
        pins.employ(Some(tasks.clone()));
        let checkpoint_due = Arc::new(AtomicBool::new(false));
        let turn = Arc::new(Mutex::new(()));
        let (due, my_turn) = (Arc::clone(&checkpoint_due), Arc::clone(&turn));
        let thread = thread::Builder::new()
            .name("object-keeper".to_owned())
            .spawn(move || {
                for task in queue {
                    match task {
                        Task::Checkpoint => {
                            due.store(false, Ordering::Relaxed);
                            failpoint::reached("checkpoint");
                            let _turn = my_turn.lock().unwrap_or_else(PoisonError::into_inner);
                            let _ = checkpoint(&connection, "PASSIVE");
                        }
                        // A file that cannot be removed now is the sweeper's.
                        Task::RemoveFiles(files) => files
                            .into_iter()
                            .for_each(|file| drop(fs::remove_file(layout.object(file)))),
                    }
                }
            })
            .map_err(|_| StoreError::Closed)?;
        Ok(Self {
            tasks: Some(tasks),
            pins: Arc::clone(pins),
            thread: Some(thread),
            checkpoint_due,
            turn,
            since_checkpoint: 0,
            since_restart: 0,
        })
    }

    /// Has files removed that no row names any more.
    pub(crate) fn remove_files(&self, files: Vec<ObjectId>) {
        self.send(Task::RemoveFiles(files));
    }

    /// Notes that a commit wrote about so many bytes, after those who waited for it were told.
    pub(crate) fn after_commit(&mut self, written: u64, writer: &Connection) {
        self.since_checkpoint += written;
        self.since_restart += written;
        if self.since_restart >= WAL_MAX_BYTES {
            // SQLite refuses a second checkpoint instead of letting it wait for the first.
            let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
            if checkpoint(writer, "RESTART") {
                (self.since_checkpoint, self.since_restart) = (0, 0);
            }
        } else if self.since_checkpoint >= CHECKPOINT_BYTES
            && !self.checkpoint_due.swap(true, Ordering::Relaxed)
        {
            self.since_checkpoint = 0;
            self.send(Task::Checkpoint);
        }
    }

    fn send(&self, task: Task) {
        let _ = self.tasks.as_ref().map(|tasks| tasks.send(task));
    }
}

impl Drop for Housekeeper {
    fn drop(&mut self) {
        self.tasks = None;
        self.pins.employ(None);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Moves what it can of the WAL into the database, and says whether that was all.
fn checkpoint(connection: &Connection, mode: &str) -> bool {
    let sql = format!("PRAGMA wal_checkpoint({mode})");
    let blocked: Result<i64, _> = connection.query_row(&sql, [], |row| row.get(0));
    blocked == Ok(0)
}
