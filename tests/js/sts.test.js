// Credential providers of the AWS SDK for JavaScript v3, unmodified: sessions of roles, for a key and for a token.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { fromTemporaryCredentials, fromWebToken } from "@aws-sdk/credential-providers";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

import { clientFor } from "./harness/client.js";
import { startProvider } from "./harness/provider.js";
import { startServer } from "./harness/server.js";

const BUCKET = "releases";
const AUDIENCE = "countersign-tests";
const NOTES = { Bucket: BUCKET, Key: "notes.txt" };

const policy = (...statements) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

describe("sessions", () => {
  let server, provider, root, iam, sts;

  before(async () => {
    [server, provider] = await Promise.all([startServer(), startProvider()]);
    sts = { endpoint: server.url, region: "us-east-1", maxAttempts: 1 };
    root = clientFor(server, server.root);
    iam = new IAMClient({ endpoint: server.adminUrl, region: "us-east-1", credentials: server.root, maxAttempts: 1 });
    await root.send(new CreateBucketCommand({ Bucket: BUCKET }));
    await root.send(new PutObjectCommand({ ...NOTES, Body: "release 7" }));
    await iam.send(new CreateOpenIDConnectProviderCommand({ Url: provider.issuer, ClientIDList: [AUDIENCE] }));
    const name = provider.issuer.split("://")[1];
    const reads = { Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::${BUCKET}/*` };
    const trusts = {
      reader: { Principal: { AWS: "arn:aws:iam::000000000000:user/tester" }, Action: ["sts:AssumeRole", "sts:TagSession"] },
      ci: {
        Principal: { Federated: `arn:aws:iam::000000000000:oidc-provider/${name}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { [`${name}:sub`]: "repo:acme/site" } },
      },
    };
    for (const [RoleName, trust] of Object.entries(trusts)) {
      const AssumeRolePolicyDocument = policy({ Effect: "Allow", ...trust });
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "reads", PolicyDocument: policy(reads) }));
    }
  });

  after(async () => {
    root?.destroy();
    iam?.destroy();
    await Promise.all([server?.stop(), provider?.stop()]);
  });

  /** What a client with these credentials can do, and what it cannot. */
  async function reads(credentials) {
    const client = clientFor(server, credentials);
    try {
      const { Body } = await client.send(new GetObjectCommand(NOTES));
      assert.equal(await Body.transformToString(), "release 7");
      await assert.rejects(client.send(new PutObjectCommand({ ...NOTES, Body: "" })), { name: "AccessDenied" });
      const url = await getSignedUrl(client, new GetObjectCommand(NOTES), { expiresIn: 60 });
      assert.match(url, /X-Amz-Security-Token=/);
      assert.equal(await (await fetch(url)).text(), "release 7");
    } finally {
      client.destroy();
    }
  }

  it("begin for a key, by fromTemporaryCredentials", async () => {
    const params = {
      RoleArn: "arn:aws:iam::000000000000:role/reader",
      RoleSessionName: "js",
      Tags: [{ Key: "team", Value: "web" }],
    };
    await reads(fromTemporaryCredentials({ masterCredentials: server.key, params, clientConfig: sts }));
  });

  it("begin for a token of an OpenID Connect provider, by fromWebToken", async () => {
    const token = (subject) => provider.mint({ subject, audience: AUDIENCE });
    const ask = async (subject) =>
      fromWebToken({
        roleArn: "arn:aws:iam::000000000000:role/ci",
        roleSessionName: "job-1",
        webIdentityToken: await token(subject),
        clientConfig: sts,
      });
    await reads(await ask("repo:acme/site"));
    await assert.rejects((await ask("repo:acme/other"))(), { name: "AccessDenied" });
  });
});
