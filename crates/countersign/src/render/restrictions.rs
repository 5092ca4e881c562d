//! Restrictions in words, and what to think of before one is signed.

use countersign_gate::{RestrictionName, Restrictions};
use serde::Serialize;

use super::terminal::instant;

/// One restriction in words.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Worded {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it allows.
    pub(crate) means: String,
}

/// The codes of ISO 3166-1, and the one that tables use for Kosovo.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ \
     BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM \
     DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS \
     GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN \
     KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ \
     MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM \
     PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV \
     SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI \
     VN VU WF WS XK YE YT ZA ZM ZW";

/// What these restrictions allow, in the order of their names.
pub(crate) fn in_words(restrictions: &Restrictions) -> Vec<Worded> {
    let present = RestrictionName::ALL
        .into_iter()
        .filter(|name| restrictions.has(*name));
    present
        .map(|name| Worded {
            name: name.as_str(),
            means: meaning(restrictions, name),
        })
        .collect()
}

fn meaning(restrictions: &Restrictions, name: RestrictionName) -> String {
    match name {
        RestrictionName::Bind => "the first network to use it becomes the only one".to_owned(),
        RestrictionName::Bytes => {
            let sizes = restrictions.bytes();
            let sizes = sizes.map(|sizes| sizes.to_string()).unwrap_or_default();
            format!("takes {sizes}")
        }
        RestrictionName::Country => {
            let countries = joined(restrictions.countries().unwrap_or_default());
            format!("only from {countries}; not where the country is unknown")
        }
        RestrictionName::Create => "makes one new object, and replaces none".to_owned(),
        RestrictionName::Id => {
            let id = restrictions.id().unwrap_or_default();
            format!("is named {id}; other URLs of that name share its uses and its end")
        }
        RestrictionName::Ip => {
            let networks = joined(restrictions.networks().unwrap_or_default());
            format!("only from {networks}")
        }
        RestrictionName::NotBefore => {
            let begin = restrictions.not_before().map(instant);
            format!("not before {}", begin.unwrap_or_default())
        }
        RestrictionName::Page => "browsers get a page first; its button uses the link".to_owned(),
        RestrictionName::Rate => {
            let rate = restrictions.rate().unwrap_or_default();
            format!("at most {rate} bytes a second")
        }
        RestrictionName::Subject => {
            let subject = restrictions.subject().unwrap_or_default();
            format!("was handed to {subject}")
        }
        RestrictionName::Type => {
            let types = restrictions.types();
            let types = types.map(ToString::to_string).unwrap_or_default();
            format!("takes {types}; the first bytes must agree")
        }
        RestrictionName::Uses => match restrictions.uses().map_or(0, std::num::NonZeroU32::get) {
            1 => "works once".to_owned(),
            uses => format!("works {uses} times"),
        },
    }
}

fn joined<T: ToString>(items: &[T]) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    items.join(", ")
}

/// Whether one of the networks is a single address, which a client that moves leaves (threat G9).
pub(crate) fn names_an_address(restrictions: &Restrictions) -> bool {
    let networks = restrictions.networks().unwrap_or_default();
    networks
        .iter()
        .any(|network| network.prefix_len() == network.max_prefix_len())
}

/// The first of the countries that is none, from which nobody can come.
pub(crate) fn no_country(restrictions: &Restrictions) -> Option<&str> {
    let countries = restrictions.countries().unwrap_or_default();
    let is_known = |code: &str| COUNTRIES.split(' ').any(|known| known == code);
    countries
        .iter()
        .map(|code| code.as_str())
        .find(|code| !is_known(code))
}

/// Whether a host is one of AWS, which passes over restrictions without a word.
pub(crate) fn is_aws(host: &str) -> bool {
    let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
    [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"]
        .iter()
        .any(|suffix| host.to_ascii_lowercase().ends_with(suffix))
}

#[cfg(test)]
mod tests;
