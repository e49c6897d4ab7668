import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";

const runChildModule = JSON.stringify(join(import.meta.dirname, "run-child.mjs"));

/** A process that runs a script by way of `runChild`, and a reader of what the two print. */
function startBy(script: string): { parent: ChildProcess; nextLine: () => Promise<string | undefined> } {
  const source = `import { runChild } from ${runChildModule};
    const call = { command: process.execPath, args: ["-e", ${JSON.stringify(script)}], environment: process.env };
    process.exitCode = await runChild(call);`;
  const { npm_lifecycle_event: _npm, ...env } = process.env;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", source], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: parent.stdout })[Symbol.asyncIterator]();
  return { parent, nextLine: async () => (await lines.next()).value };
}

const listening = "setInterval(() => {}, 1000); console.log('ready');";

test("the child's exit code becomes the parent's", async () => {
  const { parent } = startBy("process.exit(42)");
  expect(await once(parent, "close")).toEqual([42, null]);
});

test.runIf(process.platform !== "win32").each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "%s reaches the child, which may tidy up and end as it likes",
  async (signal) => {
    const { parent, nextLine } = startBy(
      `process.on('${signal}', () => { console.log('tidy'); process.exit(7); }); ${listening}`,
    );
    expect(await nextLine()).toBe("ready");
    parent.kill(signal);
    expect(await nextLine()).toBe("tidy");
    expect(await once(parent, "close")).toEqual([7, null]);
  },
);

test.runIf(process.platform !== "win32")("a child killed by a signal is told as a shell tells it", async () => {
  const { parent, nextLine } = startBy(`${listening} process.kill(process.pid, 'SIGKILL');`);
  expect(await nextLine()).toBe("ready");
  expect(await once(parent, "close")).toEqual([137, null]);
});

test.runIf(process.platform !== "win32")(
  "under npm, a child is stopped when the shell in between has died",
  async () => {
    const script = `process.on('SIGTERM', () => { console.log('tidy'); process.exit(7); }); ${listening}`;
    const call = `{ command: process.execPath, args: ["-e", ${JSON.stringify(script)}], environment: process.env }`;
    const source = `import { runChild } from ${runChildModule}; await runChild(${call});`;
    const shell = spawn("sh", ["-c", '"$NODE" --input-type=module -e "$SOURCE"; exit 0'], {
      env: { ...process.env, NODE: process.execPath, SOURCE: source, npm_lifecycle_event: "start" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe("ready");
    shell.kill("SIGKILL");
    expect((await lines.next()).value).toBe("tidy");
  },
);
