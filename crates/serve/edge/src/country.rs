//! The countries of clients, from a table in a file (MaxMind DB format).
//!
//! The operator provides the file and renews it; it is read again when it changes. A table that is
//! missing, or damaged in any way that can be found, knows nothing, and who asks is told so: links that
//! restrict the country then let nobody in, rather than anybody (threat G3). For certificates it is the
//! other way round, because a server without one serves nobody at all.
//!
//! COST: a look-up walks a tree in memory, about a microsecond, and is made only where something asks.

use std::net::IpAddr;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::{ArcSwap, ArcSwapOption};
use countersign_gate::{Country, CountryCode};
use maxminddb::{MaxMindDbError, PathElement, Reader};

/// Where a table has the two letters: those of MaxMind and DB-IP, and the flat ones of IPinfo.
const PLACES: [&[PathElement<'static>]; 3] = [
    &[PathElement::Key("country"), PathElement::Key("iso_code")],
    &[PathElement::Key("country_code")],
    &[PathElement::Key("country")],
];

/// The table of now.
pub(crate) struct Countries {
    path: Option<PathBuf>,
    table: ArcSwapOption<Reader<Vec<u8>>>,
    stamp: ArcSwap<Option<Stamp>>,
}

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    inode: u64,
}

impl Countries {
    /// Reads the table; without a path there is none. One that cannot be used is reported, and knows
    /// nothing.
    pub(crate) fn open(path: Option<PathBuf>) -> Self {
        let countries = Self {
            path,
            table: ArcSwapOption::empty(),
            stamp: ArcSwap::default(),
        };
        if let Some(path) = &countries.path {
            countries.read(path, stamp(path));
        }
        countries
    }

    /// The country of an address.
    pub(crate) fn country_of(&self, address: IpAddr) -> Country {
        let address = address.to_canonical();
        if address.is_loopback() || address.is_unspecified() {
            return Country::Unknown;
        }
        let table = self.table.load();
        let code = table.as_ref().and_then(|table| code_in(table, address));
        code.map_or(Country::Unknown, Country::Known)
    }

    /// Reads the file again if it changed. May block.
    pub(crate) fn reload_if_changed(&self) {
        let Some(path) = &self.path else { return };
        let now = stamp(path);
        if now != **self.stamp.load() {
            self.read(path, now);
        }
    }

    /// When the table was made, in seconds since 1970; zero if there is none that can be used.
    pub(crate) fn built_s(&self) -> u64 {
        let table = self.table.load();
        table
            .as_ref()
            .map_or(0, |table| table.metadata().build_epoch)
    }

    fn read(&self, path: &Path, stamp: Option<Stamp>) {
        let table = read_whole(path);
        self.stamp.store(Arc::new(stamp));
        let path = path.display();
        match table {
            Ok(table) => {
                let built_s = table.metadata().build_epoch;
                tracing::info!(%path, built_s, "country table in use");
                self.table.store(Some(Arc::new(table)));
            }
            Err(error) => {
                tracing::error!(%path, %error, "there is no country table: links that ask are refused");
                self.table.store(None);
            }
        }
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok()?;
    Some(Stamp {
        modified: metadata.modified().ok(),
        length: metadata.len(),
        inode: metadata.ino(),
    })
}

fn read_whole(path: &Path) -> Result<Reader<Vec<u8>>, MaxMindDbError> {
    let table = Reader::open_readfile(path)?;
    table.verify()?;
    Ok(table)
}

fn code_in(table: &Reader<Vec<u8>>, address: IpAddr) -> Option<CountryCode> {
    let found = table.lookup(address).ok()?;
    PLACES.iter().find_map(|place| {
        let text: Option<&str> = found.decode_path(place).ok()?;
        CountryCode::parse(text?)
    })
}

#[cfg(test)]
mod tests;
