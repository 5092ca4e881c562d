//! AWS's IAM query API: users, keys, groups, roles and policies.
