import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { findOllamaStart } from "./find-ollama-start.ts";
import { ollamaStartOf, parseEnvironment } from "./ollama-environment.ts";

let child: ChildProcess | undefined;
afterEach(() => child?.kill());

async function serverWith(env: Readonly<Record<string, string>>): Promise<string> {
  const script =
    "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))";
  child = spawn(process.execPath, ["-e", script], { env, stdio: ["ignore", "pipe", "inherit"] });
  const [port] = child.stdout === null ? [] : await once(child.stdout, "data");
  return `http://127.0.0.1:${String(port).trim()}`;
}

test.skipIf(process.platform !== "linux")("what a serving process was started with is read from Linux", async () => {
  const env = { OLLAMA_NUM_PARALLEL: "3", OLLAMA_MAX_LOADED_MODELS: "2", OLLAMA_MODELS: "/models", HOME: "/home/x" };
  const start = await findOllamaStart(await serverWith(env), { OLLAMA_NUM_PARALLEL: "9" });
  expect(start).toMatchObject({ numParallel: 3, maxLoadedModels: 2 });
  expect(start.modelsFolders.slice(0, 2)).toEqual(["/models", "/home/x/.ollama/models"]);
});

test.skipIf(process.platform !== "linux")("a process started without such variables leaves them unknown", async () => {
  const start = await findOllamaStart(await serverWith({}), { OLLAMA_NUM_PARALLEL: "9" });
  expect(start.numParallel).toBe(0);
});

test("where no process can be looked into, the agent's own variables count", async () => {
  expect(await findOllamaStart("http://192.0.2.7:11434", { OLLAMA_NUM_PARALLEL: "4" })).toMatchObject({
    numParallel: 4,
  });
});

test.each([
  ["'4'", 4],
  [" 2 ", 2],
  ["many", 0],
  ["-1", 0],
  ["", 0],
])("OLLAMA_NUM_PARALLEL=%s means %d", (value, count) => {
  expect(ollamaStartOf({ OLLAMA_NUM_PARALLEL: value }, {}).numParallel).toBe(count);
});

test("values may contain equals signs, and what is no variable is passed over", () => {
  expect(parseEnvironment("A=1=2\0=x\0B=\0broken\0")).toEqual({ A: "1=2", B: "" });
});
