//! How the words of the state are spelled in a database, whichever engine keeps it.

use countersign_s3::Versioning;

use crate::{BucketDocument, KeyOrigin, KeyStatus, Origin, UserKind};

/// A value that is written as one word out of few.
pub(crate) trait Word: Copy + 'static {
    /// Every value with its word.
    const WORDS: &'static [(Self, &'static str)];

    /// Whether two values are the same.
    fn is(self, other: Self) -> bool;

    /// The word of this value.
    fn word(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(value, _)| value.is(self));
        found.map_or("", |(_, word)| word)
    }

    /// The value of a word; `None` for one that this release does not write.
    fn of_word(word: &str) -> Option<Self> {
        let found = Self::WORDS.iter().find(|(_, known)| *known == word);
        found.map(|(value, _)| *value)
    }
}

impl Word for UserKind {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Ordinary, "ordinary"), (Self::Root, "root")];

    fn is(self, other: Self) -> bool {
        self == other
    }
}

impl Word for KeyStatus {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Active, "active"), (Self::Disabled, "disabled")];

    fn is(self, other: Self) -> bool {
        self == other
    }
}

impl Word for KeyOrigin {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Declared, "declared"), (Self::Stored, "stored")];

    fn is(self, other: Self) -> bool {
        self == other
    }
}

impl Word for Origin {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Aws, "aws"),
        (Self::Declared, "declared"),
        (Self::Stored, "stored"),
    ];

    fn is(self, other: Self) -> bool {
        self == other
    }
}

impl Word for Versioning {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Unversioned, "unversioned"),
        (Self::Enabled, "enabled"),
        (Self::Suspended, "suspended"),
    ];

    fn is(self, other: Self) -> bool {
        self == other
    }
}

impl Word for BucketDocument {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Cors, "cors"),
        (Self::OwnershipControls, "ownership-controls"),
        (Self::Policy, "policy"),
        (Self::PublicAccessBlock, "public-access-block"),
        (Self::Tagging, "tagging"),
    ];

    fn is(self, other: Self) -> bool {
        self == other
    }
}
