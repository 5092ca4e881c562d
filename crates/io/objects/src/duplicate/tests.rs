use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;

use super::{Duplicates, copy};
use crate::store::tests::{LARGE, file_count, open, put, wait};

#[test]
fn a_second_name_is_the_same_file_and_goes_if_nobody_names_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let source = wait(put(&store, "k", &[1; LARGE], "e")).id();
    let mut duplicates = Duplicates::default();
    let second = duplicates.add(&store, source, None).unwrap();
    let path = store.layout.object(second);
    assert_eq!(fs::metadata(&path).unwrap().nlink(), 2);
    drop(duplicates.finish(&store).unwrap());
    assert!(!path.exists());
    assert!(store.layout.object(source).exists());
}

#[test]
fn what_cannot_be_linked_is_copied_whole() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let body: Vec<u8> = (0..LARGE)
        .map(|at| u8::try_from(at % 251).unwrap())
        .collect();
    let source = wait(put(&store, "k", &body, "e")).id();
    let id = store.ids.object();
    let claim = copy(&store, source, None, id).unwrap();
    assert_eq!(fs::read(store.layout.object(id)).unwrap(), body);
    drop(claim);

    let open = File::open(store.layout.object(source)).unwrap();
    fs::remove_file(store.layout.object(source)).unwrap();
    let mut duplicates = Duplicates::default();
    let second = duplicates.add(&store, source, Some(&open)).unwrap();
    assert_eq!(fs::read(store.layout.object(second)).unwrap(), body);
    drop(duplicates);
    assert_eq!(file_count(&store), 0);
}
