import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FakeRouter, startFakeRouter } from "./testing/fake-router.ts";

const program = fileURLToPath(new URL("./main.ts", import.meta.url));
let folder: string;
let router: FakeRouter;
let child: ChildProcess | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "herd-main-"));
  router = await startFakeRouter();
});
afterEach(async () => {
  child?.kill("SIGKILL");
  await router.stop();
  rmSync(folder, { recursive: true, force: true });
});

function run(...flags: string[]): { child: ChildProcess; printed: () => string } {
  const args = ["--conditions=herd-source", program, "--data-dir", join(folder, "state"), ...flags];
  const started = spawn(process.execPath, args, { env: { HOME: folder } });
  let text = "";
  started.stdout.on("data", (chunk) => {
    text += chunk;
  });
  started.stderr.on("data", (chunk) => {
    text += chunk;
  });
  child = started;
  return { child: started, printed: () => text };
}
const startAgent = () =>
  run("--router-url", router.url, "--node-id", "mini", "--gateway-port", "0", "--ollama-host", "127.0.0.1:9");

test("the command joins, tells so, and leaves in order when it is asked to end", async () => {
  const { child: agent, printed } = startAgent();
  await expect.poll(printed, { timeout: 15_000 }).toContain(`Joined as mini at ${router.url}`);
  agent.kill("SIGTERM");
  const [exitCode] = await once(agent, "exit");
  expect([exitCode, router.beats.at(-1)?.isDrain]).toEqual([0, true]);
});

test("the same signal again ends it at once", async () => {
  const { child: agent, printed } = startAgent();
  await expect.poll(printed, { timeout: 15_000 }).toContain("Joined as mini");
  agent.kill("SIGINT");
  agent.kill("SIGINT");
  const [exitCode] = await once(agent, "exit");
  expect(exitCode).toBe(0);
});

test("a start that is not possible ends with a sentence and its exit code", async () => {
  const { child: agent, printed } = run();
  const [exitCode] = await once(agent, "exit");
  expect([exitCode, printed()]).toEqual([2, expect.stringContaining("--router-url")]);
});
