use super::Target;

#[test]
fn a_url_is_taken_apart_without_changing_path_or_query() {
    let target = Target::parse("https://127.0.0.1:9000/b/%2e%2E//k?X-Amz-Date=2&a=%2F").unwrap();
    assert_eq!(target.authority, "127.0.0.1:9000");
    assert_eq!(target.path_and_query, "/b/%2e%2E//k?X-Amz-Date=2&a=%2F");
    assert!(target.tls);
}

#[test]
fn a_url_without_path_or_with_another_scheme_is_refused() {
    assert!(Target::parse("http://127.0.0.1:9000").is_err());
    assert!(Target::parse("ftp://127.0.0.1/a").is_err());
}
