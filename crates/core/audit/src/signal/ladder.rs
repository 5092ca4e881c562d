//! Thresholds: from how many on what is done.

use crate::Action;

/// From how many on what is done; what is `None` never is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Ladder {
    /// From how many on the operator is told.
    pub alert: Option<u32>,
    /// From how many on it goes slowly.
    pub slow: Option<u32>,
    /// From how many on it is revoked.
    pub revoke: Option<u32>,
}

impl Ladder {
    /// A ladder that tells the operator, from so many on, and does no more.
    #[must_use]
    pub const fn alert_from(count: u32) -> Self {
        Self {
            alert: Some(count),
            slow: None,
            revoke: None,
        }
    }

    /// The strictest that is reached.
    #[must_use]
    pub fn reached(&self, count: u32) -> Option<Action> {
        let steps = [
            (self.revoke, Action::Revoke),
            (self.slow, Action::Slow),
            (self.alert, Action::Alert),
        ];
        let reached = |threshold: Option<u32>| threshold.is_some_and(|least| count >= least);
        steps
            .into_iter()
            .find_map(|(threshold, action)| reached(threshold).then_some(action))
    }

    /// The highest threshold: more need not be counted.
    pub(super) fn highest(&self) -> u32 {
        let steps = [self.alert, self.slow, self.revoke];
        steps.into_iter().flatten().max().unwrap_or(0)
    }
}
