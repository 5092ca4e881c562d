use super::{MAX_FORM_BYTES, MAX_FORM_FIELDS, PostForm, PostFormError, SuccessStatus};
use crate::{ErrorCode, Fault, Fields, ObjectKeyError, Operation, attributes_of};
use countersign_request::RequestHead;

fn form(fields: &[(&str, &str)]) -> PostForm {
    let mut form = PostForm::default();
    for (name, value) in fields {
        form.push(name, value).unwrap();
    }
    form
}

fn named(key: &str, file_name: Option<&str>) -> Result<String, PostFormError> {
    let mut form = form(&[("KEY", key)]);
    form.name_file(file_name)?;
    Ok(form.key()?.as_str().to_owned())
}

#[test]
fn e8_a_field_stands_once_whatever_its_case() {
    let mut form = form(&[("key", "a"), ("x-amz-meta-a", "1")]);
    for name in ["key", "Key", "KEY", "X-Amz-Meta-A"] {
        let expected = PostFormError::Repeated {
            name: name.to_ascii_lowercase(),
        };
        assert_eq!(form.push(name, "b"), Err(expected));
    }
    assert_eq!(form.field("kEy"), Some("a"));
}

#[test]
fn l2_fields_are_bounded_together_and_in_number() {
    let mut form = PostForm::default();
    form.push("a", &"x".repeat(MAX_FORM_BYTES - 1)).unwrap();
    assert_eq!(form.push("b", ""), Err(PostFormError::TooLarge));
    let fault = Fault::from(PostFormError::TooLarge);
    assert_eq!(fault.code(), ErrorCode::MaxPostPreDataLengthExceeded);
    assert_eq!(
        fault.fields(),
        [("MaxPostPreDataLengthBytes", "20480".to_owned())]
    );

    let mut form = PostForm::default();
    for number in 0..MAX_FORM_FIELDS {
        form.push(&format!("x-ignore-{number}"), "").unwrap();
    }
    assert_eq!(form.push("x-ignore-more", ""), Err(PostFormError::TooLarge));
}

#[test]
fn the_name_of_the_file_goes_into_the_key_where_the_key_asks_for_it() {
    for (key, file_name, expected) in [
        ("up/${filename}", Some("cat.jpg"), "up/cat.jpg"),
        ("${filename}", Some("käse 1.txt"), "käse 1.txt"),
        ("${filename}-${filename}", Some("a"), "a-a"),
        ("up/${filename}", Some(""), "up/"),
        ("up/${filename}", None, "up/${filename}"),
        ("up/${Filename}", Some("a"), "up/${Filename}"),
        ("up/a", Some("b"), "up/a"),
        ("up/${filename}", Some("${filename}"), "up/${filename}"),
    ] {
        assert_eq!(named(key, file_name).as_deref(), Ok(expected));
    }
}

#[test]
fn e8_a_hostile_file_name_brings_no_separator_into_the_key() {
    for file_name in [
        "../../etc/passwd",
        "..\\..\\etc\\passwd",
        "/etc/passwd",
        "C:\\etc\\passwd",
        "pass\u{0}wd",
        "pass\r\nwd",
        "pass\u{85}wd",
    ] {
        assert_eq!(
            named("up/${filename}", Some(file_name)).as_deref(),
            Ok("up/passwd"),
            "{file_name:?}"
        );
    }
    // A segment of dots is left to the gate, which sees the whole key.
    assert_eq!(named("up/${filename}", Some("..")).as_deref(), Ok("up/.."));
}

#[test]
fn a_key_that_becomes_too_long_is_refused_and_never_built() {
    let long = "n".repeat(1_022);
    assert_eq!(
        named("up/${filename}", Some(&long)),
        Err(PostFormError::Key(ObjectKeyError::TooLong { bytes: 1_025 }))
    );
    let greedy = "${filename}".repeat(1_500);
    let error = named(&greedy, Some(&long)).unwrap_err();
    let fault = Fault::from(error);
    assert_eq!(fault.code(), ErrorCode::KeyTooLongError);
    let size = (1_500 * 1_022).to_string();
    let fields = [("Size", size), ("MaxSizeAllowed", "1024".to_owned())];
    assert_eq!(fault.fields(), fields);
}

#[test]
fn a_form_without_a_key_is_told_so_as_s3_says_it() {
    for fields in [&[][..], &[("key", "")], &[("keys", "a")]] {
        let fault = Fault::from(form(fields).key().unwrap_err());
        assert_eq!(fault.code(), ErrorCode::InvalidArgument);
        assert_eq!(
            fault.message(),
            "Bucket POST must contain a field named 'key'.  If it is specified, please check the \
             order of the fields."
        );
        let expected = [
            ("ArgumentName", "key".to_owned()),
            ("ArgumentValue", String::new()),
        ];
        assert_eq!(fault.fields(), expected);
    }
}

#[test]
fn fields_describe_the_object_as_headers_of_a_put_do() {
    let form = form(&[
        ("key", "a"),
        ("Content-Type", "image/png"),
        ("Cache-Control", "no-store"),
        ("X-Amz-Meta-Owner", "alice"),
        ("x-amz-storage-class", "STANDARD_IA"),
        ("acl", "private"),
        ("x-amz-credential", "secret"),
        ("x-amz-signature", "secret"),
        ("policy", "p"),
        ("x-ignore-me", "1"),
    ]);
    let headers = form.headers().unwrap();
    let names: Vec<&str> = headers.iter().map(|header| header.name).collect();
    let expected = [
        "Content-Type",
        "Cache-Control",
        "X-Amz-Meta-Owner",
        "x-amz-storage-class",
        "x-amz-acl",
    ];
    assert_eq!(names, expected);
    let head = RequestHead {
        method: "POST",
        path: "/b",
        query: "",
        headers: &headers,
    };
    let attributes = attributes_of(&Fields::of_headers(head), Operation::PostObject).unwrap();
    assert_eq!(attributes.content_type.as_deref(), Some("image/png"));
    let metadata = [("owner".to_owned(), "alice".to_owned())];
    assert_eq!(attributes.user_metadata, metadata);
}

#[test]
fn a2_a_form_copies_nothing() {
    for name in [
        "x-amz-copy-source",
        "X-Amz-Copy-Source-If-Match",
        "x-amz-trailer",
    ] {
        let error = form(&[(name, "/b/secret")]).headers().unwrap_err();
        assert_eq!(Fault::from(error).code(), ErrorCode::NotImplemented);
    }
}

#[test]
fn e6_tags_of_a_form_have_one_name() {
    for name in ["x-amz-tagging", "X-Amz-Tagging"] {
        let error = form(&[(name, "scan=clean")]).headers().unwrap_err();
        assert_eq!(Fault::from(error).code(), ErrorCode::NotImplemented);
    }
}

#[test]
fn only_three_statuses_are_answered_as_asked() {
    for (asked, expected) in [
        (Some("200"), SuccessStatus::Ok),
        (Some("201"), SuccessStatus::Created),
        (Some("204"), SuccessStatus::NoContent),
        (Some("404"), SuccessStatus::NoContent),
        (Some("0200"), SuccessStatus::NoContent),
        (Some(""), SuccessStatus::NoContent),
        (None, SuccessStatus::NoContent),
    ] {
        let fields = asked.map(|value| ("success_action_status", value));
        assert_eq!(form(fields.as_slice()).success_status(), expected);
    }
}

#[test]
fn the_newer_name_of_the_redirect_wins() {
    let both = form(&[
        ("redirect", "https://old.example"),
        ("success_action_redirect", "https://new.example"),
    ]);
    assert_eq!(both.redirect().unwrap().origin(), "https://new.example");
    let old = form(&[("redirect", "https://old.example")]);
    assert_eq!(old.redirect().unwrap().origin(), "https://old.example");
    assert_eq!(form(&[]).redirect(), None);
}

#[test]
fn f7_a_form_shown_for_debugging_shows_no_values() {
    let form = form(&[("x-amz-signature", "0123abcd"), ("policy", "cG9s")]);
    assert_eq!(format!("{form:?}"), r#"["x-amz-signature", "policy"]"#);
}
