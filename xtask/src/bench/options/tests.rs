use super::Options;

fn parse(line: &str) -> anyhow::Result<Options> {
    Options::parse(
        &line
            .split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>(),
    )
}

#[test]
fn without_options_everything_is_measured_five_times() {
    let options = parse("").unwrap();
    assert!(options.wants("tmpfs plain GET 1 KiB x64"));
    assert_eq!(options.rounds, 5);
}

#[test]
fn only_narrows_by_substring() {
    let options = parse("--only x64 --rounds 2").unwrap();
    assert!(options.wants("GET 1 KiB x64"));
    assert!(!options.wants("GET 1 KiB x1"));
    assert_eq!(options.rounds, 2);
}

#[test]
fn an_unknown_option_or_a_missing_value_is_refused() {
    assert!(parse("--fast").is_err());
    assert!(parse("--only").is_err());
    assert!(parse("--rounds few").is_err());
}
