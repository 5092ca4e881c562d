use super::{Rounds, median};
use crate::bench::programs::Outcome;

fn rounds(rates: &[f64]) -> Rounds {
    let outcome = |rate: &f64| Outcome {
        requests: 1,
        requests_per_second: *rate,
        bytes_per_second: 0.0,
        p50_us: 0.0,
        p99_us: 0.0,
        server_cpu_us: None,
        own_cpu_share: 0.0,
        errors: 0,
        first_error: None,
    };
    Rounds {
        peer: "somebody",
        rounds: rates.iter().map(outcome).collect(),
    }
}

#[test]
fn the_median_of_an_even_number_lies_between_the_middle_two() {
    assert_eq!(median(vec![4.0, 1.0, 3.0, 2.0]), 2.5);
    assert_eq!(median(vec![9.0, 1.0, 3.0]), 3.0);
    assert!(median(Vec::new()).is_nan());
}

#[test]
fn a_ratio_is_taken_round_by_round_so_a_slow_machine_cancels_out() {
    let own = rounds(&[200.0, 20.0, 400.0]);
    let base = rounds(&[100.0, 10.0, 100.0]);
    assert_eq!(own.ratio_to(&base), 2.0);
}
