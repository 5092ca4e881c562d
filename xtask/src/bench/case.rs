//! The cases: method, object size, connections.
//!
//! Small objects come as 64 distinct ones, large ones as 8, asked for in turn.

use std::fmt;

/// A request method.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Method {
    Get,
    Head,
    Put,
}

impl Method {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Put => "PUT",
        }
    }
}

/// The objects of one size.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Objects {
    pub(crate) length: u64,
    pub(crate) count: usize,
    /// How the size is called in tables.
    pub(crate) title: &'static str,
    /// The start of their names.
    prefix: &'static str,
}

pub(crate) const SMALL: Objects = Objects {
    length: 1 << 10,
    count: 64,
    title: "1 KiB",
    prefix: "1k",
};
pub(crate) const MIDDLE: Objects = Objects {
    length: 64 << 10,
    count: 64,
    title: "64 KiB",
    prefix: "64k",
};
pub(crate) const LARGE: Objects = Objects {
    length: 100 << 20,
    count: 8,
    title: "100 MiB",
    prefix: "100m",
};
pub(crate) const HUGE: Objects = Objects {
    length: 5 << 30,
    count: 1,
    title: "5 GiB",
    prefix: "5g",
};

impl Objects {
    /// Names of objects that are written once and then only read.
    pub(crate) fn stored(&self) -> impl Iterator<Item = String> {
        self.names("get")
    }

    /// Names of objects that are written again and again.
    pub(crate) fn overwritten(&self) -> impl Iterator<Item = String> {
        self.names("put")
    }

    fn names(&self, purpose: &'static str) -> impl Iterator<Item = String> {
        let prefix = self.prefix;
        (0..self.count).map(move |index| format!("{purpose}-{prefix}-{index:02}"))
    }
}

/// One line of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) method: Method,
    pub(crate) objects: Objects,
    pub(crate) connections: usize,
}

impl Case {
    pub(crate) fn names(&self) -> Vec<String> {
        match self.method {
            Method::Put => self.objects.overwritten().collect(),
            Method::Get | Method::Head => self.objects.stored().collect(),
        }
    }

    /// Whether bytes, not requests, are what counts.
    pub(crate) fn is_bulk(&self) -> bool {
        self.method != Method::Head && self.objects == LARGE
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            method,
            objects,
            connections,
        } = self;
        write!(f, "{} {} x{connections}", method.as_str(), objects.title)
    }
}

const fn case(method: Method, objects: Objects, connections: usize) -> Case {
    Case {
        method,
        objects,
        connections,
    }
}

/// Reading, and writing over what is there.
pub(crate) const READS_AND_WRITES: &[Case] = &[
    case(Method::Head, SMALL, 64),
    case(Method::Head, SMALL, 1),
    case(Method::Head, MIDDLE, 64),
    case(Method::Head, LARGE, 64),
    case(Method::Get, SMALL, 64),
    case(Method::Get, SMALL, 1),
    case(Method::Get, MIDDLE, 64),
    case(Method::Get, MIDDLE, 1),
    case(Method::Get, LARGE, 8),
    case(Method::Get, LARGE, 1),
    case(Method::Put, SMALL, 64),
    case(Method::Put, SMALL, 1),
    case(Method::Put, MIDDLE, 64),
    case(Method::Put, MIDDLE, 1),
    case(Method::Put, LARGE, 4),
    case(Method::Put, LARGE, 1),
];

/// Writing alone, for the rows that depend on the disk.
pub(crate) const WRITES: &[Case] = &[
    case(Method::Put, SMALL, 64),
    case(Method::Put, SMALL, 1),
    case(Method::Put, MIDDLE, 64),
    case(Method::Put, MIDDLE, 1),
    case(Method::Put, LARGE, 4),
    case(Method::Put, LARGE, 1),
];
