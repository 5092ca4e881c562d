//! Access keys.
//!
//! INVARIANT: a secret leaves in the answer of `CreateAccessKey` and nowhere else; no log line is made of an answer.
//! INVARIANT: a key is changed only together with the name of the user whose key it is.

use countersign_aws_query::Answer;
use countersign_sigv4::AccessKeyId;
use countersign_state::{AccessKeyListing, KeyStatus, NewCredential, UserName};

use crate::arns;
use crate::call::{Call, Granted};
use crate::pages::PageAsked;
use crate::refused::{Outcome, Refused};
use crate::seek::FoundUser;
use crate::shapes;
use crate::target::Target;
use crate::written;

/// `CreateAccessKey`, for the caller if nobody is named.
pub(super) async fn create(call: &Call<'_>) -> Outcome {
    let name = call.read(|call| call.optional("UserName", &shapes::EXISTING_NAME))?;
    let sought = call.user_or_self(name).await?;
    let (granted, FoundUser { user, .. }) = call.admit(sought)?;
    let new = NewCredential::generate()?;
    let key = granted
        .state()
        .create_access_key(&user.name, new, call.now)
        .await?;
    Ok(Answer::of(|xml| {
        xml.element("AccessKey", |xml| {
            xml.text("UserName", user.name.as_str());
            xml.text("AccessKeyId", key.id.as_str());
            xml.text("Status", "Active");
            xml.text("SecretAccessKey", key.secret.expose());
            written::date(xml, "CreateDate", key.created_at);
        });
    }))
}

/// `ListAccessKeys`, of the caller if nobody is named.
pub(super) async fn list(call: &Call<'_>) -> Outcome {
    let (name, page) = call.read(|call| {
        let name = call.optional("UserName", &shapes::EXISTING_NAME);
        (name, PageAsked::read(call))
    })?;
    let sought = call.user_or_self(name).await?;
    let (granted, FoundUser { user, .. }) = call.admit(sought)?;
    let keys = granted.state().list_access_keys(Some(&user.name)).await?;
    let page = page.of(keys, |key| key.id.as_str().to_owned())?;
    Ok(Answer::of(|xml| {
        xml.list("AccessKeyMetadata", &page.items, |xml, key| {
            xml.text("UserName", key.user.as_str());
            xml.text("AccessKeyId", key.id.as_str());
            xml.text("Status", status(call, key));
            written::date(xml, "CreateDate", key.created_at);
        });
        page.write_end(xml);
    }))
}

/// `UpdateAccessKey`.
pub(super) async fn update(call: &Call<'_>) -> Outcome {
    let (name, id, status) = call.read(|call| {
        let name = call.optional("UserName", &shapes::EXISTING_NAME);
        let id = call.required("AccessKeyId", &shapes::ACCESS_KEY_ID);
        (name, id, call.required("Status", &shapes::KEY_STATUS))
    })?;
    let sought = call.user_or_self(name).await?;
    let (granted, found) = call.admit(sought)?;
    let id = key_of(granted, &found.user.name, id).await?;
    let status = if status == "Active" {
        KeyStatus::Active
    } else {
        KeyStatus::Disabled
    };
    granted.state().set_access_key_status(&id, status).await?;
    Ok(Answer::done())
}

/// `DeleteAccessKey`.
pub(super) async fn delete(call: &Call<'_>) -> Outcome {
    let (name, id) = call.read(|call| {
        let name = call.optional("UserName", &shapes::EXISTING_NAME);
        (name, call.required("AccessKeyId", &shapes::ACCESS_KEY_ID))
    })?;
    let sought = call.user_or_self(name).await?;
    let (granted, found) = call.admit(sought)?;
    let id = key_of(granted, &found.user.name, id).await?;
    granted.state().delete_access_key(&id).await?;
    Ok(Answer::done())
}

/// `GetAccessKeyLastUsed`.
pub(super) async fn last_used(call: &Call<'_>) -> Outcome {
    let id = call.read(|call| call.required("AccessKeyId", &shapes::ACCESS_KEY_ID))?;
    let found = call.state.find_access_key(&AccessKeyId::new(id)).await?;
    let target = match &found {
        Some(key) => Target::of(key.user.arn()),
        None => Target::of(arns::of("user/*")),
    };
    call.admit_to(&target)?;
    let key = found.ok_or_else(|| missing(id))?;
    Ok(Answer::of(|xml| {
        xml.text("UserName", key.user.name.as_str());
        xml.element("AccessKeyLastUsed", |xml| {
            let (service, region) = match key.last_used_at {
                Some(at) => {
                    written::date(xml, "LastUsedDate", at);
                    ("s3", call.region())
                }
                None => ("N/A", "N/A"),
            };
            xml.text("ServiceName", service);
            xml.text("Region", region);
        });
    }))
}

fn status(call: &Call<'_>, key: &AccessKeyListing) -> &'static str {
    match key.status {
        _ if key.expires_at.is_some_and(|end| end <= call.now) => "Expired",
        KeyStatus::Active => "Active",
        KeyStatus::Disabled => "Inactive",
    }
}

/// The key of this id, if it is this user's.
async fn key_of(granted: Granted<'_>, user: &UserName, id: &str) -> Result<AccessKeyId, Refused> {
    let keys = granted.state().list_access_keys(Some(user)).await?;
    let key = keys.into_iter().find(|key| key.id.as_str() == id);
    key.map(|key| key.id).ok_or_else(|| missing(id))
}

fn missing(id: &str) -> Refused {
    Refused::no_such_entity(format!("The Access Key with id {id} cannot be found."))
}
