//! Laws of cross-origin rules.
//!
//! An input is a pattern for origins, a pattern for headers, and a request.

use countersign_s3::Level;
use countersign_s3::cors::{
    CorsAnswer, CorsBucket, CorsConfiguration, CorsRule, actual, preflight,
};

use crate::wire::with_head;

/// Holds cross-origin rules to their laws: an origin without a rule gets nothing, what is granted is
/// what was asked for, and no answer can split a response in two.
///
/// # Panics
/// If a law is broken.
pub fn cors(data: &[u8]) {
    let mut parts = data.splitn(3, |&b| b == b'\n');
    let mut pattern = || {
        parts
            .next()
            .map(|line| String::from_utf8_lossy(line).into_owned())
    };
    let (Some(origin), Some(header)) = (pattern(), pattern()) else {
        return;
    };
    let rule = CorsRule {
        allowed_origins: vec![origin],
        allowed_methods: vec!["GET".to_owned(), "PUT".to_owned()],
        allowed_headers: vec![header],
        ..CorsRule::default()
    };
    let Ok(rules) = CorsConfiguration::new(vec![rule]) else {
        return;
    };
    let allows_all = rules
        .rules()
        .iter()
        .any(|rule| rule.allowed_origins.iter().any(|o| o.contains('*')));
    with_head(parts.next().unwrap_or_default(), |head| {
        // HTTP cannot carry control characters, and the listener's parser refuses them.
        if head
            .headers
            .iter()
            .any(|h| h.value.iter().any(u8::is_ascii_control))
        {
            return;
        }
        let origin = head.header_text("origin").unwrap_or_default();
        for answer in [
            preflight(CorsBucket::WithRules(&rules), Level::Object, head).ok(),
            actual(&rules, head),
        ]
        .into_iter()
        .flatten()
        {
            laws(&answer, origin, allows_all, &rules);
        }
        assert!(preflight(CorsBucket::WithoutRules, Level::Object, head).is_err());
    });
}

fn laws(answer: &CorsAnswer, origin: &str, allows_all: bool, rules: &CorsConfiguration) {
    for (name, value) in &answer.headers {
        assert!(!value.contains(['\r', '\n', '\0']), "{name}");
        if *name == "access-control-allow-origin" && value != "*" {
            assert_eq!(value, origin);
            let named = rules
                .rules()
                .iter()
                .any(|rule| rule.allowed_origins.iter().any(|o| o == origin));
            assert!(allows_all || named);
        }
    }
}
