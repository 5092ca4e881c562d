use std::time::Duration;

use super::{Histogram, bucket, lower_bound};

#[test]
fn every_value_lies_in_its_bucket_to_one_part_in_sixty_four() {
    for nanos in (0..64).flat_map(|bit| [1_u64 << bit, (1_u64 << bit) + (1_u64 << bit) / 3]) {
        let low = lower_bound(bucket(nanos));
        assert!(low <= nanos, "{low} > {nanos}");
        assert!(nanos - low <= nanos / 64, "{nanos} was filed under {low}");
    }
}

#[test]
fn quantiles_of_a_known_series_are_found() {
    let mut histogram = Histogram::default();
    for micros in 1..=1_000 {
        histogram.record(Duration::from_micros(micros));
    }
    let median = histogram.quantile(0.5).unwrap().as_nanos();
    let tail = histogram.quantile(0.99).unwrap().as_nanos();
    assert!((492_000..=500_000).contains(&median), "{median}");
    assert!((974_000..=990_000).contains(&tail), "{tail}");
}

#[test]
fn an_empty_histogram_has_no_quantile() {
    assert_eq!(Histogram::default().quantile(0.5), None);
}
