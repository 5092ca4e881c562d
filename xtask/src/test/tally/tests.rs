use super::Tally;

fn read(line: &str) -> Option<(u64, u64)> {
    Tally::read(line).map(|tally| (tally.passed, tally.failed))
}

#[test]
fn summaries_of_every_runner_are_read() {
    for (line, expected) in [
        (
            "test result: ok. 14 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 6.71s",
            (14, 0),
        ),
        (
            "test result: FAILED. 13 passed; 1 failed; 0 ignored; 0 measured; 2 filtered out; finished in 6.71s",
            (13, 1),
        ),
        (
            "     Summary [  12.345s] 345 tests run: 345 passed, 0 skipped",
            (345, 0),
        ),
        (
            "     Summary [   2.345s] 12/14 tests run: 10 passed (1 slow), 2 failed, 1 timed out, 3 skipped",
            (10, 3),
        ),
        (
            "======== 3 failed, 120 passed, 2 skipped, 1 error in 65.01s (0:01:05) ========",
            (120, 4),
        ),
        ("120 passed in 65.01s", (120, 0)),
        ("============ 2 errors in 0.10s ============", (0, 2)),
        ("# pass 7", (7, 0)),
        ("\u{2139} fail 2", (0, 2)),
    ] {
        assert_eq!(read(line), Some(expected), "{line}");
    }
}

#[test]
fn clients_that_are_missing_show() {
    for (line, expected) in [
        (
            "== 120 passed, 6 skipped in 65.01s (0:01:05) ==",
            "120 passed, 0 failed, 6 skipped",
        ),
        (
            "===== 26 skipped in 0.31s =====",
            "0 passed, 0 failed, 26 skipped",
        ),
        ("\u{2139} skipped 2", "0 passed, 0 failed, 2 skipped"),
        // Tests that Rust leaves out are left out everywhere.
        (
            "     Summary [  12.345s] 345 tests run: 345 passed, 3 skipped",
            "345 passed, 0 failed",
        ),
    ] {
        assert_eq!(Tally::read(line).unwrap().to_string(), expected, "{line}");
    }
}

#[test]
fn other_lines_count_for_nothing() {
    for line in [
        "",
        "running 14 tests",
        "test a ... ok",
        "    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 1 filtered out",
        "# tests 7",
        "FAILED test_boto3.py::test_x - assert 1 == 2",
        "= no tests ran in 0.01s =",
        "    Finished `dev` profile [unoptimized + debuginfo] target(s) in 2m 30s",
    ] {
        assert_eq!(read(line), None, "{line}");
    }
}
