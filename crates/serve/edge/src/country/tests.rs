use std::fs;
use std::net::IpAddr;

use countersign_gate::Country;

use super::Countries;

// Tables that can be used are written by a package made for that; see tests/test_restrictions.py.

#[test]
fn g3_without_a_table_nobody_is_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.mmdb");
    let damaged = folder.path().join("damaged.mmdb");
    fs::write(&damaged, b"\xab\xcd\xefMaxMind.com and then nothing").unwrap();
    for path in [
        None,
        Some(missing),
        Some(damaged),
        Some(folder.path().into()),
    ] {
        let countries = Countries::open(path.clone());
        for address in ["203.0.113.7", "2001:db8::1", "127.0.0.1", "::1"] {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(countries.country_of(address), Country::Unknown, "{path:?}");
        }
        countries.reload_if_changed();
        assert_eq!(countries.built_s(), 0);
    }
}
