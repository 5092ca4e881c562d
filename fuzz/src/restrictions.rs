//! Laws of restrictions.

use std::net::{IpAddr, Ipv4Addr};

use countersign_gate::{Country, CountryCode, RestrictionName, Restrictions};
use countersign_request::Query;
use countersign_s3::Operation;
use countersign_sigv4::AmzDate;

const OPERATIONS: [Operation; 5] = [
    Operation::CompleteMultipartUpload,
    Operation::DeleteObject,
    Operation::GetObject,
    Operation::PutObject,
    Operation::UploadPart,
];

/// Holds the restrictions of a query to their laws: each stands once, in its one spelling; their order
/// is nothing; numbers and addresses read back as they are; and with one of them less, nothing is
/// refused that was permitted.
///
/// # Panics
/// If a law is broken.
pub fn restrictions(data: &[u8]) {
    let Ok(raw) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(query) = Query::of(raw) else { return };
    let reserved: Vec<(&str, &str)> = query
        .pairs()
        .filter(|(name, _)| RestrictionName::is_reserved(name))
        .collect();
    let outcome = Restrictions::of(query.pairs());
    assert_eq!(
        outcome,
        Restrictions::of(reserved.iter().copied()),
        "other parameters count"
    );
    let all = match outcome {
        Err(error) => {
            // What is wrong can be told in words that are no longer than they need be.
            assert!(error.to_string().len() < 8_192);
            return;
        }
        Ok(None) => {
            assert!(reserved.is_empty(), "a restriction is passed over");
            return;
        }
        Ok(Some(all)) => all,
    };
    let mut names: Vec<&str> = reserved.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(names, all.names().collect::<Vec<_>>());
    let reversed = Restrictions::of(reserved.iter().rev().copied());
    assert_eq!(reversed.as_ref(), Ok(&Some(all.clone())));
    check_values(&reserved, &all);
    for left_out in 0..reserved.len() {
        let others = reserved.iter().enumerate();
        let others = others.filter(|(at, _)| *at != left_out);
        let fewer = Restrictions::of(others.map(|(_, pair)| *pair));
        check_narrowing(&all, &fewer.unwrap_or_else(|e| unreachable!("{e}")));
    }
}

/// Numbers have one spelling, and so has an instant.
fn check_values(pairs: &[(&str, &str)], all: &Restrictions) {
    let value = |name: RestrictionName| {
        let found = pairs.iter().find(|(n, _)| *n == name.as_str());
        found.map(|(_, value)| (*value).to_owned())
    };
    let uses = all.uses().map(|uses| uses.to_string());
    assert_eq!(uses, value(RestrictionName::Uses));
    let rate = all.rate().map(|rate| rate.to_string());
    assert_eq!(rate, value(RestrictionName::Rate));
    let begin = all.not_before().map(|at| at.to_string());
    assert_eq!(begin, value(RestrictionName::NotBefore));
    for network in all.networks().unwrap_or_default() {
        let text = network.to_string();
        let again = Restrictions::of([("x-cs-ip", text.as_str())]);
        let again = again.ok().flatten();
        let again = again.as_ref().and_then(|again| again.networks());
        assert_eq!(again, Some([*network].as_slice()), "{text}");
        // An address of a network is in it, however it is written.
        let first = network.network();
        assert!(may(all, first), "{text}");
        if let IpAddr::V4(v4) = first {
            assert!(may(all, IpAddr::V6(v4.to_ipv6_mapped())), "{text}");
        }
    }
}

/// Whether a client at this address may, as far as addresses go.
fn may(all: &Restrictions, client: IpAddr) -> bool {
    let Some(networks) = all.networks() else {
        return true;
    };
    let list: Vec<String> = networks.iter().map(ToString::to_string).collect();
    let alone = Restrictions::of([("x-cs-ip", list.join(",").as_str())]);
    let alone = alone.ok().flatten();
    let now = AmzDate::from_unix(0);
    // A list that is too long when it is written out says nothing.
    alone.is_none_or(|alone| alone.check_client(client, Country::Unknown, now).is_ok())
}

fn check_narrowing(all: &Restrictions, fewer: &Option<Box<Restrictions>>) {
    let Some(fewer) = fewer else { return };
    for operation in OPERATIONS {
        assert!(all.check_fit(operation).is_err() || fewer.check_fit(operation).is_ok());
    }
    let country = CountryCode::parse("CH").map_or(Country::Unknown, Country::Known);
    let anywhere = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));
    let networks = all.networks().unwrap_or_default();
    for client in networks.iter().map(|net| net.network()).chain([anywhere]) {
        for country in [country, Country::Unknown] {
            for now in [0, 1_768_478_400, 4_102_444_800].map(AmzDate::from_unix) {
                let of_all = all.check_client(client, country, now);
                let of_fewer = fewer.check_client(client, country, now);
                assert!(of_all.is_err() || of_fewer.is_ok());
            }
        }
    }
}
