use super::Response;
use crate::load::plan::{Expectation, Method};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nETag: \"x\"\r\n\r\nhello";

fn expected(length: u64) -> Expectation {
    Expectation {
        statuses: vec![200, 204],
        content_length: Some(length),
    }
}

#[test]
fn an_answer_may_arrive_in_any_two_pieces() {
    for cut in 1..ANSWER.len() {
        let (first, second) = ANSWER.split_at(cut);
        let mut response = Response::default();
        response.push(first, Method::Get, &expected(5)).unwrap();
        assert!(!response.is_finished(), "finished after {cut} bytes");
        response.push(second, Method::Get, &expected(5)).unwrap();
        assert!(response.is_finished(), "not finished after a cut at {cut}");
    }
}

#[test]
fn the_answer_to_head_has_no_body() {
    let mut response = Response::default();
    let head = ANSWER.strip_suffix(b"hello").unwrap();
    response.push(head, Method::Head, &expected(5)).unwrap();
    assert!(response.is_finished());
}

#[test]
fn a_wrong_length_is_an_error() {
    let mut response = Response::default();
    assert!(response.push(ANSWER, Method::Get, &expected(6)).is_err());
}

#[test]
fn a_refusal_is_an_error() {
    let mut response = Response::default();
    let refusal = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n";
    let error = response
        .push(refusal, Method::Get, &expected(0))
        .unwrap_err();
    assert!(error.to_string().contains("403"), "{error}");
}

#[test]
fn bytes_beyond_the_body_are_an_error() {
    let mut response = Response::default();
    let longer = [ANSWER, b"!"].concat();
    assert!(response.push(&longer, Method::Get, &expected(5)).is_err());
}
