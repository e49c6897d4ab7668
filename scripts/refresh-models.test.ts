import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
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

async function listening(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What a registry that means ill, or is none, may answer; `undefined` cuts the connection. */
const hostile: readonly (string | undefined)[] = [
  undefined,
  "",
  "null",
  "3",
  "\u001b[31m<html>",
  '{"layers":[]}',
  '{"config":{"size":1}}',
  '{"config":{"size":1},"layers":{"length":3}}',
  '{"config":{"size":1},"layers":[null]}',
  '{"config":{"size":"5"},"layers":[{"size":"5000000000"}]}',
  '{"config":{"size":-1},"layers":[{"size":5000000000}]}',
  '{"config":{"size":1},"layers":[{"size":1e300}]}',
  '{"config":{"size":1},"layers":[{"size":1}]}',
  '{"config":{"size":1},"layers":[{"size":900000000000000}]}',
  "x".repeat(3_000_000),
];

test("whatever else a registry answers changes nothing, and nothing of it reaches the terminal", async () => {
  let count = 0;
  const server = createServer((_request, response) => {
    const answer = hostile[count++ % (hostile.length + 1)];
    if (count % (hostile.length + 1) === 0) response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
    else if (answer === undefined) response.destroy();
    else response.end(answer);
  });
  const registry = await listening(server);
  const folder = mkdtempSync(join(tmpdir(), "herd-refresh-"));
  closers.push(() => rmSync(folder, { recursive: true }));
  const to = join(folder, "models.json");
  const failed = await promisify(execFile)(process.execPath, [script, "--to", to, "--registry", registry]).catch(
    (error: { code: number; stdout: string }) => error,
  );
  expect(failed).toMatchObject({ code: 1, stdout: expect.stringMatching(/^0 of \d+ models renewed/) });
  expect(failed.stdout).not.toContain("\u001b");
  expect(readdirSync(folder)).toEqual([]);
});

test("sizes and digests come from the registry's manifests, unknown names stay as they are", async () => {
  const manifest = '{"config":{"size":500},"layers":[{"size":5200000000},{"size":20}]}';
  const server = createServer((request, response) => {
    if (request.url === "/v2/library/qwen3/manifests/8b") response.end(manifest);
    else response.writeHead(404).end("{}");
  });
  const registry = await listening(server);
  const folder = mkdtempSync(join(tmpdir(), "herd-refresh-"));
  closers.push(() => rmSync(folder, { recursive: true }));
  const to = join(folder, "models.json");
  const { stdout } = await promisify(execFile)(process.execPath, [script, "--to", to, "--registry", registry]);
  expect(stdout).toMatch(/^1 of \d+ models renewed/);
  expect(stdout).toContain("qwen3:14b: the registry answers 404");
  const list = JSON.parse(readFileSync(to, "utf8")) as {
    date: string;
    sources: object;
    models: { ollama_name: string; sources: object; checked?: object }[];
  };
  expect(list.date).toBe(new Date().toISOString().slice(0, 10));
  expect(list.models.find(({ ollama_name }) => ollama_name === "qwen3:8b")).toMatchObject({
    size_bytes: 5200000520,
    digest_prefix: createHash("sha256").update(manifest).digest("hex").slice(0, 12),
    sources: { size: "registry" },
  });
  const named = list.models.flatMap(({ sources, checked = {} }) => [
    ...Object.values(sources),
    ...Object.values(checked),
  ]);
  expect([...new Set(named)].toSorted()).toEqual(Object.keys(list.sources).toSorted());
  expect(list.models.find(({ ollama_name }) => ollama_name === "qwen3:14b")).toMatchObject({
    sources: { size: "manifests" },
  });
});
