// An example that is a server, as a process of its own.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../../", import.meta.url);

/** An address on loopback with a port that is free at the moment. */
export async function freeAddress() {
  const probe = createServer();
  await new Promise((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return `127.0.0.1:${port}`;
}

/** The text of a file that a guide shows, by name. */
export function fileOfGuide(page, name) {
  const text = readFileSync(new URL(`docs/guide/${page}`, ROOT), "utf8");
  const [, found] = text.split(`\`${name}\`:`)[1].match(/```\w+\n(.*?)```/s);
  return found;
}

/** Starts `node FILE` of the examples and waits until it says where it is. */
export async function startExample(file, environment) {
  const program = fileURLToPath(new URL(`examples/${file}`, ROOT));
  const env = { PATH: process.env.PATH, ...environment };
  const child = spawn("node", [program], { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((done) => child.once("exit", done));
  const url = await new Promise((done, fail) => {
    child.stdout.once("data", (line) => done(String(line).trim()));
    child.once("exit", (code) => fail(new Error(`${file} ended with ${code}`)));
  });
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
