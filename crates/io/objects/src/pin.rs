//! Keeping the files of parts while somebody may still read them.
//!
//! A body in one file is held by its open file, and unlinking takes nothing from a reader. The files of
//! parts are opened only when a reader gets to them, so they must stay. A body of parts that is in
//! somebody's hands is pinned; when its rows go, its files are unlinked with the last pin.
//!
//! INVARIANT: a change announces which bodies leave before it is committed. So whoever pins a body and
//! *then* finds its rows may read it to the end, and the sweeper, who finds a file without a row, finds
//! it announced here as long as somebody might want it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

use crate::ObjectId;
use crate::housekeeper::Task;
use crate::layout::Layout;

/// Which bodies of parts are held, and which are about to go.
#[derive(Debug)]
pub(crate) struct Pins {
    layout: Layout,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How many hold a body.
    held: HashMap<ObjectId, usize>,
    /// Bodies whose rows go or are gone, and their files.
    leaving: HashMap<ObjectId, Leaving>,
    /// All files of leaving bodies.
    leaving_files: HashSet<ObjectId>,
    /// Who unlinks.
    unlinker: Option<mpsc::Sender<Task>>,
}

#[derive(Debug)]
struct Leaving {
    files: Vec<ObjectId>,
    /// Whether the change that removed the rows is committed.
    gone: bool,
}

/// Keeps the files of one body where they are.
#[derive(Debug)]
pub(crate) struct Pin {
    body: ObjectId,
    pins: Arc<Pins>,
}

impl Pins {
    pub(crate) fn new(layout: Layout) -> Arc<Self> {
        Arc::new(Self {
            layout,
            state: Mutex::default(),
        })
    }

    /// Holds a body. Only rows that are read afterwards may be relied upon.
    pub(crate) fn pin(self: &Arc<Self>, body: ObjectId) -> Pin {
        *self.state().held.entry(body).or_default() += 1;
        Pin {
            body,
            pins: Arc::clone(self),
        }
    }

    /// Says that the rows of a body are about to go.
    pub(crate) fn announce(&self, body: ObjectId, files: &[ObjectId]) {
        let mut state = self.state();
        state.leaving_files.extend(files);
        let leaving = Leaving {
            files: files.to_vec(),
            gone: false,
        };
        state.leaving.insert(body, leaving);
    }

    /// Says that the rows of a body are gone: its files go now, or with the last who holds it.
    pub(crate) fn depart(&self, body: ObjectId) {
        let mut state = self.state();
        if let Some(leaving) = state.leaving.get_mut(&body) {
            leaving.gone = true;
        }
        state.unlink_if_free(body);
    }

    /// Whether a file without a row is still somebody's.
    pub(crate) fn is_leaving(&self, file: ObjectId) -> bool {
        self.state().leaving_files.contains(&file)
    }

    /// Names the one who unlinks; with nobody, files are left to the sweeper.
    pub(crate) fn employ(&self, unlinker: Option<mpsc::Sender<Task>>) {
        self.state().unlinker = unlinker;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn unlink_if_free(&mut self, body: ObjectId) {
        let is_gone = self.leaving.get(&body).is_some_and(|leaving| leaving.gone);
        if !is_gone || self.held.contains_key(&body) {
            return;
        }
        let Some(Leaving { files, .. }) = self.leaving.remove(&body) else {
            return;
        };
        for file in &files {
            self.leaving_files.remove(file);
        }
        if let Some(unlinker) = &self.unlinker {
            let _ = unlinker.send(Task::RemoveFiles(files));
        }
    }
}

impl Pin {
    /// Where files are.
    pub(crate) fn layout(&self) -> &Layout {
        &self.pins.layout
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        let mut state = self.pins.state();
        let held = state.held.get_mut(&self.body);
        match held {
            Some(holders) if *holders > 1 => *holders -= 1,
            _ => {
                state.held.remove(&self.body);
                state.unlink_if_free(self.body);
            }
        }
    }
}

#[cfg(test)]
mod tests;
