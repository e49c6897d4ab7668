import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { loadOrCreateIdentity } from "@herd/shared/link";
import { describe, expect, onTestFinished, test } from "vitest";
import { HerdError } from "../../domain/errors.ts";
import { lockFolder } from "../../storage/folder/folder-lock.ts";
import { startProblem } from "./start-problem.ts";

const commands = { herd: "herd", herdNode: "herd-node" };

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const answering = (answers: Readonly<Record<string, unknown>>): Promise<number> =>
  portOf(
    createHttpServer(({ url = "" }, response) => {
      const answer = answers[url];
      response.writeHead(url in answers ? 200 : 404).end(typeof answer === "string" ? answer : JSON.stringify(answer));
    }),
  );

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "herd-problem-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const taken = (port: number, withAgent = false) =>
  startProblem(new HerdError("HERD_PORT_TAKEN", String(port)), {
    settings: { host: "127.0.0.1", port, dataDir: folder() },
    withAgent,
    commands,
  });

const ollama = { "/": "Ollama is running", "/api/version": { version: "0.24.0" } };

describe("a port that is taken", () => {
  test("by a router of this kind: which, and how to use it or another port", async () => {
    const port = await answering({ "/fleet/identity": { product: "herd", router_version: "0.9.0", public_key: "k" } });
    const { text, exitCode } = await taken(port, true);
    expect(exitCode).toBe(3);
    expect(text).toMatch(new RegExp(`^herd: port ${port} is taken by a herd router 0\\.9\\.0`));
    expect(text).toContain(`herd status --port ${port}\n`);
    expect(text).toMatch(/Another port: {4}herd up --port \d+\n$/);
  });

  test("by the predecessor: that this product can take its place", async () => {
    const { text } = await taken(await answering({ "/api/version": { herd_version: "0.11.4" } }));
    expect(text).toMatch(/taken by ollama-herd 0\.11\.4, the predecessor in Python/);
    expect(text).toContain("takes its place");
  });

  test("by Ollama itself: that both can stay, and where the agent finds it", async () => {
    const port = await answering(ollama);
    const { text } = await taken(port, true);
    expect(text).toMatch(/taken by Ollama 0\.24\.0/);
    expect(text).toContain(`FLEET_NODE_OLLAMA_HOST=http://127.0.0.1:${port}`);
    expect((await taken(port)).text).not.toContain("FLEET_NODE_OLLAMA_HOST");
  });

  test("by another program in front of Ollama", async () => {
    const { text } = await taken(await answering({ ...ollama, "/health": "OK" }));
    expect(text).toMatch(/taken by .*ollamaMQ/);
  });

  test("by a program that nobody knows: its process", { timeout: 10_000 }, async () => {
    const port = await portOf(createServer((socket) => socket.end("hello\n")));
    const { text } = await taken(port);
    if (process.platform === "linux") {
      expect(text).toContain(`(process ${process.pid}, `);
      expect(text).toContain(`kill ${process.pid}\n`);
    }
    expect(text).toMatch(/Another port: {4}herd --port \d+\n$/);
  });
});

describe("a data folder that a router has", () => {
  async function again(wish: { port?: number; machine?: string } = {}) {
    const dataDir = folder();
    const { publicKey } = loadOrCreateIdentity(join(dataDir, "router-key.pem"));
    const port = await answering({
      "/fleet/identity": { product: "herd", router_version: "0.1.0", public_key: publicKey },
    });
    const since = new Date(Date.now() - 7_300_000).toISOString();
    const lock = lockFolder(dataDir, { pid: 4711, machine: wish.machine ?? hostname(), port, since });
    onTestFinished(() => lock.release());
    const settings = { host: "127.0.0.1", port: wish.port ?? port, dataDir };
    const told = await startProblem(new HerdError("HERD_FOLDER_IN_USE", "x"), { settings, withAgent: true, commands });
    return { ...told, port, dataDir };
  }

  test("is the same start once more: where that router is, and exit code 3", async () => {
    const { text, exitCode, port, dataDir } = await again();
    expect(exitCode).toBe(3);
    expect(text.split("\n").slice(0, 4)).toEqual([
      `herd: a router (herd 0.1.0) already runs with this data folder: http://localhost:${port}`,
      `      Folder:          ${dataDir} (process 4711, running for 2 h)`,
      `      Use that one:    herd status --port ${port}`,
      "      Stop it:         Ctrl-C where it runs, or kill 4711",
    ]);
    expect(text).toMatch(/A second one: {4}herd up --port \d+ --data-dir .*-2\n$/);
  });

  test("is a folder in use when another port was wanted: exit code 4", async () => {
    expect((await again({ port: 1 })).exitCode).toBe(4);
  });

  test("may be shared with another machine, which is named", async () => {
    const { text, exitCode, port } = await again({ machine: "studio" });
    expect(exitCode).toBe(4);
    expect(text).toContain(`: http://studio:${port}\n`);
    expect(text).toContain("process 4711 on studio");
    expect(text).not.toContain("kill");
  });
});

test("other problems are told with their own hint and code; what is none of the catalogue is thrown", async () => {
  const order = { settings: { host: "127.0.0.1", port: 1, dataDir: "/x" }, withAgent: false, commands };
  expect(await startProblem(new HerdError("HERD_DATA_FOLDER", "no room"), order)).toEqual({
    text: "herd: no room\n      Make the folder writable, or start with --data-dir\n",
    exitCode: 4,
  });
  await expect(startProblem(new Error("broken"), order)).rejects.toThrow("broken");
});
