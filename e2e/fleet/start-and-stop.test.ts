import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import openDatabase from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { type Cleanup, withCleanup } from "../support/cleanup.ts";
import { startCrowd, streamEndOf, untilBegun } from "../support/clients/crowd.ts";
import { ask } from "../support/clients/http-call.ts";
import { onLoopback } from "../support/fleets/places.ts";
import { type ProcessFleet, startProcessFleet } from "../support/fleets/process-fleet.ts";
import { storedTraces } from "../support/fleets/stored-traces.ts";
import { type Program, startProgram } from "../support/programs/start-program.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { until, within } from "../support/until.ts";

const TIMEOUT_MS = 60_000;
const MODEL = "demo-chat:8b";

interface Start {
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

function herd(cleanup: Cleanup, dataDir: string, { flags = ["--port", "0"], ...more }: Start = {}): Program {
  const program = startProgram({ name: "herd", flags: [...flags, "--data-dir", dataDir], ...more });
  cleanup.add(program.kill);
  return program;
}

const listening = /http:\/\/localhost:(\d+)/;

describe.concurrent("a router that cannot start", { timeout: TIMEOUT_MS }, () => {
  test("because its port is taken says which and what to do, and ends with code 3", () =>
    withCleanup(async (cleanup) => {
      const first = herd(cleanup, join(tempFolder(cleanup), "first"));
      const port = (await first.printed(listening))[1] ?? "";
      const second = herd(cleanup, join(tempFolder(cleanup), "second"), { flags: ["--port", port] });
      expect(await within("the end", 20_000, second.ended)).toBe(3);
      expect(second.errors()).toMatch(
        new RegExp(`^herd: port ${port} is taken by a herd router \\d.*\n(?: {6}.*\n)*.*herd --port \\d+\n$`),
      );
    }));

  test("because its data folder lies in a file ends with code 4", () =>
    withCleanup(async (cleanup) => {
      const file = join(tempFolder(cleanup), "file");
      writeFileSync(file, "");
      const program = herd(cleanup, join(file, "router"));
      expect(await within("the end", 20_000, program.ended)).toBe(4);
      expect(program.errors()).toMatch(
        /^herd: .*cannot be used.*\n {6}Make the folder writable, or start with --data-dir\n$/,
      );
    }));

  test("because it may not write its data folder ends with code 4", () =>
    withCleanup(async (cleanup) => {
      const locked = join(tempFolder(cleanup), "locked");
      mkdirSync(locked, { mode: 0o555 });
      // Root may write everywhere but where the kernel keeps its own files.
      const program = herd(cleanup, process.getuid?.() === 0 ? "/sys/kernel/herd-e2e" : locked);
      expect(await within("the end", 20_000, program.ended)).toBe(4);
      expect(program.errors()).toMatch(
        /^herd: .*(not writable|EACCES|EPERM|EROFS).*\n {6}Make the folder writable, or start with --data-dir\n$/,
      );
    }));

  test("because a newer version wrote its database leaves that as it is and ends with code 4", () =>
    withCleanup(async (cleanup) => {
      const folder = tempFolder(cleanup);
      const path = join(folder, "latency.db");
      const database = openDatabase(path);
      database.exec("CREATE TABLE future (answer INTEGER); INSERT INTO future VALUES (42); PRAGMA user_version = 9999");
      database.close();
      const before = readFileSync(path);
      const program = herd(cleanup, folder);
      expect(await within("the end", 20_000, program.ended)).toBe(4);
      expect(program.errors()).toBe(
        `herd: ${path} was written by a newer version of herd\n      Update herd, or start with another --data-dir\n`,
      );
      expect(readFileSync(path).equals(before)).toBe(true);
    }));

  test.for([
    [["--port", "70000"], {}, /--port/],
    [["--port", "abc"], {}, /--port/],
    [[], { FLEET_PORT: "eleven" }, /FLEET_PORT/],
    [[], { FLEET_HEARTBEAT_TIMEOUT: "60" }, /heartbeat/i],
    [["--nonsense"], {}, /--nonsense/],
  ] as const)("because of a bad setting (%j %j) names it and ends with code 2", ([flags, environment, named]) =>
    withCleanup(async (cleanup) => {
      const program = herd(cleanup, tempFolder(cleanup), { flags, environment });
      expect(await within("the end", 20_000, program.ended)).toBe(2);
      expect(program.errors()).toMatch(named);
    }),
  );
});

describe.concurrent("a router whose database is damaged", { timeout: TIMEOUT_MS }, () => {
  const good = (path: string): Buffer => {
    const database = openDatabase(path);
    database.exec("CREATE TABLE t (x TEXT)");
    const insert = database.prepare("INSERT INTO t VALUES (?)");
    for (let row = 0; row < 500; row += 1) insert.run("x".repeat(500));
    database.close();
    return readFileSync(path);
  };
  const damages: readonly (readonly [string, (path: string) => Buffer])[] = [
    ["is no database at all", () => Buffer.from("this is a shopping list\n".repeat(100))],
    ["is cut short", (path) => good(path).subarray(0, 20_000)],
    ["has foreign bytes inside", (path) => good(path).fill(0xff, 4_096, 40_960)],
  ];
  test.for(damages)("because it %s sets it aside and starts with a new one", ([, damage]) =>
    withCleanup(async (cleanup) => {
      const folder = tempFolder(cleanup);
      const before = damage(join(folder, "latency.db"));
      writeFileSync(join(folder, "latency.db"), before);
      const program = herd(cleanup, folder);
      const port = Number((await program.printed(listening))[1]);
      const kept = readdirSync(folder).find((name) => /^latency.*corrupt/.test(name));
      expect(kept).toBeDefined();
      // Opening it switched its header to a log; every byte of content is there.
      const after = readFileSync(join(folder, kept ?? ""));
      expect(after.subarray(100).equals(before.subarray(100))).toBe(true);
      const reply = await ask({ host: "127.0.0.1", port }, { path: "/api/chat", body: "{" });
      expect(reply.status).toBe(400);
      await until({ what: "the trace is stored", look: () => storedTraces(folder).length === 1, withinMs: 5_000 });
      expect(program.output()).toContain("damaged");
    }),
  );
});

describe.concurrent("a router that is told to end", { timeout: TIMEOUT_MS }, () => {
  const start = (cleanup: Cleanup): Promise<ProcessFleet> =>
    startProcessFleet(cleanup, {
      places: onLoopback(1),
      folder: tempFolder(cleanup),
      parallel: 2,
      ollamaFlags: ["--model", `${MODEL}:4.9`, "--load", MODEL, "--decode", "40"],
    });

  test("lets streams and those who wait finish, takes nobody new, stores every trace and ends with code 0", () =>
    withCleanup(async (cleanup) => {
      const { router, target, dataDir } = await start(cleanup);
      const crowd = startCrowd(target, { size: 4, model: MODEL, tokens: 30 });
      await untilBegun(crowd, 2);
      router.signal("SIGTERM");
      await router.printed(/stopping: running requests may finish/);
      const late = await ask(target, { path: "/api/generate", body: { model: MODEL, prompt: "Hello" } });
      expect([late.status, late.headers["x-herd-error"]]).toEqual([503, "HERD_SHUTTING_DOWN"]);
      const replies = await Promise.all(crowd.map(({ call }) => call.reply));
      expect(replies.map((reply, at) => streamEndOf(crowd[at]?.dialect ?? "ollama", reply))).toEqual(
        crowd.map(() => "whole"),
      );
      expect(await within("the end", 3_000, router.ended)).toBe(0);
      const statuses = storedTraces(dataDir).map(({ status }) => status);
      expect(statuses.sort()).toEqual([...crowd.map(() => "completed"), "failed"]);
    }));

  test("a second time ends at once: what had begun is told so, what waits is turned away", () =>
    withCleanup(async (cleanup) => {
      const { router, target, dataDir } = await start(cleanup);
      const crowd = startCrowd(target, { size: 4, model: MODEL, tokens: 2_000 });
      await untilBegun(crowd, 2);
      router.signal("SIGTERM");
      await router.printed(/stopping/);
      // Signals that come within a quarter of a second are one and the same.
      await pause(400);
      router.signal("SIGTERM");
      expect(await within("the end", 2_000, router.ended)).toBe(0);
      const replies = await Promise.all(crowd.map(({ call }) => call.reply));
      const begun = replies.filter(({ status }) => status === 200);
      expect(begun).toHaveLength(2);
      for (const [at, reply] of replies.entries()) {
        if (reply.status === 200) expect(streamEndOf(crowd[at]?.dialect ?? "ollama", reply)).toBe("told-error");
        else expect([reply.status, reply.headers["x-herd-error"]]).toEqual([503, "HERD_SHUTTING_DOWN"]);
      }
      expect(storedTraces(dataDir)).toHaveLength(4);
    }));

  test("does not wait for clients that are silent on an open connection", () =>
    withCleanup(async (cleanup) => {
      const program = herd(cleanup, tempFolder(cleanup));
      const port = Number((await program.printed(listening))[1]);
      const silent = connect(port, "127.0.0.1").on("error", () => undefined);
      const half = connect(port, "127.0.0.1").on("error", () => undefined);
      half.write("POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{");
      cleanup.add(() => [silent, half].map((socket) => socket.destroy()));
      const idle = connect(port, "127.0.0.1").on("error", () => undefined);
      idle.write("GET /api/version HTTP/1.1\r\nHost: localhost\r\n\r\n");
      await new Promise((resolve) => idle.once("data", resolve));
      program.signal("SIGTERM");
      expect(await within("the end", 3_000, program.ended)).toBe(0);
    }));
});

test("an agent that may not keep a key says so and ends with code 1", { timeout: TIMEOUT_MS }, () =>
  withCleanup(async (cleanup) => {
    const file = join(tempFolder(cleanup), "file");
    writeFileSync(file, "");
    const flags = ["--router-url", "http://127.0.0.1:9", "--gateway-port", "0", "--data-dir", join(file, "agent")];
    const program = startProgram({ name: "herd-node", flags });
    cleanup.add(program.kill);
    expect(await within("the end", 20_000, program.ended)).toBe(1);
    expect(program.errors()).toMatch(/^herd-node: .*agent-key\.pem cannot be used.*Make the folder writable/);
  }),
);
