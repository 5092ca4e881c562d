use super::Disposition;

fn read(value: &str) -> Option<(String, Option<String>)> {
    let Disposition { name, file_name } = Disposition::parse(value.as_bytes()).ok()?;
    Some((name, file_name))
}

#[test]
fn names_are_read_in_every_way_that_clients_write_them() {
    for (value, name, file_name) in [
        ("form-data; name=\"key\"", "key", None),
        ("Form-Data;name=key", "key", None),
        ("form-data; name=\"a;b\"", "a;b", None),
        (
            "form-data; name=\"file\"; filename=\"cat.jpg\"",
            "file",
            Some("cat.jpg"),
        ),
        (
            "form-data; filename=\"cat.jpg\"; name=\"file\"",
            "file",
            Some("cat.jpg"),
        ),
        ("form-data; name=\"file\"; filename=\"\"", "file", Some("")),
        (
            "form-data; name = \"file\" ; filename=cat.jpg ;",
            "file",
            Some("cat.jpg"),
        ),
        (
            "form-data; NAME=\"file\"; FileName=\"a \\\"b\\\"\"",
            "file",
            Some("a \"b\""),
        ),
        (
            "form-data; name=\"file\"; filename=\"C:\\dir\\käse.txt\"",
            "file",
            Some("C:\\dir\\käse.txt"),
        ),
        (
            "form-data; name=\"file\"; filename=\"a%22b\"",
            "file",
            Some("a%22b"),
        ),
        ("form-data; name=\"file\"; filename*=UTF-8''x", "file", None),
    ] {
        let expected = (name.to_owned(), file_name.map(str::to_owned));
        assert_eq!(read(value), Some(expected), "{value}");
    }
}

#[test]
fn e8_what_stands_in_a_file_name_is_no_parameter() {
    let hidden = "form-data; filename=\"x; name=key\"; name=\"file\"";
    let expected = ("file".to_owned(), Some("x; name=key".to_owned()));
    assert_eq!(read(hidden), Some(expected));
}

#[test]
fn e8_what_can_be_read_in_two_ways_is_refused() {
    for value in [
        "",
        "form-data",
        "form-data; name=",
        "form-data; name=\"\"",
        "form-data; filename=\"a\"",
        "form-data; name=\"a\"; name=\"b\"",
        "form-data; name=\"a\"; Name=b",
        "form-data; name=\"a\"; filename=\"b\"; filename=\"c\"",
        "form-data; name=\"a",
        "form-data; name=\"a\\\"",
        "form-data; name=\"a\"b",
        "form-data; name=a b",
        "form-data; name=a\"b",
        "form-data name=\"a\"",
        "form-data; na me=\"a\"",
        "form-data; =\"a\"; name=\"a\"",
        "form-data; name=\"a\u{7f}\"",
        "attachment; name=\"a\"",
    ] {
        assert_eq!(read(value), None, "{value}");
    }
    assert!(Disposition::parse(b"form-data; name=\"\xff\"").is_err());
}
