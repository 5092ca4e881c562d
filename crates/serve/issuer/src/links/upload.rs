//! A large upload: the issuer begins it, and hands out a URL for each part and those that end it.
//!
//! Each part's size is signed, so a part is neither more nor less. Type and size of the whole, and that it is new, are
//! held when it is completed.
//!
//! INVARIANT: an upload is begun only after everything that will be handed out was rehearsed.

use countersign_gate::LinkId;
use countersign_objects::NewUpload;
use countersign_s3::{Attributes, Operation};

use super::prepare::{blank, named};
use super::workbench::Workbench;
use crate::drawn::Drawn;
use crate::problem::Problem;
use crate::wire::{LinkAnswer, PartAnswer, RequestToSend};

/// What stands for the id of the upload until there is one.
const NO_UPLOAD: &str = "rehearsal";
