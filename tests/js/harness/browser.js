// Chromium as Debian has it, without its sandbox (it is root's in CI) and without its own network traffic.

import { existsSync } from "node:fs";

import { chromium } from "playwright-core";

const PATH = "/usr/bin/chromium";
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Why the tests with a browser cannot run here, or false. */
export const noBrowser = existsSync(PATH) ? false : `not installed: ${PATH}`;

/** Starts the browser with an empty profile. */
export const startBrowser = () => chromium.launch({ executablePath: PATH, args: ARGUMENTS });
