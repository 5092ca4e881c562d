use super::VersionId;

#[test]
fn an_id_is_null_or_32_digits_and_reads_back_as_itself() {
    for text in ["null", "0123456789abcdef0123456789abcdef"] {
        let id = VersionId::parse(text).unwrap();
        assert_eq!((id.as_str(), id.is_null()), (text, text == "null"));
    }
    let null = VersionId::parse("null").unwrap();
    assert_eq!(null, VersionId::null());
}

#[test]
fn other_texts_are_no_ids() {
    let upper = "0123456789ABCDEF0123456789abcdef";
    let long = "0123456789abcdef0123456789abcdef0";
    for text in ["", "Null", "NULL", "0", upper, long, &long[..31], "null "] {
        assert_eq!(VersionId::parse(text), None, "{text}");
    }
}
