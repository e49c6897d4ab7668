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
