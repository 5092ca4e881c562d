use std::sync::{Arc, mpsc};

use super::Pins;
use crate::ObjectId;
use crate::housekeeper::Task;
use crate::layout::Layout;

const BODY: ObjectId = ObjectId(1);
const FILES: [ObjectId; 2] = [ObjectId(2), ObjectId(3)];

fn pins() -> (tempfile::TempDir, Arc<Pins>, mpsc::Receiver<Task>) {
    let directory = tempfile::tempdir().unwrap();
    let (layout, _lock) = Layout::prepare(directory.path()).unwrap();
    let (unlinker, unlinked) = mpsc::channel();
    let pins = Pins::new(layout);
    pins.employ(Some(unlinker));
    (directory, pins, unlinked)
}

fn files(task: Result<Task, mpsc::TryRecvError>) -> Option<Vec<ObjectId>> {
    match task.ok()? {
        Task::Checkpoint => None,
        Task::RemoveFiles(files) => Some(files),
    }
}

#[test]
fn what_nobody_holds_goes_with_its_rows() {
    let (_directory, pins, unlinked) = pins();
    drop(pins.pin(BODY));
    pins.announce(BODY, &FILES);
    assert!(pins.is_leaving(FILES[0]) && pins.is_leaving(FILES[1]));
    assert_eq!(files(unlinked.try_recv()), None);
    pins.depart(BODY);
    assert_eq!(files(unlinked.try_recv()), Some(FILES.to_vec()));
    assert!(!pins.is_leaving(FILES[0]));
}

#[test]
fn what_is_held_goes_with_the_last_who_holds_it() {
    let (_directory, pins, unlinked) = pins();
    let (first, second) = (pins.pin(BODY), pins.pin(BODY));
    pins.announce(BODY, &FILES);
    let third = pins.pin(BODY);
    pins.depart(BODY);
    drop(first);
    drop(third);
    assert_eq!(files(unlinked.try_recv()), None);
    assert!(pins.is_leaving(FILES[1]));
    drop(second);
    assert_eq!(files(unlinked.try_recv()), Some(FILES.to_vec()));
}

#[test]
fn letting_go_before_the_commit_unlinks_nothing() {
    let (_directory, pins, unlinked) = pins();
    let pin = pins.pin(BODY);
    pins.announce(BODY, &FILES);
    drop(pin);
    assert_eq!(files(unlinked.try_recv()), None);
    assert!(pins.is_leaving(FILES[0]), "the sweeper must wait too");
    pins.depart(BODY);
    assert_eq!(files(unlinked.try_recv()), Some(FILES.to_vec()));
}
