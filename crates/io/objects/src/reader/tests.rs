use std::fs::OpenOptions;
use std::io::ErrorKind;

use super::ObjectReader;
use crate::buffer::READ_BYTES;
use crate::store::tests::{open, put, wait};

fn patterned(length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| u8::try_from(at % 251).unwrap())
        .collect()
}

#[test]
fn every_range_yields_exactly_its_bytes() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let piece = READ_BYTES as u64;
    wait(async {
        for length in [1_000, 2 * READ_BYTES + 77] {
            let body = patterned(length);
            let object = put(&store, "k", &body, "e").await;
            let size = length as u64;
            let ends = [
                0,
                1,
                999,
                1_000,
                piece - 1,
                piece,
                piece + 1,
                size - 1,
                size,
                u64::MAX,
            ];
            for from in ends {
                for to in ends {
                    let mut reader = ObjectReader::new(&object, from..to, &store.read_buffers);
                    let announced = reader.remaining();
                    let mut read = Vec::new();
                    while let Some(bytes) = reader.next().await {
                        read.extend_from_slice(&bytes.unwrap());
                    }
                    let clamp = |at: u64| usize::try_from(at.min(size)).unwrap();
                    let expected = body.get(clamp(from)..clamp(to)).unwrap_or_default();
                    assert!(read == expected, "{from}..{to} of {size}");
                    assert_eq!(announced, read.len() as u64);
                }
            }
        }
    });
}

#[test]
fn reading_a_large_object_takes_one_buffer_at_a_time() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let object = put(&store, "k", &vec![3; 32 << 20], "e").await;
        let pool = crate::buffer::BufferPool::of(READ_BYTES);
        let mut reader = ObjectReader::new(&object, 0..u64::MAX, &pool);
        let mut total = 0;
        while let Some(bytes) = reader.next().await {
            let bytes = bytes.unwrap();
            assert!(bytes.len() <= READ_BYTES);
            total += bytes.len();
        }
        assert_eq!(total, 32 << 20);
        // Had it ever held two at once, two would have come back.
        assert_eq!(pool.unused(), 1);
    });
}

#[test]
fn l4_who_asks_for_little_holds_little() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        for length in [1_000, 2 * READ_BYTES + 77] {
            let body = patterned(length);
            let object = put(&store, "k", &body, "e").await;
            for most in [
                [0, 7, 100, READ_BYTES - 1],
                [300, READ_BYTES, usize::MAX, 1],
            ] {
                let is_little = most.iter().all(|most| *most < READ_BYTES);
                let pool = crate::buffer::BufferPool::of(READ_BYTES);
                let mut reader = ObjectReader::new(&object, 0..u64::MAX, &pool);
                let mut read = Vec::new();
                for most in most.into_iter().cycle() {
                    let piece = std::future::poll_fn(|cx| reader.poll_next_of(cx, most)).await;
                    let Some(piece) = piece else {
                        break;
                    };
                    let piece = piece.unwrap();
                    assert!((1..=most.max(1)).contains(&piece.len()));
                    read.extend_from_slice(&piece);
                }
                assert!(read == body, "{length}");
                // What the pool gave comes back to it, and nothing else does.
                let is_pooled = !is_little && length > READ_BYTES;
                assert_eq!(pool.unused(), usize::from(is_pooled));
            }
        }
    });
}

#[test]
fn a_file_that_is_too_short_is_an_error_and_never_a_short_body() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    wait(async {
        let object = put(&store, "k", &patterned(2 * READ_BYTES), "e").await;
        let path = store.layout.object(object.id());
        for kept in [0, 100, READ_BYTES as u64, 2 * READ_BYTES as u64 - 1] {
            let file = OpenOptions::new().write(true).open(&path).unwrap();
            file.set_len(kept).unwrap();
            let mut reader = ObjectReader::new(&object, 0..u64::MAX, &store.read_buffers);
            let mut total = 0;
            let error = loop {
                match reader.next().await {
                    Some(Ok(bytes)) => total += bytes.len() as u64,
                    Some(Err(error)) => break error,
                    None => panic!("a body of {total} bytes passed for whole"),
                }
            };
            assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
            assert!(total <= kept);
            assert!(
                reader.next().await.is_none(),
                "nothing comes after an error"
            );
        }
    });
}

#[test]
fn a_file_that_is_not_in_the_page_cache_is_read_all_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let body = patterned(3 * READ_BYTES + 5);
    wait(async {
        let object = put(&store, "k", &body, "e").await;
        let file = std::fs::File::open(store.layout.object(object.id())).unwrap();
        file.sync_all().unwrap();
        rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed).unwrap();
        assert!(crate::store::tests::body_of(&store, &object).await == body);
    });
}

#[test]
fn a_file_in_memory_is_read_on_the_thread_that_asks() {
    let Ok(directory) = tempfile::tempdir_in("/dev/shm") else {
        return;
    };
    let store = open(&directory);
    let body = patterned(2 * READ_BYTES + 77);
    let object = wait(put(&store, "k", &body, "e"));
    if !super::lies_in_memory(&std::fs::File::open(directory.path()).unwrap()) {
        return;
    }
    // Outside of a runtime there is no other thread to read.
    let mut reader = ObjectReader::new(&object, 0..u64::MAX, &store.read_buffers);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let mut read = Vec::new();
    while let std::task::Poll::Ready(Some(bytes)) = reader.poll_next(&mut context) {
        read.extend_from_slice(&bytes.unwrap());
    }
    assert!(read == body);
}
