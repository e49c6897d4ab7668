import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
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

test("a second agent with the same id and folder is refused, and told who is in its place", async () => {
  const { child: first, printed } = startAgent();
  await expect.poll(printed, { timeout: 15_000 }).toContain("Joined as mini");
  const { child: second, printed: said } = startAgent();
  const [exitCode] = await once(second, "exit");
  expect([exitCode, said()]).toEqual([
    1,
    expect.stringMatching(/^herd-node: another herd-node runs on this machine as 'mini' .*\(pid \d+, router http:/),
  ]);
  expect(said()).toContain(`pid ${first.pid}`);
  first.kill("SIGKILL");
  await once(first, "exit");
  const { printed: third } = startAgent();
  await expect.poll(third, { timeout: 15_000 }).toContain("Joined as mini");
});

test("a start that is not possible ends with a sentence and its exit code", async () => {
  const { child: agent, printed } = run("--router-url", router.url, "--gateway-port", "99999");
  const [exitCode] = await once(agent, "exit");
  expect([exitCode, printed()]).toEqual([2, expect.stringContaining("gateway_port")]);
});

test("a probe needs no router, prints the heartbeat, keeps nothing and ends by itself", async () => {
  const { child: agent } = run("--ollama-host", "127.0.0.1:9", "--gateway-port", "0", "probe", "--json");
  let [body, warnings] = ["", ""];
  agent.stdout?.on("data", (chunk) => {
    body += chunk;
  });
  agent.stderr?.on("data", (chunk) => {
    warnings += chunk;
  });
  const [exitCode] = await once(agent, "close");
  expect([exitCode, JSON.parse(body).ollama.reachable]).toEqual([0, false]);
  expect(warnings).toMatch(/^herd-node: no Ollama answers /);
  expect(readdirSync(folder)).toEqual([]);
});
