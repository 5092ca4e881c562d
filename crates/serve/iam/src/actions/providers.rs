//! Providers of OpenID Connect tokens.
//!
//! Thumbprints are kept because clients give them and want them back; who a provider is, TLS says.

use countersign_aws_query::{Answer, Fault, Reader};
use countersign_oidc::IssuerUrl;
use countersign_state::{MAX_AUDIENCES, MAX_THUMBPRINTS, NewOidcProvider};

use super::tags;
use crate::arns;
use crate::call::Call;
use crate::refused::{Outcome, Refused};
use crate::shapes;
use crate::target::Target;
use crate::written;

/// `CreateOpenIDConnectProvider`. Tags need the right to tag as well.
pub(super) async fn create(call: &Call<'_>) -> Outcome {
    let (url, audiences, thumbprints, new_tags) = call.read(|call| {
        let url = call.required("Url", &shapes::URL);
        let audiences = call.texts("ClientIDList", 0..=MAX_AUDIENCES, &shapes::CLIENT_ID);
        let thumbprints = thumbprints(call);
        let audiences = owned(audiences.unwrap_or_default());
        (url, audiences, thumbprints, tags::read(call))
    })?;
    let issuer = url.strip_suffix('/').unwrap_or(url);
    let target = Target::of(arns::provider(issuer)).with_tags(&new_tags);
    let granted = call.admit_to(&target)?;
    check_issuer(issuer)?;
    tags::check(&new_tags)?;
    if !new_tags.is_empty() {
        call.demand("TagOpenIDConnectProvider", &target)?;
    }
    let provider = NewOidcProvider {
        issuer: issuer.to_owned(),
        audiences,
        thumbprints: thumbprints.unwrap_or_default(),
        tags: new_tags,
    };
    let state = granted.state();
    let provider = state.create_oidc_provider(&provider, call.now).await?;
    Ok(Answer::of(|xml| {
        xml.text(
            "OpenIDConnectProviderArn",
            &arns::provider(&provider.issuer),
        );
        if !provider.tags.is_empty() {
            written::tags(xml, &provider.tags);
        }
    }))
}

/// `GetOpenIDConnectProvider`. As AWS does, it leaves the scheme out of the URL.
pub(super) async fn get(call: &Call<'_>) -> Outcome {
    let arn = call.read(|call| call.required("OpenIDConnectProviderArn", &shapes::ARN))?;
    let sought = call.provider(arn).await?;
    let (_, provider) = call.admit(sought)?;
    Ok(Answer::of(|xml| {
        xml.text("Url", arns::without_scheme(&provider.issuer));
        xml.texts("ClientIDList", &provider.audiences);
        xml.texts("ThumbprintList", &provider.thumbprints);
        written::date(xml, "CreateDate", provider.created_at);
        if !provider.tags.is_empty() {
            written::tags(xml, &provider.tags);
        }
    }))
}

/// `ListOpenIDConnectProviders`.
pub(super) async fn list(call: &Call<'_>) -> Outcome {
    let granted = call.admit_to(&Target::of(arns::of("oidc-provider/")))?;
    let providers = granted.state().list_oidc_providers().await?;
    Ok(Answer::of(|xml| {
        xml.list("OpenIDConnectProviderList", &providers, |xml, provider| {
            xml.text("Arn", &arns::provider(&provider.issuer));
        });
    }))
}

/// `DeleteOpenIDConnectProvider`.
pub(super) async fn delete(call: &Call<'_>) -> Outcome {
    let arn = call.read(|call| call.required("OpenIDConnectProviderArn", &shapes::ARN))?;
    let sought = call.provider(arn).await?;
    let (granted, provider) = call.admit(sought)?;
    let state = granted.state();
    state.delete_oidc_provider(&provider.issuer).await?;
    Ok(Answer::done())
}

/// `AddClientIDToOpenIDConnectProvider`, which may be there already.
pub(super) async fn add_client_id(call: &Call<'_>) -> Outcome {
    let (arn, client_id) = arn_and_client_id(call)?;
    let sought = call.provider(arn).await?;
    let (granted, provider) = call.admit(sought)?;
    let mut audiences = provider.audiences;
    if !audiences.iter().any(|one| one == client_id) {
        audiences.push(client_id.to_owned());
        let state = granted.state();
        state
            .set_oidc_audiences(&provider.issuer, &audiences)
            .await?;
    }
    Ok(Answer::done())
}

/// `RemoveClientIDFromOpenIDConnectProvider`, which may be gone already.
pub(super) async fn remove_client_id(call: &Call<'_>) -> Outcome {
    let (arn, client_id) = arn_and_client_id(call)?;
    let sought = call.provider(arn).await?;
    let (granted, provider) = call.admit(sought)?;
    let mut audiences = provider.audiences;
    audiences.retain(|one| one != client_id);
    let state = granted.state();
    state
        .set_oidc_audiences(&provider.issuer, &audiences)
        .await?;
    Ok(Answer::done())
}

/// `UpdateOpenIDConnectProviderThumbprint`.
pub(super) async fn update_thumbprints(call: &Call<'_>) -> Outcome {
    let (arn, thumbprints) = call.read(|call| {
        let arn = call.required("OpenIDConnectProviderArn", &shapes::ARN);
        (arn, thumbprints(call).unwrap_or_default())
    })?;
    let sought = call.provider(arn).await?;
    let (granted, provider) = call.admit(sought)?;
    let state = granted.state();
    state
        .set_oidc_thumbprints(&provider.issuer, &thumbprints)
        .await?;
    Ok(Answer::done())
}

fn arn_and_client_id<'c>(call: &Call<'c>) -> Result<(&'c str, &'c str), Refused> {
    call.read(|call| {
        let arn = call.required("OpenIDConnectProviderArn", &shapes::ARN);
        (arn, call.required("ClientID", &shapes::CLIENT_ID))
    })
}

fn thumbprints(call: &mut Reader<'_, '_>) -> Option<Vec<String>> {
    let thumbprints = call.texts("ThumbprintList", 0..=MAX_THUMBPRINTS, &shapes::THUMBPRINT);
    thumbprints.map(owned)
}

fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}

/// Refuses what tokens could not be verified against later: what is no issuer, and `http` beyond loopback.
fn check_issuer(issuer: &str) -> Result<(), Refused> {
    match issuer.parse::<IssuerUrl>() {
        Ok(_) => Ok(()),
        Err(why) => {
            Err(Fault::validation(format!("Invalid Open ID Connect Provider URL: {why}")).into())
        }
    }
}

#[cfg(test)]
mod tests;
