import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readCommand } from "./cli.ts";

let homeDir: string;
beforeEach(() => {
  homeDir = mkdtempSync(join(tmpdir(), "herd-cli-"));
});
afterEach(() => rmSync(homeDir, { recursive: true }));

const read = (...flags: string[]) => readCommand({ argv: ["node", "herd-node", ...flags], env: {}, homeDir });

test("flags become settings", () => {
  expect(read("--router-url", "router", "--node-id", "mini", "--gateway-port", "11500")).toMatchObject({
    kind: "run",
    settings: { routerUrl: "http://router:11435", nodeId: "mini", gatewayPort: 11_500 },
  });
});

test("without a router's URL one is looked for", () => {
  expect(read()).toMatchObject({ kind: "run", settings: { routerUrl: "" } });
});

test("a bad value is refused by setting, value and range", () => {
  expect(read("--router-url", "r", "--gateway-port", "99999")).toMatchObject({
    kind: "refuse",
    exitCode: 2,
    sentences: [expect.stringMatching(/gateway_port.*99999.*65535/)],
  });
});

test("probe is a command of its own, with the same settings", () => {
  expect(read("probe", "--node-id", "mini")).toMatchObject({
    kind: "probe",
    isJson: false,
    settings: { nodeId: "mini" },
  });
  expect(read("--node-id", "mini", "probe", "--json")).toMatchObject({ kind: "probe", isJson: true });
  expect(read("probe", "--gateway-port", "x")).toMatchObject({ kind: "refuse", exitCode: 2 });
});
