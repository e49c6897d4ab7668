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

test("further backends may be named one by one or in a list, before a command or behind it", () => {
  const backends = ["http://127.0.0.1:8080", "http://127.0.0.1:1234", "http://gpu:8000"];
  const flags = ["--backend", "127.0.0.1:8080", "--backend", ":1234/v1,http://gpu:8000"];
  expect(read(...flags)).toMatchObject({ kind: "run", settings: { backends } });
  expect(read(...flags, "probe")).toMatchObject({ kind: "probe", settings: { backends } });
  expect(read("probe", ...flags)).toMatchObject({ kind: "probe", settings: { backends } });
});

test("a backend that is no URL, or the Ollama once more, is refused with the fix", () => {
  expect(read("--backend", "gpu")).toMatchObject({
    kind: "refuse",
    sentences: [expect.stringMatching(/backends.*gpu.*--backend.*for example http:/)],
  });
  expect(read("--ollama-host", "127.0.0.1:11500", "--backend", "localhost:11500/v1")).toMatchObject({
    kind: "refuse",
    sentences: [expect.stringMatching(/backends = http:\/\/localhost:11500 is this machine's Ollama.*Leave it out/)],
  });
});
