//! The AWS query protocol: form requests and XML answers, as STS and IAM speak it.
