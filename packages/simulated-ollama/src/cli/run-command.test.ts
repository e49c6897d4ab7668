import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";
import { get, post, textOf } from "../testing/post.ts";
import { readModel } from "./read-model.ts";

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function run(...args: string[]) {
  const main = new URL("../main.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, ["--conditions=herd-source", main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return { child, line, port: Number(line.split(":").at(-1)) };
}

describe("the command simulated-ollama", () => {
  test("serves the models of its flags and says where", async () => {
    const { line, port } = await run(
      "--model",
      "llama3.1:8b:4.9",
      "--model",
      "nomic-embed-text:0.3",
      "--version",
      "0.23.1",
    );
    expect(line).toMatch(/^simulated Ollama 0\.23\.1 listening on http:\/\/127\.0\.0\.1:\d+$/);
    expect(textOf(await get(port, "/api/version"))).toBe('{"version":"0.23.1"}');
    const { models } = JSON.parse(textOf(await get(port, "/api/tags")));
    expect(models).toMatchObject([
      { name: "llama3.1:8b", size: 4_900_000_000 },
      { name: "nomic-embed-text:latest", size: 300_000_000 },
    ]);
  });

  test("SIGTERM cuts an open stream by FIN and ends the process", async () => {
    const { child, port } = await run("--control", "--time-scale", "0");
    await post(port, "/__simulated/fault", { body: { kind: "hang", afterRecords: 2 } });
    const answer = post(port, "/api/generate", { body: { model: "smollm2:135m", prompt: "x" } });
    const isOpen = async () => JSON.parse(textOf(await get(port, "/__simulated/state"))).loadedModels.length === 1;
    while (!(await isOpen()));
    child.kill("SIGTERM");
    expect((await answer).endedBy).toBe("fin");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("SIGKILL cuts an open stream by FIN too", async () => {
    const { child, port } = await run("--control", "--time-scale", "0");
    await post(port, "/__simulated/fault", { body: { kind: "runner-wedges", afterRecords: 2 } });
    const answer = post(port, "/api/generate", { body: { model: "smollm2:135m", prompt: "x" } });
    const isOpen = async () => JSON.parse(textOf(await get(port, "/__simulated/state"))).loadedModels.length === 1;
    while (!(await isOpen()));
    child.kill("SIGKILL");
    expect(["fin", "rst"]).toContain((await answer).endedBy);
    expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
  });

  test("takes the machine, the limits, the origins and what can be pulled from flags", async () => {
    const flags = ["--vram", "0", "--memory", "1", "--disk-size", "6", "--network", "1e9", "--max-queue", "0"];
    const more = ["--model", "a:1b:2", "--pullable", "b:1b:3", "--pullable", "c:1b:5", "--origin", "https://*.test"];
    const { port } = await run(...flags, ...more, "--time-scale", "0", "--keep-alive", "60", "--max-loaded", "1");
    expect(textOf(await post(port, "/api/generate", { body: { model: "a:1b" } }))).toContain(
      "requires more system memory",
    );
    expect(textOf(await post(port, "/api/pull", { body: { model: "b:1b", stream: false } }))).toBe(
      '{"status":"success"}',
    );
    expect(textOf(await post(port, "/api/pull", { body: { model: "c:1b", stream: false } }))).toContain(
      "no space left",
    );
    const fromPage = await fetch(`http://127.0.0.1:${port}/`, { headers: { Origin: "https://a.test" } });
    expect(fromPage.headers.get("access-control-allow-origin")).toBe("https://a.test");
  });

  test("hands signals to the process of a model, for those who ask at its control route", async () => {
    const { port } = await run("--control", "--time-scale", "0", "--load", "smollm2:135m");
    const signal = (body: unknown) => post(port, "/__simulated/runner", { body });
    expect(await signal({ model: "smollm2:135m", signal: "SIGKILL" })).toMatchObject({ status: 200 });
    expect(await signal({ model: "gemma3:270m", signal: "SIGKILL" })).toMatchObject({ status: 404 });
    for (const body of [{ model: "smollm2:135m", signal: "SIGHUP" }, {}, null, 5]) {
      expect(await signal(body)).toMatchObject({ status: 400 });
    }
  });

  test("replays a folder of recordings", async () => {
    const folder = new URL("../../fixtures/ollama-0.24.0/", import.meta.url).pathname;
    const { line, port, child } = await run("replay", folder, "--port", "0");
    expect(line).toMatch(/^replay of 485 exchanges listening on http:\/\/127\.0\.0\.1:\d+$/);
    expect(textOf(await get(port, "/api/version"))).toBe('{"version":"0.24.0"}');
    expect(await get(port, "/api/unknown")).toMatchObject({ status: 501 });
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test.each([
    ["replay"],
    ["replay", "/nowhere"],
    ["replay", "/", "--port", "x"],
    ["--origin", "example.com"],
    ["--vram", "-1"],
    ["what"],
  ])("%s %s says what is wrong and ends", async (...args) => {
    const main = new URL("../main.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, ["--conditions=herd-source", main, ...args.filter(Boolean)], {
      stdio: "pipe",
    });
    children.push(child);
    let said = "";
    child.stderr.on("data", (bytes) => {
      said += bytes;
    });
    expect(await once(child, "close")).toEqual([1, null]);
    expect(said).toMatch(/^(error|simulated-ollama cannot start): .+/);
  });

  test("refuses a flag that it cannot read", async () => {
    const main = new URL("../main.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, ["--conditions=herd-source", main, "--model", "llama3.1"], {
      stdio: "ignore",
    });
    children.push(child);
    expect(await once(child, "exit")).toEqual([1, null]);
  });
});

describe("a model on the command line", () => {
  test("is a chat model, unless its name says that it embeds", () => {
    expect(readModel("qwen3:14b:9.3")).toMatchObject({
      name: "qwen3:14b",
      sizeBytes: 9.3e9,
      capabilities: ["completion", "tools"],
    });
    expect(readModel("bge-m3:1.2")).toMatchObject({ name: "bge-m3", capabilities: ["embedding"] });
  });

  test.each(["", "llama", "llama:", ":5", "llama:-1", "a b//c:5"])("%j is refused", (text) => {
    expect(() => readModel(text)).toThrow("expected name:sizeGB");
  });
});
