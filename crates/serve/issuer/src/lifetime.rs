//! How long a link lives, and what decides it.
//!
//! The shortest of what was asked for, what the operator allows for that verb and place, and what is left of the
//! caller's own session. The caller is told which it was.
//!
//! A stable link is dated at the beginning of its window and lives that much longer, so that whoever gets it late in
//! the window has it for as long as was asked.
//!
//! INVARIANT: within one window everything that is signed is the same, whenever it is asked for.

use countersign_sigv4::AmzDate;

use crate::plan::Ttl;
use crate::wire::LimitedBy;

/// What bounds a life.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// What is given where nothing is asked, in seconds.
    pub(crate) default_s: u32,
    /// The operator's ceiling, in seconds.
    pub(crate) ceiling_s: u32,
    /// The last second of the caller's session.
    pub(crate) session_end: Option<AmzDate>,
    /// Now.
    pub(crate) now: AmzDate,
}

/// The life of a link.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Life {
    pub(crate) signed_at: AmzDate,
    /// From the signing on, in seconds: `X-Amz-Expires`.
    pub(crate) declared_s: u32,
    /// From now on, in seconds.
    pub(crate) left_s: u32,
    pub(crate) limited_by: LimitedBy,
}

/// Why a link cannot live as asked.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum LifeError {
    #[error("it may live {most_s} seconds at most, because of {}", in_words(*.by))]
    NotExact { most_s: u32, by: LimitedBy },
    #[error("the caller's session is over before the link could be used")]
    SessionOver,
    #[error(
        "a window of {window_s} seconds leaves nothing of the {ceiling_s} seconds that a link may live here"
    )]
    WindowTooLong { window_s: u32, ceiling_s: u32 },
}

fn in_words(by: LimitedBy) -> &'static str {
    match by {
        LimitedBy::Ceiling => "the server's ceiling",
        LimitedBy::Default | LimitedBy::Requested => "what was asked for",
        LimitedBy::Session => "the end of the caller's session",
    }
}

impl Life {
    /// The last second.
    pub(crate) fn ends_at(&self) -> AmzDate {
        self.signed_at.plus_seconds(i64::from(self.declared_s))
    }

    /// Settles the life of a link.
    pub(crate) fn of(ttl: Ttl, window_s: Option<u32>, bounds: &Bounds) -> Result<Self, LifeError> {
        let (wished_s, wish) = match ttl.asked_s {
            Some(asked) => (asked, LimitedBy::Requested),
            None => (bounds.default_s, LimitedBy::Default),
        };
        let window = window_s.unwrap_or(0);
        if window_s.is_some() && window >= bounds.ceiling_s {
            return Err(LifeError::WindowTooLong {
                window_s: window,
                ceiling_s: bounds.ceiling_s,
            });
        }
        let signed_at = match i64::from(window) {
            0 => bounds.now,
            window => AmzDate::from_unix(bounds.now.unix().div_euclid(window) * window),
        };
        let mut declared_s = i64::from(wished_s.saturating_add(window));
        let mut limited_by = wish;
        let mut hold = |most_s: i64, by: LimitedBy| {
            if most_s < declared_s {
                (declared_s, limited_by) = (most_s, by);
            }
        };
        hold(i64::from(bounds.ceiling_s), LimitedBy::Ceiling);
        if let Some(end) = bounds.session_end {
            hold(end.seconds_since(signed_at), LimitedBy::Session);
        }
        let left = signed_at.plus_seconds(declared_s).seconds_since(bounds.now);
        let left_s = u32::try_from(left).unwrap_or(0);
        let declared_s = u32::try_from(declared_s).unwrap_or(0);
        if left_s == 0 || declared_s == 0 {
            return Err(LifeError::SessionOver);
        }
        if ttl.exact && left_s < wished_s {
            return Err(LifeError::NotExact {
                most_s: left_s,
                by: limited_by,
            });
        }
        Ok(Self {
            signed_at,
            declared_s,
            left_s,
            limited_by,
        })
    }
}

#[cfg(test)]
mod tests;
