use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use countersign_sigv4::{AccessKeyId, SecretAccessKey};

use super::MasterKey;
use crate::StateError;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

#[test]
fn a_created_key_is_private_and_reads_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("master.key");
    assert!(MasterKey::read(&path).unwrap().is_none());

    let id = AccessKeyId::new("AKIAIOSFODNN7EXAMPLE");
    let created = MasterKey::create(&path).unwrap();
    let sealed = created.seal(&id, &SecretAccessKey::new(SECRET)).unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    assert_eq!(
        fs::read_dir(directory.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );

    let read = MasterKey::read(&path).unwrap().unwrap();
    assert_eq!(read.open(&id, &sealed).unwrap().expose(), SECRET);
    assert!(read.made(&created.fingerprint().unwrap()));
}

#[test]
fn an_existing_key_is_never_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("master.key");
    MasterKey::create(&path).unwrap();
    let before = fs::read(&path).unwrap();
    let again = MasterKey::create(&path).err().unwrap();
    assert!(matches!(
        again,
        StateError::File {
            kind: std::io::ErrorKind::AlreadyExists,
            ..
        }
    ));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn what_an_interrupted_start_left_does_not_stop_the_next() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("master.key.new"), b"half").unwrap();
    let path = directory.path().join("master.key");
    MasterKey::create(&path).unwrap();
    assert!(MasterKey::read(&path).unwrap().is_some());
}

#[test]
fn a_secret_opens_only_for_its_own_access_key_id() {
    let directory = tempfile::tempdir().unwrap();
    let key = MasterKey::create(&directory.path().join("master.key")).unwrap();
    let (ours, theirs) = (AccessKeyId::new("AKIAOURS"), AccessKeyId::new("AKIATHEIRS"));
    let sealed = key.seal(&ours, &SecretAccessKey::new(SECRET)).unwrap();
    let damaged = |id: &AccessKeyId| StateError::SecretDamaged { id: id.clone() };
    assert_eq!(key.open(&theirs, &sealed).unwrap_err(), damaged(&theirs));
    for at in 0..sealed.len() {
        let mut bent = sealed.clone();
        bent[at] ^= 1;
        assert_eq!(
            key.open(&ours, &bent).unwrap_err(),
            damaged(&ours),
            "byte {at}"
        );
        assert_eq!(
            key.open(&ours, &sealed[..at]).unwrap_err(),
            damaged(&ours),
            "cut at {at}"
        );
    }
}

#[test]
fn a_key_others_could_read_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("master.key");
    MasterKey::create(&path).unwrap();
    for mode in [0o640, 0o604, 0o666, 0o700] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let expected = StateError::MasterKeyTooOpen {
            path: path.clone(),
            mode,
        };
        assert_eq!(MasterKey::read(&path).err(), Some(expected));
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(MasterKey::read(&path).unwrap().is_some());
}

#[test]
fn a_key_of_another_length_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("master.key");
    fs::write(&path, [7; 31]).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let expected = StateError::MasterKeyLength {
        path: path.clone(),
        bytes: 31,
    };
    assert_eq!(MasterKey::read(&path).err(), Some(expected));
}
