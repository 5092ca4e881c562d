use std::collections::BTreeSet;

use countersign_request::Query;
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::Config;

use super::{Page, PageBuilder, Step, common_prefix};
use crate::listing::ListParameters;

/// Pages through `keys` and returns every page.
fn pages(keys: &BTreeSet<String>, raw: &str) -> Vec<Page<String>> {
    let mut pages = Vec::new();
    let mut query = raw.to_owned();
    loop {
        let parameters = ListParameters::of(&Query::of(&query).unwrap()).unwrap();
        let mut builder = PageBuilder::new(&parameters);
        let mut from = parameters.first_candidate();
        for key in keys {
            if key.as_bytes() < from.as_slice() {
                continue;
            }
            match builder.offer(key, || key.clone()) {
                Step::Continue => {}
                Step::SkipTo(bound) => from = bound,
                Step::Stop => break,
            }
        }
        let page = builder.finish();
        let next = page.next.clone();
        pages.push(page);
        match next {
            Some(position) => query = format!("{raw}&continuation-token={}", position.token()),
            None => return pages,
        }
    }
}

fn keys(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn the_example_of_the_guide_is_rolled_up() {
    let keys = keys(&[
        "sample.jpg",
        "photos/2006/January/sample.jpg",
        "photos/2006/February/sample2.jpg",
        "photos/2006/February/sample3.jpg",
    ]);
    let [page] = pages(&keys, "delimiter=/").try_into().unwrap();
    assert_eq!(
        (page.objects, page.common_prefixes),
        (vec!["sample.jpg".to_owned()], vec!["photos/".to_owned()])
    );
    let [page] = pages(&keys, "delimiter=/&prefix=photos/2006/")
        .try_into()
        .unwrap();
    assert_eq!(
        page.common_prefixes,
        ["photos/2006/February/", "photos/2006/January/"]
    );
    assert!(page.objects.is_empty());
}

#[test]
fn a_key_equal_to_the_prefix_is_an_object() {
    let keys = keys(&["a", "a/", "a/b", "a/b/c"]);
    let [page] = pages(&keys, "delimiter=/&prefix=a/").try_into().unwrap();
    assert_eq!(
        (page.objects, page.common_prefixes),
        (
            vec!["a/".to_owned(), "a/b".to_owned()],
            vec!["a/b/".to_owned()]
        )
    );
}

#[test]
fn a_page_of_nothing_has_no_next() {
    let [page] = pages(&keys(&["a"]), "max-keys=0").try_into().unwrap();
    assert_eq!((page.objects.len(), page.next), (0, None));
}

#[test]
fn a_full_page_without_more_has_no_next() {
    let pages = pages(&keys(&["a", "b/1", "b/2"]), "max-keys=2&delimiter=/");
    assert_eq!(pages.len(), 1);
}

#[test]
fn start_after_leaves_out_the_key_itself() {
    let [page] = pages(&keys(&["a", "a\u{1}", "b"]), "start-after=a")
        .try_into()
        .unwrap();
    assert_eq!(page.objects, ["a\u{1}", "b"]);
}

proptest! {
    #![proptest_config(Config { cases: 256, failure_persistence: None, ..Config::default() })]

    #[test]
    fn walking_the_pages_tells_everything_once(
        keys in proptest::collection::btree_set("[ab/ü]{1,6}", 0..24),
        prefix in "[ab/]{0,2}",
        delimiter in "|/|ab|ü",
        max_keys in 1usize..5,
    ) {
        let mut expected = BTreeSet::new();
        for key in keys.iter().filter(|key| key.starts_with(&prefix)) {
            let rolled_up = if delimiter.is_empty() { None } else { common_prefix(key, &prefix, &delimiter) };
            expected.insert(rolled_up.map_or((key.clone(), false), |p| (p.to_owned(), true)));
        }
        let raw = format!("prefix={prefix}&delimiter={delimiter}&max-keys={max_keys}");
        let mut told = Vec::new();
        for page in pages(&keys, &raw) {
            prop_assert!(page.objects.len() + page.common_prefixes.len() <= max_keys);
            told.extend(page.objects.into_iter().map(|key| (key, false)));
            told.extend(page.common_prefixes.into_iter().map(|prefix| (prefix, true)));
        }
        prop_assert_eq!(told.len(), expected.len());
        prop_assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), expected);
    }
}
