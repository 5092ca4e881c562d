// The examples `verify` and `sign` of countersign-cloudfront: many questions in, as many answers out.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
const BINARY = process.env.COUNTERSIGN_BINARY ?? join(ROOT, "target/debug/countersign");
const EXAMPLES = join(dirname(BINARY), "examples");

export const KEY_PAIR_ID = "K2JCJMDEHXQW5F";

/** Whether the examples are built: `cargo build -p countersign-cloudfront --examples`. */
export const isBuilt = existsSync(join(EXAMPLES, "verify"));

/** A key of the vectors, such as `rsa2048.private`. */
export const pem = (name) => readFileSync(join(ROOT, "vectors/cloudfront", `${name}.pem`), "utf8");

/** The verdicts upon these requests, each an object as `examples/verify.rs` has it. */
export const verify = (requests) => ask("verify", requests);

/** What is signed for these orders, each an object as `examples/sign.rs` has it. */
export const sign = (orders) => ask("sign", orders);

function ask(example, questions) {
  const input = questions.map((question) => JSON.stringify(question) + "\n").join("");
  const ran = spawnSync(join(EXAMPLES, example), { input, encoding: "utf8", timeout: 60_000 });
  assert.equal(ran.status, 0, ran.stderr);
  const answers = ran.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(answers.length, questions.length);
  return answers;
}
