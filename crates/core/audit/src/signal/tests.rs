use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use countersign_gate::{CountryCode, LinkId};

use super::{
    Decoys, Ladder, Network, ScannerKind, Scanners, Signal, Spread, SpreadRule, Sweep, SweepRule,
    Use,
};
use crate::{Action, EventJson, Moment, SignalKind};

const START: i64 = 1_770_336_000;

fn at(seconds: i64) -> Moment {
    Moment::from_unix_ms((START + seconds) * 1_000)
}

fn link(number: u32) -> LinkId {
    LinkId::named("AIDA", &number.to_string())
}

/// An address in a network of its own.
fn far(number: u32) -> IpAddr {
    Ipv4Addr::from_bits(0x0B00_0000 + number * 256 + 7).into()
}

fn use_of(address: IpAddr, country: &str, agent: &'static str) -> Use<'static> {
    Use {
        link: link(1),
        address,
        country: CountryCode::parse(country),
        agent,
    }
}

fn kinds(news: &[Signal]) -> Vec<(SignalKind, Action)> {
    news.iter()
        .map(|signal| (signal.kind, signal.action))
        .collect()
}

#[test]
fn f5_a_link_that_was_passed_on_is_noticed_once() {
    let mut spread = Spread::new(SpreadRule::default());
    let mut told = Vec::new();
    for number in 0..30 {
        let used = use_of(far(number), "CH", "curl/8");
        told.extend(spread.note(&used, at(i64::from(number) * 10)));
    }
    assert_eq!(kinds(&told), [(SignalKind::Networks, Action::Alert)]);
    assert_eq!(
        (told[0].count, told[0].window_s, told[0].link),
        (12, 3_600, Some(link(1)))
    );
}

#[test]
fn f5_it_is_told_again_when_it_gets_worse_and_after_a_quiet_window() {
    let ladder = Ladder {
        alert: Some(3),
        slow: Some(5),
        revoke: Some(8),
    };
    let rule = SpreadRule {
        networks: ladder,
        ..SpreadRule::default()
    };
    let mut spread = Spread::new(rule);
    let mut told = Vec::new();
    for number in 0..10 {
        told.extend(spread.note(&use_of(far(number), "CH", "a"), at(0)));
    }
    let wanted =
        [Action::Alert, Action::Slow, Action::Revoke].map(|action| (SignalKind::Networks, action));
    assert_eq!(kinds(&told), wanted);
    let counts: Vec<u32> = told.iter().map(|signal| signal.count).collect();
    assert_eq!(counts, [3, 5, 8]);
    // What slid out of the window counts no more.
    let later = 3_601;
    assert_eq!(spread.note(&use_of(far(20), "CH", "a"), at(later)), []);
    assert_eq!(spread.note(&use_of(far(21), "CH", "a"), at(later)), []);
    let again = spread.note(&use_of(far(22), "CH", "a"), at(later));
    assert_eq!(kinds(&again), [(SignalKind::Networks, Action::Alert)]);
}

#[test]
fn f5_many_countries_are_noticed_and_unknown_ones_are_none() {
    let mut spread = Spread::new(SpreadRule::default());
    for number in 0..8 {
        assert_eq!(spread.note(&use_of(far(number), "??", "a"), at(0)), []);
    }
    let mut told = Vec::new();
    for (number, country) in (0..).zip(["CH", "DE", "BR", "US"]) {
        told.extend(spread.note(&use_of(far(number), country, "a"), at(1)));
    }
    assert_eq!(kinds(&told), [(SignalKind::Countries, Action::Alert)]);
}

#[test]
fn f5_a_roaming_phone_stays_quiet() {
    // A day of a phone every two minutes: at home, on the way with a new address of the carrier at each cell, on the
    // train's network, at work, across a border; and a browser within an app besides the browser.
    let mut spread = Spread::new(SpreadRule::default());
    let carrier = |minute: i64| far(100 + u32::try_from(minute / 10 % 5).unwrap());
    for minute in (0..24 * 60).step_by(2) {
        let v6 = Ipv6Addr::new(
            0x2001,
            0xdb8,
            0x77,
            0,
            1,
            2,
            3,
            u16::try_from(minute).unwrap(),
        );
        let address = match minute / 60 {
            0..8 => far(1),
            8 if minute % 4 == 0 => v6.into(),
            8 | 17 => carrier(minute),
            9 => far(2),
            10..17 => far(3),
            _ => carrier(minute),
        };
        let country = if minute / 60 == 18 { "DE" } else { "CH" };
        let agent = if minute % 6 == 0 {
            "Mozilla/5.0 (iPhone) App"
        } else {
            "Mozilla/5.0 (iPhone)"
        };
        assert_eq!(
            spread.note(&use_of(address, country, agent), at(minute * 60)),
            [],
            "{minute}"
        );
    }
}

#[test]
fn f5_privacy_addresses_of_ipv6_are_one_network() {
    let mut spread = Spread::new(SpreadRule::default());
    for number in 0..500u16 {
        let [subnet, host] = [number % 16, number.wrapping_mul(31)];
        let address = Ipv6Addr::new(0x2001, 0xdb8, 0x42, subnet, host, host ^ 0xABCD, number, 7);
        assert_eq!(
            spread.note(&use_of(address.into(), "CH", "a"), at(i64::from(number))),
            []
        );
    }
    let mapped: IpAddr = "::ffff:192.0.2.200".parse().unwrap();
    assert_eq!(Network::of(mapped), Network::of([192, 0, 2, 1].into()));
    assert_eq!(Network::of(mapped).to_string(), "192.0.2.0/24");
}

#[test]
fn f5_an_office_with_many_agents_stays_quiet() {
    const AGENTS: [&str; 40] = [
        "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "b0", "b1", "b2", "b3", "b4",
        "b5", "b6", "b7", "b8", "b9", "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9",
        "d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9",
    ];
    let mut spread = Spread::new(SpreadRule::default());
    for agent in AGENTS {
        assert_eq!(spread.note(&use_of(far(1), "CH", agent), at(0)), []);
    }
    // The same agents from as many networks are another thing.
    let rule = SpreadRule {
        networks: Ladder::default(),
        ..SpreadRule::default()
    };
    let mut spread = Spread::new(rule);
    let mut told = Vec::new();
    for (number, agent) in (0..).zip(AGENTS) {
        told.extend(spread.note(&use_of(far(number), "CH", agent), at(0)));
    }
    assert_eq!(kinds(&told), [(SignalKind::Agents, Action::Alert)]);
}

#[test]
fn f5_links_are_apart_and_memory_is_bounded() {
    let rule = SpreadRule {
        links: 100,
        ..SpreadRule::default()
    };
    let mut spread = Spread::new(rule);
    for number in 0..100_000u32 {
        let used = Use {
            link: link(number),
            ..use_of(far(number % 11), "CH", "a")
        };
        assert_eq!(spread.note(&used, at(0)), []);
        assert!(spread.len() <= 100);
    }
    // A link in use is not forgotten because of others.
    let mut told = Vec::new();
    for number in 0..12 {
        let kept = Use {
            link: link(7),
            ..use_of(far(number), "CH", "a")
        };
        told.extend(spread.note(&kept, at(1)));
        for other in 0..40 {
            let used = Use {
                link: link(1_000_000 + number * 100 + other),
                ..kept
            };
            spread.note(&used, at(1));
        }
    }
    assert_eq!(kinds(&told), [(SignalKind::Networks, Action::Alert)]);
}

#[test]
fn f3_a_scanner_that_says_so_is_told() {
    let scanners = Scanners::in_networks(vec!["198.51.100.0/24".parse().unwrap()]);
    for (agent, kind) in [
        (
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            Some(ScannerKind::Preview),
        ),
        ("facebookexternalhit/1.1", Some(ScannerKind::Preview)),
        (
            "Mozilla/5.0 (compatible; Googlebot/2.1)",
            Some(ScannerKind::Crawler),
        ),
        ("Mozilla/5.0 URLSCAN.io", Some(ScannerKind::LinkScanner)),
        ("Mozilla/5.0 zgrab/0.x", Some(ScannerKind::LinkScanner)),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            None,
        ),
        ("aws-cli/2.31 md/awscrt#0.38", None),
        ("", None),
    ] {
        assert_eq!(scanners.kind_of(far(1), agent), kind, "{agent}");
    }
    let listed: IpAddr = "::ffff:198.51.100.9".parse().unwrap();
    assert_eq!(scanners.kind_of(listed, "curl"), Some(ScannerKind::Listed));
    let signal = scanners.note(link(1), listed, "curl").unwrap();
    assert_eq!(
        (signal.kind, signal.action, signal.link),
        (SignalKind::Scanner, Action::Alert, Some(link(1)))
    );
    assert_eq!(Scanners::default().note(link(1), listed, "curl"), None);
}

#[test]
fn f3_a_sweep_is_told_by_its_network_and_a_broken_client_is_none() {
    let mut sweep = Sweep::new(SweepRule::default());
    // One dead link, again and again, is a client that does not give up.
    for second in 0..500 {
        assert_eq!(sweep.note(far(1), b"one", at(second)), None);
    }
    let mut told = Vec::new();
    for number in 0..50u32 {
        // Each from another address of the network.
        let address = Ipv4Addr::from_bits(0x0A00_0000 + number).into();
        told.extend(sweep.note(address, &number.to_be_bytes(), at(0)));
    }
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].kind, told[0].count), (SignalKind::Sweep, 20));
    assert_eq!(told[0].network.unwrap().to_string(), "10.0.0.0/24");
    // Slowly enough it is not told, and strangers fill no memory.
    for number in 0..50i64 {
        assert_eq!(
            sweep.note(far(2), &number.to_be_bytes(), at(number * 60)),
            None
        );
    }
    for number in 0..20_000 {
        sweep.note(far(number), b"x", at(0));
        assert!(sweep.len() <= 4_096);
    }
}

#[test]
fn f6_each_touch_of_a_decoy_is_told_with_its_context() {
    let decoys = Decoys::of([link(1), link(2)]);
    assert_eq!(decoys.links().count(), 2);
    assert_eq!(decoys.note(link(3), far(1)), None);
    for _ in 0..3 {
        let signal = decoys.note(link(2), far(1)).unwrap();
        assert_eq!(
            (signal.kind, signal.action),
            (SignalKind::Decoy, Action::Alert)
        );
        let json = EventJson::of(&signal.event(at(0), "REQUEST"));
        let wanted = format!(
            r#"{{"kind":"alert","at":"2026-02-06T00:00:00.000Z","request_id":"REQUEST","link":"{}","alert":{{"signal":"decoy","action":"alert","count":1,"note":"11.0.1.0/24"}}}}"#,
            link(2)
        );
        assert_eq!(std::str::from_utf8(json.as_bytes()).unwrap(), wanted);
    }
}
