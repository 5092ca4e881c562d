use std::fs;
use std::time::Duration;

use super::{SweepReport, sweep};
use crate::ObjectId;
use crate::store::tests::{LARGE, body_of, found, open, put, wait};

#[test]
fn files_without_a_row_go_and_all_others_stay() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(put(&store, "large", &[1; LARGE], "e"));
    wait(put(&store, "small", b"1", "e"));
    let (layout, orphan) = (&store.layout, ObjectId(0xabcd));
    fs::write(layout.object(orphan), b"orphan").unwrap();
    fs::write(layout.temporary(orphan), b"half").unwrap();
    let foreign = layout.shelf(3).join("notes.txt");
    fs::write(&foreign, b"not ours").unwrap();

    let now_ms = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    let hour = Duration::from_secs(3600);
    assert_eq!(
        wait(sweep(&store, now_ms, hour)),
        Ok(SweepReport::default()),
        "too young to judge"
    );
    let in_an_hour = now_ms + 3_601_000;
    assert_eq!(
        wait(sweep(&store, in_an_hour, hour)),
        Ok(SweepReport {
            temporary: 1,
            orphans: 1,
            uploads: 0
        })
    );
    assert_eq!(
        wait(sweep(&store, in_an_hour, hour)),
        Ok(SweepReport::default())
    );
    assert!(foreign.exists());
    drop(store);
    let store = open(&directory);
    let object = wait(found(&store, "large")).unwrap();
    assert_eq!(wait(body_of(&store, &object)).len(), LARGE);
}

#[test]
fn opening_removes_what_was_being_written() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let half = store.layout.temporary(ObjectId(5));
    drop(store);
    fs::write(&half, b"half").unwrap();
    open(&directory);
    assert!(!half.exists());
}
