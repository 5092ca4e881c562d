//! Laws for any URL and any change of it.

use proptest::prelude::*;

use super::super::Verifier;
use crate::testing::{END, KEY_PAIR_ID, NOW, client, group, private_key, verify};
use crate::{EpochTime, Policy, Resource, Signer};

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_is_signed_is_let_in(
        key in prop_oneof![Just("rsa2048"), Just("p256")],
        path in "[a-zA-Z0-9/._~%'()*+,;:@!$-]{0,20}",
        query in proptest::option::of("[a-z0-9=&+,/?:@!$*'()-]{0,20}"),
    ) {
        let url = match query {
            Some(query) => format!("https://media.example.com/{path}?{query}"),
            None => format!("https://media.example.com/{path}"),
        };
        let signer = Signer::new(KEY_PAIR_ID, private_key(key)).unwrap();
        let Ok(signed) = signer.sign_url(&url, END) else { return Ok(()) };
        let keys = group(key);
        let permitted = verify(&Verifier::new(&keys), &signed, "", NOW, client());
        prop_assert_eq!(permitted.unwrap().expires_at, END);
    }

    #[test]
    fn any_changed_letter_is_refused(at in any::<proptest::sample::Index>(), letter in "[A-Za-z0-9&=?_~-]") {
        let signer = Signer::new(KEY_PAIR_ID, private_key("p256")).unwrap();
        let signed = signer.sign_url("https://media.example.com/films/one.mp4?a=1", END).unwrap();
        let host_end = "https://media.example.com/".len();
        let at = host_end + at.index(signed.len() - host_end);
        let mut changed = signed.clone();
        changed.replace_range(at..=at, &letter);
        let keys = group("p256");
        let outcome = verify(&Verifier::new(&keys), &changed, "", NOW, client());
        prop_assert_eq!(outcome.is_ok(), changed == signed, "{}", changed);
    }

    #[test]
    fn nobody_is_let_in_outside_of_the_time_of_a_policy(start in 1..99_u64, end in 1..99_u64, now in 0..100_u64) {
        let resource = Resource::parse("https://media.example.com/films/*").unwrap();
        let policy = Policy::new(resource, EpochTime::from_unix(end)).not_before(EpochTime::from_unix(start));
        let signer = Signer::new(KEY_PAIR_ID, private_key("p256")).unwrap();
        let signed = signer.sign_url_with("https://media.example.com/films/one.mp4", &policy).unwrap();
        let keys = group("p256");
        let outcome = verify(&Verifier::new(&keys), &signed, "", EpochTime::from_unix(now), client());
        prop_assert_eq!(outcome.is_ok(), start <= now && now < end);
    }
}
