import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";

const script = new URL("./refresh-models.ts", import.meta.url).pathname;
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

test("sizes and digests come from the registry's manifests, unknown names stay as they are", async () => {
  const manifest = '{"config":{"size":500},"layers":[{"size":1000},{"size":20}]}';
  const server = createServer((request, response) => {
    if (request.url === "/v2/library/qwen3/manifests/8b") response.end(manifest);
    else response.writeHead(404).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const folder = mkdtempSync(join(tmpdir(), "herd-refresh-"));
  closers.push(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  const to = join(folder, "models.json");
  const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { stdout } = await promisify(execFile)(process.execPath, [script, "--to", to, "--registry", registry]);
  expect(stdout).toMatch(/^1 of \d+ models renewed/);
  expect(stdout).toContain("qwen3:14b: the registry answers 404");
  const list = JSON.parse(readFileSync(to, "utf8")) as { date: string; models: { ollama_name: string }[] };
  expect(list.date).toBe(new Date().toISOString().slice(0, 10));
  expect(list.models.find(({ ollama_name }) => ollama_name === "qwen3:8b")).toMatchObject({
    size_bytes: 1520,
    digest_prefix: createHash("sha256").update(manifest).digest("hex").slice(0, 12),
    sources: { size: "registry" },
  });
  expect(list.models.find(({ ollama_name }) => ollama_name === "qwen3:14b")).toMatchObject({
    sources: { size: "manifests" },
  });
});
