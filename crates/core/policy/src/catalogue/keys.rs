//! The condition keys, by name.

use super::Family::{Address, Any, Arn, Bool, Date, Epoch, Number, Text};
use super::{Family, KeyFacts};

/// A key that requests here can have.
const fn here(name: &'static str, family: Family) -> KeyFacts {
    KeyFacts {
        name,
        family,
        several: false,
        present: true,
        values: &[],
    }
}

/// A key that AWS has and no request here.
const fn elsewhere(name: &'static str, family: Family) -> KeyFacts {
    KeyFacts {
        present: false,
        ..here(name, family)
    }
}

/// A key with several values.
const fn several(facts: KeyFacts) -> KeyFacts {
    KeyFacts {
        several: true,
        ..facts
    }
}

/// A key with a closed list of values.
const fn one_of(name: &'static str, values: &'static [&'static str]) -> KeyFacts {
    KeyFacts {
        values,
        ..here(name, Text)
    }
}

/// Any claim of an identity provider, `HOST/PATH:CLAIM`.
pub(super) const CLAIM: KeyFacts = here("PROVIDER:CLAIM", Any);

pub(super) const KEYS: &[KeyFacts] = &[
    elsewhere("aws:AssumedRoot", Bool),
    several(elsewhere("aws:CalledVia", Text)),
    elsewhere("aws:CalledViaFirst", Text),
    elsewhere("aws:CalledViaLast", Text),
    elsewhere("aws:ChatbotSourceArn", Arn),
    here("aws:CurrentTime", Date),
    elsewhere("aws:Ec2InstanceSourcePrivateIPv4", Address),
    elsewhere("aws:Ec2InstanceSourceVpc", Text),
    here("aws:EpochTime", Epoch),
    here("aws:FederatedProvider", Text),
    elsewhere("aws:MultiFactorAuthAge", Number),
    elsewhere("aws:MultiFactorAuthPresent", Bool),
    here("aws:PrincipalAccount", Text),
    here("aws:PrincipalArn", Arn),
    here("aws:PrincipalIsAWSService", Bool),
    elsewhere("aws:PrincipalOrgID", Text),
    several(elsewhere("aws:PrincipalOrgPaths", Text)),
    elsewhere("aws:PrincipalServiceName", Text),
    several(elsewhere("aws:PrincipalServiceNamesList", Text)),
    here("aws:PrincipalTag/", Any),
    here("aws:PrincipalType", Text),
    here("aws:Referer", Text),
    here("aws:RequestedRegion", Text),
    here("aws:RequestTag/", Any),
    here("aws:ResourceAccount", Text),
    elsewhere("aws:ResourceOrgID", Text),
    several(elsewhere("aws:ResourceOrgPaths", Text)),
    here("aws:ResourceTag/", Any),
    here("aws:SecureTransport", Bool),
    elsewhere("aws:SignInSessionArn", Arn),
    elsewhere("aws:SourceAccount", Text),
    elsewhere("aws:SourceArn", Arn),
    here("aws:SourceIdentity", Text),
    here("aws:SourceIp", Address),
    elsewhere("aws:SourceOrgID", Text),
    several(elsewhere("aws:SourceOrgPaths", Text)),
    elsewhere("aws:SourceOwner", Text),
    elsewhere("aws:SourceVpc", Text),
    elsewhere("aws:SourceVpcArn", Arn),
    elsewhere("aws:SourceVpce", Text),
    several(here("aws:TagKeys", Text)),
    here("aws:TokenIssueTime", Date),
    here("aws:UserAgent", Text),
    here("aws:userid", Text),
    here("aws:username", Text),
    here("aws:ViaAWSService", Bool),
    elsewhere("aws:VpceAccount", Text),
    elsewhere("aws:VpceOrgID", Text),
    several(elsewhere("aws:VpceOrgPaths", Text)),
    elsewhere("aws:VpcSourceIp", Address),
    here("countersign:Country", Text),
    here("countersign:DeclaredTtl", Number),
    here("countersign:LinkId", Text),
    here("countersign:Registered", Bool),
    several(here("countersign:Restricted", Text)),
    here("countersign:Shape", Text),
    here("countersign:Subject", Text),
    here("countersign:Ttl", Number),
    here("countersign:Uses", Number),
    here("countersign:Verb", Text),
    elsewhere("iam:AssociatedResourceArn", Arn),
    elsewhere("iam:AWSServiceName", Text),
    elsewhere("iam:OrganizationsPolicyId", Text),
    elsewhere("iam:PassedToService", Text),
    here("iam:PermissionsBoundary", Arn),
    here("iam:PolicyARN", Arn),
    here("iam:ResourceTag/", Any),
    elsewhere("s3:AccessGrantsInstanceArn", Arn),
    elsewhere("s3:AccessPointNetworkOrigin", Text),
    elsewhere("s3:AccessPointTag/", Any),
    one_of("s3:authType", &["POST", "REST-HEADER", "REST-QUERY-STRING"]),
    elsewhere("s3:BucketTag/", Any),
    elsewhere("s3:DataAccessPointAccount", Text),
    elsewhere("s3:DataAccessPointArn", Arn),
    here("s3:delimiter", Text),
    elsewhere("s3:destinationRegion", Text),
    elsewhere("s3:ExistingJobOperation", Text),
    elsewhere("s3:ExistingJobPriority", Number),
    here("s3:ExistingObjectTag/", Any),
    here("s3:if-match", Text),
    here("s3:if-none-match", Text),
    several(elsewhere("s3:InventoryAccessibleOptionalFields", Text)),
    elsewhere("s3:isReplicationPauseRequest", Bool),
    elsewhere("s3:JobSuspendedCause", Text),
    elsewhere("s3:LocationConstraint", Text),
    here("s3:max-keys", Number),
    elsewhere("s3:object-lock-legal-hold", Text),
    elsewhere("s3:object-lock-mode", Text),
    elsewhere("s3:object-lock-remaining-retention-days", Number),
    elsewhere("s3:object-lock-retain-until-date", Date),
    here("s3:ObjectCreationOperation", Bool),
    here("s3:prefix", Text),
    elsewhere("s3:RequestJobOperation", Text),
    elsewhere("s3:RequestJobPriority", Number),
    here("s3:RequestObjectTag/", Any),
    several(here("s3:RequestObjectTagKeys", Text)),
    here("s3:ResourceAccount", Text),
    here("s3:signatureAge", Number),
    one_of(
        "s3:signatureversion",
        &["AWS", "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"],
    ),
    here("s3:TlsVersion", Number),
    here("s3:VersionId", Text),
    here("s3:x-amz-acl", Text),
    here("s3:x-amz-content-sha256", Text),
    here("s3:x-amz-copy-source", Text),
    here("s3:x-amz-grant-full-control", Text),
    here("s3:x-amz-grant-read", Text),
    here("s3:x-amz-grant-read-acp", Text),
    here("s3:x-amz-grant-write", Text),
    here("s3:x-amz-grant-write-acp", Text),
    here("s3:x-amz-metadata-directive", Text),
    here("s3:x-amz-object-ownership", Text),
    here("s3:x-amz-server-side-encryption", Text),
    here("s3:x-amz-server-side-encryption-aws-kms-key-id", Arn),
    here("s3:x-amz-server-side-encryption-customer-algorithm", Text),
    here("s3:x-amz-storage-class", Text),
    here("s3:x-amz-website-redirect-location", Text),
    elsewhere("sts:AWSServiceName", Text),
    here("sts:DurationSeconds", Number),
    here("sts:ExternalId", Text),
    elsewhere("sts:RequestContext/", Any),
    several(elsewhere("sts:RequestContextProviders", Arn)),
    here("sts:RoleSessionName", Text),
    here("sts:SourceIdentity", Text),
    elsewhere("sts:TaskPolicyArn", Arn),
    several(here("sts:TransitiveTagKeys", Text)),
];
