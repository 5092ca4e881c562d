use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body::Body as _;
use http_body_util::BodyExt as _;
use tokio::time::Instant;

use crate::pace::{Pace, Paces};
use crate::response_body::ResponseBody;

// The clock of these tests is tokio's, which stands still but for sleeping.
#[tokio::test(start_paused = true)]
async fn l4_a_body_takes_the_time_that_its_rate_demands() {
    let content = Bytes::from((0..=255).cycle().take(10_000).collect::<Vec<u8>>());
    let pace = Pace::for_tests(1, 1_000);
    let mut body = ResponseBody::Full(content.clone()).paced(pace, &Arc::new(Paces::default()));
    let begun = Instant::now();
    let mut taken = Vec::new();
    assert_eq!(body.size_hint().exact(), Some(10_000));
    while let Some(frame) = body.frame().await {
        let piece = frame.unwrap().into_data().unwrap();
        assert_eq!(piece.len(), 125);
        taken.extend_from_slice(&piece);
        let elapsed = begun.elapsed().as_millis();
        assert!(
            taken.len() as u128 <= elapsed + 125,
            "{} {elapsed}",
            taken.len()
        );
        let left = 10_000 - taken.len() as u64;
        assert_eq!(body.size_hint().exact(), Some(left));
        assert_eq!(body.is_end_stream(), left == 0);
    }
    assert_eq!(taken, content);
    let whole = Duration::from_millis(9_875);
    let elapsed = begun.elapsed();
    assert!(
        elapsed >= whole && elapsed < whole + Duration::from_millis(200),
        "{elapsed:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_empty_body_waits_for_nothing() {
    let pace = Pace::for_tests(1, 1_000);
    let mut body = ResponseBody::Full(Bytes::new()).paced(pace, &Arc::new(Paces::default()));
    assert!(body.is_end_stream());
    let begun = Instant::now();
    while let Some(frame) = body.frame().await {
        assert!(frame.unwrap().into_data().unwrap().is_empty());
    }
    assert_eq!(begun.elapsed(), Duration::ZERO);
}
