//! A large upload: the issuer begins it, and hands out a URL for each part and those that end it.
//!
//! Each part's size is signed, so a part is neither more nor less. Type and size of the whole, and that it is new, are
//! held when it is completed.
//!
//! INVARIANT: an upload is begun only after everything that will be handed out was rehearsed.

use countersign_gate::LinkId;
use countersign_objects::NewUpload;
use countersign_s3::{ObjectAttributes, Operation};

use super::prepare::{blank, named};
use super::workbench::Workbench;
use crate::drawn::Drawn;
use crate::problem::Problem;
use crate::wire::{LinkAnswer, PartAnswer, RequestToSend};

/// What stands for the id of the upload until there is one.
const NO_UPLOAD: &str = "rehearsal";

/// Begins an upload, unless it was begun when this was asked before, and prepares what ends it.
pub(super) async fn prepare(
    bench: &Workbench<'_>,
    drawn: &mut Drawn,
) -> Result<(LinkAnswer, LinkId), Problem> {
    let Some(sizes) = bench.plan.parts else {
        return Err(Problem::internal());
    };
    let first = sizes.each().next().unwrap_or((1, 0));
    let (url, length) = part(bench, NO_UPLOAD, first)?;
    let headers = [("content-length", length.as_str())];
    bench.rehearse_url("PUT", &url, &headers).await?;
    let complete = sign(bench, "POST", NO_UPLOAD)?;
    let link = bench.rehearse_url("POST", &complete, &[]).await?.link;
    // Whoever may not abort leaves that to the server, which sweeps up what nobody completes.
    let abort = sign(bench, "DELETE", NO_UPLOAD)?;
    let may_abort = bench.rehearse_url("DELETE", &abort, &[]).await.is_ok();

    let upload_id = match &drawn.upload_id {
        Some(begun) => begun.clone(),
        None => begin(bench).await?,
    };
    drawn.upload_id = Some(upload_id.clone());
    let complete = sign(bench, "POST", &upload_id)?;
    let mut answer = blank(bench, "PUT", complete.clone(), Vec::new());
    for numbered in sizes.each() {
        let (url, length) = part(bench, &upload_id, numbered)?;
        answer.parts.push(PartAnswer {
            number: numbered.0,
            url,
            headers: named(&[("content-length", &length)]),
            size: numbered.1,
        });
    }
    answer.complete = Some(to_send("POST", complete));
    if may_abort {
        answer.abort = Some(to_send("DELETE", sign(bench, "DELETE", &upload_id)?));
    }
    answer.upload_id = Some(upload_id);
    Ok((answer, link))
}

fn part(
    bench: &Workbench<'_>,
    upload_id: &str,
    (number, bytes): (u32, u64),
) -> Result<(String, String), Problem> {
    let (number, length) = (number.to_string(), bytes.to_string());
    let parameters = [("partNumber", number.as_str()), ("uploadId", upload_id)];
    let headers = [("content-length", length.as_str())];
    let url = bench.sign("PUT", Operation::UploadPart, parameters, &headers)?;
    Ok((url, length))
}

fn sign(bench: &Workbench<'_>, method: &'static str, upload_id: &str) -> Result<String, Problem> {
    let operation = match method {
        "DELETE" => Operation::AbortMultipartUpload,
        _ => Operation::CompleteMultipartUpload,
    };
    bench.sign(method, operation, [("uploadId", upload_id)], &[])
}

fn to_send(method: &str, url: String) -> RequestToSend {
    RequestToSend {
        method: method.to_owned(),
        url,
        headers: Vec::new(),
    }
}

/// Begins the upload with a permit of the gate for exactly that.
async fn begin(bench: &Workbench<'_>) -> Result<String, Problem> {
    let operation = Operation::CreateMultipartUpload;
    let kind = bench.plan.content.only_type();
    let headers: Vec<(&str, &str)> = kind
        .map(|kind| ("content-type", kind))
        .into_iter()
        .collect();
    let url = bench.sign("POST", operation, [("uploads", "")], &headers)?;
    let permit = bench.rehearse_url("POST", &url, &headers).await?.permit;
    let attributes = ObjectAttributes {
        content_type: kind.map(str::to_owned),
        ..ObjectAttributes::default()
    };
    let new = NewUpload {
        attributes,
        checksum: None,
        initiator: permit.identity().name.to_string(),
        initiated_ms: bench.issuer.now_ms(),
    };
    let begun = bench.issuer.objects.create_upload(&permit, new).await;
    let begun = begun.map_err(|error| {
        tracing::error!(%error, "could not begin an upload");
        Problem::unavailable()
    })?;
    Ok(begun.as_str().to_owned())
}
