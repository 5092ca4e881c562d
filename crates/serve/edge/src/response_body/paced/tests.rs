use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http_body::Body as _;
use http_body_util::BodyExt as _;
use tokio::time::Instant;

use super::PacedBody;
use crate::pace::{Pace, PacedTransfer, Paces};
use crate::response_body::ResponseBody;

fn transfer(paces: &Arc<Paces>) -> PacedTransfer {
    PacedTransfer::begin(paces, Pace::for_tests(1, 1_000)).unwrap()
}

// The clock of these tests is tokio's, which stands still but for sleeping.
#[tokio::test(start_paused = true)]
async fn l4_a_body_takes_the_time_that_its_rate_demands() {
    let content = Bytes::from((0..=255).cycle().take(10_000).collect::<Vec<u8>>());
    let mut body = ResponseBody::Full(content.clone()).paced(transfer(&Arc::default()));
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
    let mut body = ResponseBody::Full(Bytes::new()).paced(transfer(&Arc::default()));
    assert!(body.is_end_stream());
    let begun = Instant::now();
    while let Some(frame) = body.frame().await {
        assert!(frame.unwrap().into_data().unwrap().is_empty());
    }
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn l4_who_waits_for_a_turn_has_read_nothing() {
    let paces = Arc::default();
    let content = Bytes::from(vec![7; 10_000]);
    let mut bodies: Vec<PacedBody> = (0..10)
        .map(|_| PacedBody::new(ResponseBody::Full(content.clone()), transfer(&paces)))
        .collect();
    let mut moved = 0;
    // Everybody is asked again and again, as busy connections do; turns are 125 bytes each.
    for _ in 0..40 {
        tokio::time::advance(Duration::from_millis(125)).await;
        for body in &mut bodies {
            let frame = std::future::poll_fn(|cx| {
                let polled = Pin::new(&mut *body).poll_frame(cx);
                Poll::Ready(match polled {
                    Poll::Ready(frame) => frame,
                    Poll::Pending => None,
                })
            });
            if let Some(frame) = frame.await {
                moved += frame.unwrap().into_data().unwrap().len();
            }
        }
        // What is not moved is where it was, to the byte.
        let left: u64 = bodies.iter().map(|b| b.body.size_hint().lower()).sum();
        assert_eq!(left, 100_000 - moved as u64);
    }
    assert!((4_000..=5_125).contains(&moved), "{moved}");
}
