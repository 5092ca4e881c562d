//! A user as policies know it.

use countersign_gate::ACCOUNT;
use countersign_state::{User, UserKind};

/// The ARN of a user.
pub(super) fn arn(user: &User) -> String {
    match user.kind {
        UserKind::Ordinary => format!("arn:aws:iam::{ACCOUNT}:user/{}", user.name),
        UserKind::Root => format!("arn:aws:iam::{ACCOUNT}:root"),
    }
}
