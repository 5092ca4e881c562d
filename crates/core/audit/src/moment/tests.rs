use super::Moment;

#[test]
fn an_instant_is_written_in_three_ways() {
    let moment = Moment::from_unix_ms(1_770_336_117_123);
    assert_eq!(moment.to_string(), "2026-02-06T00:01:57.123Z");
    assert_eq!(moment.to_seconds(), "2026-02-06T00:01:57Z");
    let mut out = Vec::new();
    moment.write_access_log(&mut out);
    assert_eq!(out, b"06/Feb/2026:00:01:57 +0000");
}

#[test]
fn what_is_written_is_read_and_nothing_else() {
    for ms in [0, -1, 999, 1_770_336_117_123, i64::MAX, i64::MIN] {
        let moment = Moment::from_unix_ms(ms);
        assert_eq!(moment.to_string().parse(), Ok(moment));
    }
    for text in [
        "",
        "2026-02-06T00:01:57Z",
        "2026-02-06T00:01:57.12Z",
        "20260206T000157.123Z",
        "2026-0206-T00:01:57.123Z",
        "2026-02-30T00:01:57.123Z",
        "2026-02-06T00:01:57.+12Z",
    ] {
        assert!(text.parse::<Moment>().is_err(), "{text}");
    }
}
