use super::post_response;

#[test]
fn the_document_is_that_of_s3_and_keys_are_escaped() {
    let document = post_response("https://h/b/a%26b", "b", "a&b", "\"e\"");
    let expected = "<PostResponse><Location>https://h/b/a%26b</Location><Bucket>b</Bucket>\
                    <Key>a&amp;b</Key><ETag>&quot;e&quot;</ETag></PostResponse>";
    assert!(document.ends_with(expected), "{document}");
}
