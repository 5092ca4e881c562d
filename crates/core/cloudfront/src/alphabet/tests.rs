use proptest::prelude::*;

use super::*;

#[test]
fn k5_only_the_one_spelling_of_bytes_is_read() {
    assert_eq!(decode("-~-~"), Some(vec![0xfb, 0xff, 0xbf]));
    assert_eq!(decode("AA__"), Some(vec![0]));
    for other in [
        "+/+/", "AA==", "AA", "AA_", "AA___", "AAA", "A___", "____", "AB__", "AAB_", " AA__",
        "AA__\n", "AA__AA__", "AA__A", "A-_~A", "AA%5F", "é",
    ] {
        assert_eq!(decode(other), None, "{other}");
    }
    assert_eq!(decode(""), Some(Vec::new()));
}

proptest! {
    #[test]
    fn what_was_written_is_read_again(bytes: Vec<u8>) {
        prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
    }

    #[test]
    fn k5_whatever_is_read_would_be_written_so(text in "[A-Za-z0-9_~+/=-]{0,12}") {
        if let Some(bytes) = decode(&text) {
            prop_assert_eq!(encode(&bytes), text);
        }
    }

    #[test]
    fn only_three_letters_differ_from_standard_base64(bytes: Vec<u8>) {
        let standard = base64::engine::general_purpose::STANDARD.encode(&bytes);
        prop_assert_eq!(encode(&bytes), standard.replace('+', "-").replace('=', "_").replace('/', "~"));
    }
}
