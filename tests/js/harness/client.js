// A client of the AWS SDK as its documentation shows it.

import { Agent } from "node:https";

import { S3Client } from "@aws-sdk/client-s3";
import { NodeHttpHandler } from "@smithy/node-http-handler";

export function clientFor(server, credentials = server.key, options = {}) {
  return new S3Client({
    endpoint: server.url,
    region: "us-east-1",
    forcePathStyle: true,
    credentials,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(server.ca ? { httpsAgent: new Agent({ ca: server.ca }) } : {}),
    ...options,
  });
}
