use super::*;

fn error(query: &str, body: &[u8]) -> FormError {
    Form::parse(query, body).unwrap_err()
}

#[test]
fn plus_is_a_space_and_escapes_are_decoded_once() {
    let form = Form::parse("", b"Value=a+b%2Bc%2541&Empty=&Bare").unwrap();
    assert_eq!(form.value("Value"), Some("a b+c%41"));
    assert_eq!(form.value("Empty"), Some(""));
    assert_eq!(form.value("Bare"), Some(""));
    assert_eq!(form.value("None"), None);
}

#[test]
fn query_and_body_are_one_form() {
    let form = Form::parse("Action=A&&", b"&Version=1").unwrap();
    assert_eq!(
        (form.value("Action"), form.value("Version")),
        (Some("A"), Some("1"))
    );
    let repeated = error("Action=A", b"Action=A");
    assert_eq!(
        repeated,
        FormError::Repeated {
            name: "Action".to_owned()
        }
    );
}

#[test]
fn a_name_that_stands_twice_is_refused_however_it_is_spelled() {
    let repeated = error("", b"Policy=x&Po%6cicy=y");
    assert_eq!(
        repeated,
        FormError::Repeated {
            name: "Policy".to_owned()
        }
    );
}

#[test]
fn what_is_not_percent_encoded_utf_8_is_refused() {
    for body in [&b"A=%"[..], b"A=%zz", b"A=%ff", b"%c3=1", b"A=\xff"] {
        assert!(
            matches!(error("", body), FormError::Percent { index: 1, .. }),
            "{body:?}"
        );
    }
}

#[test]
fn numbers_and_sizes_are_bounded() {
    let most: Vec<String> = (0..MOST_PARAMETERS).map(|n| format!("p{n}=")).collect();
    let most = most.join("&");
    assert!(Form::parse("", most.as_bytes()).is_ok());
    assert_eq!(
        error("one=more", most.as_bytes()),
        FormError::TooMany {
            limit: MOST_PARAMETERS
        }
    );
    let long = "n".repeat(LONGEST_NAME + 1);
    assert_eq!(
        error("", long.as_bytes()),
        FormError::LongName {
            limit: LONGEST_NAME
        }
    );
}
