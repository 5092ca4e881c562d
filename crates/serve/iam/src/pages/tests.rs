use countersign_aws_query::{Answer, QueryRequest, RequestId};

use super::*;

fn page(query: &str, items: &[&str]) -> Result<(Vec<String>, Option<String>), Refused> {
    let call = QueryRequest::parse(query, b"").unwrap();
    let asked = call.read(PageAsked::read)?;
    let items = items.iter().map(|item| (*item).to_owned()).collect();
    asked
        .of(items, String::clone)
        .map(|page| (page.items, page.next))
}

#[test]
fn pages_show_everything_once_and_in_order() {
    let all = ["c", "a", "e", "b", "d"];
    let mut query = "MaxItems=2".to_owned();
    let mut shown = Vec::new();
    loop {
        let (items, next) = page(&query, &all).unwrap();
        assert!(items.len() <= 2);
        shown.extend(items);
        let Some(next) = next else { break };
        query = format!("MaxItems=2&Marker={next}");
    }
    assert_eq!(shown, ["a", "b", "c", "d", "e"]);
}

#[test]
fn a_page_that_is_full_by_chance_is_the_last() {
    assert_eq!(page("MaxItems=2", &["a", "b"]).unwrap().1, None);
}

#[test]
fn what_was_deleted_meanwhile_does_not_disturb_the_next_page() {
    let (_, next) = page("MaxItems=1", &["a", "b", "c"]).unwrap();
    let (items, _) = page(&format!("Marker={}", next.unwrap()), &["b", "c"]).unwrap();
    assert_eq!(items, ["b", "c"]);
}

#[test]
fn markers_and_sizes_that_are_none_are_refused() {
    for query in [
        "Marker=%25",
        "Marker=a*",
        "MaxItems=0",
        "MaxItems=1001",
        "MaxItems=x",
    ] {
        assert_eq!(
            page(query, &["a"]).unwrap_err().fault.status(),
            400,
            "{query}"
        );
    }
}

#[test]
fn the_end_of_a_page_says_how_it_goes_on() {
    let call = QueryRequest::parse("MaxItems=1", b"").unwrap();
    let asked = call.read(PageAsked::read).unwrap();
    let page = asked.of(vec!["a", "b"], |item| (*item).to_owned()).unwrap();
    let answer = Answer::of(|xml| page.write_end(xml));
    let document = answer.document("X", "urn:x", &RequestId::from_random([0; 16]));
    assert!(document.contains("<IsTruncated>true</IsTruncated><Marker>YQ</Marker>"));
}
