//! How types of other crates are written in records: ids in hexadecimal, operations by AWS's names, versions
//! of TLS as AWS's logs have them.

/// Writes and reads an optional value by a text of its own.
macro_rules! by_text {
    ($module:ident, $type:ty, $write:expr, $read:expr) => {
        pub(super) mod $module {
            use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de};

            pub(in super::super) fn serialize<S: Serializer>(
                value: &Option<$type>,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                let write: fn(&$type) -> _ = $write;
                value.as_ref().map(write).serialize(serializer)
            }

            pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Option<$type>, D::Error> {
                let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
                let read: fn(&str) -> Option<$type> = $read;
                let wrong = || de::Error::custom(concat!("no ", stringify!($module)));
                read(&text).ok_or_else(wrong).map(Some)
            }
        }
    };
}

by_text!(
    link,
    countersign_gate::LinkId,
    |link| crate::hash::hex_text(link.as_bytes()),
    |text| text.parse().ok()
);
by_text!(
    operation,
    countersign_s3::Operation,
    |operation| operation.name(),
    |text| {
        let all = countersign_s3::Operation::ALL;
        let found = all.binary_search_by(|operation| operation.name().cmp(text));
        found.ok().and_then(|at| all.get(at)).copied()
    }
);
by_text!(
    tls_version,
    countersign_gate::TlsVersion,
    |version| super::tls_name(*version),
    |text| {
        use countersign_gate::TlsVersion::{V1_2, V1_3};
        let all = [V1_2, V1_3];
        all.into_iter()
            .find(|version| super::tls_name(*version) == text)
    }
);

/// The version as AWS's logs have it.
pub(crate) const fn tls_name(version: countersign_gate::TlsVersion) -> &'static str {
    match version {
        countersign_gate::TlsVersion::V1_2 => "TLSv1.2",
        countersign_gate::TlsVersion::V1_3 => "TLSv1.3",
    }
}
