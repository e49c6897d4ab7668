import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { HerdError } from "../../domain/errors.ts";
import { tempFolder } from "../testing/temp-folder.ts";
import { lockFolder } from "./folder-lock.ts";

const holder = { pid: 4711, machine: "mac-mini", port: 11_435, since: "2026-01-02T03:04:05.000Z" };

function take(folder: string, more: Partial<typeof holder> = {}) {
  const lock = lockFolder(folder, { ...holder, ...more });
  onTestFinished(() => lock.release());
  return lock;
}

function refusalOf(folder: string): HerdError {
  try {
    take(folder, { pid: 1 });
  } catch (error) {
    if (error instanceof HerdError) return error;
    throw error;
  }
  throw new Error("the folder was given away twice");
}

/** Another process that takes the folder and keeps it until it is killed. */
async function takeInAnotherProcess(folder: string) {
  const module = fileURLToPath(new URL("./folder-lock.ts", import.meta.url));
  const script = `
    const { lockFolder } = await import(${JSON.stringify(module)});
    globalThis.lock = lockFolder(${JSON.stringify(folder)}, { ...${JSON.stringify(holder)}, pid: process.pid });
    console.log("taken");
    setInterval(() => undefined, 1000);`;
  const flags = ["--conditions=herd-source", "--input-type=module", "--eval", script];
  const child = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return {
    pid: child.pid,
    kill: async () => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

describe("a data folder that a router has", () => {
  test("is refused to a second one, which is told who has it", () => {
    const folder = tempFolder();
    take(folder);
    const error = refusalOf(folder);
    expect(error.code).toBe("HERD_FOLDER_IN_USE");
    expect(error.message).toBe(
      `the data folder ${folder} is in use by another router (pid 4711 on mac-mini, port 11435, since 2026-01-02T03:04:05.000Z)`,
    );
  });

  test("is refused under every path that leads to it", () => {
    const folder = tempFolder();
    const link = join(tempFolder(), "link");
    symlinkSync(folder, link);
    take(link);
    expect(refusalOf(folder).code).toBe("HERD_FOLDER_IN_USE");
  });

  test("is not changed by who is refused", () => {
    const folder = tempFolder();
    take(folder);
    const before = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);
    refusalOf(folder);
    expect(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")])).toEqual(before);
  });

  test("names the port once that is known, and no port before", () => {
    const folder = tempFolder();
    const lock = take(folder, { port: 0 });
    expect(refusalOf(folder).message).toMatch(/\(pid 4711 on mac-mini, since /);
    lock.tellPort(4242);
    expect(refusalOf(folder).message).toContain("port 4242");
  });

  test("is refused as well when nobody can tell who has it", () => {
    const folder = tempFolder();
    take(folder);
    for (const text of ["", "no JSON", "[1]", '{"pid":"x","since":5}']) {
      writeFileSync(join(folder, "router.lock.json"), text);
      expect(refusalOf(folder).message).toMatch(/is in use by another router$/);
    }
  });

  test("is free again at once after it was released, and leaves no note", () => {
    const folder = tempFolder();
    const lock = take(folder);
    lock.release();
    lock.release();
    expect(existsSync(join(folder, "router.lock.json"))).toBe(false);
    take(folder);
  });

  test("keeps the note of who came after, when the first one is released late", () => {
    const folder = tempFolder();
    const first = take(folder);
    writeFileSync(join(folder, "router.lock.json"), JSON.stringify({ ...holder, pid: 99 }));
    first.release();
    expect(readFileSync(join(folder, "router.lock.json"), "utf8")).toContain("99");
  });

  test("belongs to a process: another one is refused, and SIGKILL sets it free", async () => {
    const folder = tempFolder();
    const other = await takeInAnotherProcess(folder);
    expect(refusalOf(folder).message).toContain(`pid ${other.pid}`);
    await other.kill();
    expect(existsSync(join(folder, "router.lock.json"))).toBe(true);
    take(folder);
    expect(refusalOf(folder).message).toContain("pid 4711");
  });
});

describe("the lock's files", () => {
  test("are their owner's alone", () => {
    const folder = tempFolder();
    take(folder);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  test("that cannot be made refuse the start with the reason", () => {
    const folder = tempFolder();
    mkdirSync(join(folder, "router.lock"));
    expect(() => take(folder)).toThrow(/router\.lock cannot be used/);
    expect(() => take(join(folder, "missing"))).toThrow(/router\.lock cannot be used: .*ENOENT/);
  });
});
