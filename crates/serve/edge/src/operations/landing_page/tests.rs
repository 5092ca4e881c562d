//! What the page says, and what cannot get into it.

use countersign_request::{Header, RequestHead};

use super::{check_pressed, page, readable_size, readable_time};

#[test]
fn it_names_the_file_and_its_limits() {
    let page = page("report.pdf", 1_536, 840, Some(1));
    assert!(page.contains("<h1>report.pdf</h1>"));
    assert!(page.contains("1.5 KiB. Available for 14 minutes more. The link works once."));
    assert!(page.contains("<form method=\"post\"><button>Download</button></form>"));
    assert!(!page.contains("<script"));
}

#[test]
fn i7_a_file_name_cannot_become_markup_or_turn_around() {
    let page = page("<b onload=\"x\">'&\u{202e}fdp.exe\n", 0, 0, None);
    assert!(
        page.contains("<h1>&lt;b onload=&quot;x&quot;&gt;&#39;&amp;\u{fffd}fdp.exe\u{fffd}</h1>")
    );
}

#[test]
fn sizes_and_times_are_readable() {
    let sizes = [0, 1_023, 1_024, 5_000_000, u64::MAX].map(readable_size);
    assert_eq!(
        sizes,
        [
            "0 bytes",
            "1023 bytes",
            "1.0 KiB",
            "4.7 MiB",
            "16777215.9 TiB"
        ]
    );
    let times = [-1, 1, 59, 60, 119, 7_199, 7_200, 604_800].map(readable_time);
    assert_eq!(
        times,
        [
            "0 seconds",
            "1 second",
            "59 seconds",
            "1 minute",
            "1 minute",
            "119 minutes",
            "2 hours",
            "7 days"
        ]
    );
}

#[test]
fn d3_prefetches_and_other_sites_do_not_press_the_button() {
    let pressed = |name, value: &'static str| {
        let headers = [Header {
            name,
            value: value.as_bytes(),
        }];
        check_pressed(&RequestHead {
            method: "POST",
            path: "/b/k",
            query: "",
            headers: &headers,
        })
        .is_ok()
    };
    assert!(pressed("sec-fetch-site", "same-origin"));
    assert!(pressed("sec-fetch-site", "none"));
    assert!(pressed("accept", "*/*"));
    assert!(!pressed("Sec-Fetch-Site", "cross-site"));
    assert!(!pressed("sec-fetch-site", "same-site"));
    assert!(!pressed("Sec-Purpose", "prefetch;prerender"));
    assert!(!pressed("purpose", "prefetch"));
}
