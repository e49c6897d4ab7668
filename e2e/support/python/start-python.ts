import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Cleanup } from "../cleanup.ts";
import { Hopeless, until } from "../until.ts";

/** Where PyPI's packages were put. */
const folder = new URL("../../../.python/", import.meta.url);

/** Why no Python program can be run that needs packages of PyPI; undefined where it can. */
export const whyNoPython: string | undefined = existsSync(new URL("installed", folder))
  ? undefined
  : "needs packages of PyPI, which .ci/run installs into .python";

/** A Python program with PyPI's packages. It ends with this process, however that ends: its input ends then. */
export interface PythonProgram {
  /** Waits until it has printed something that matches, and returns the match. */
  readonly printed: (pattern: RegExp, withinMs: number) => Promise<RegExpExecArray>;
  /** Resolves when it has ended, to everything that it printed. @throws Error with its complaints when it failed */
  readonly ended: Promise<string>;
}

/** Starts it. `script` is a file's URL. */
export function startPython(cleanup: Cleanup, script: URL, flags: readonly string[]): PythonProgram {
  const child = spawn("python3", [fileURLToPath(script), ...flags], {
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      HOME: "/nonexistent",
      PYTHONPATH: fileURLToPath(folder),
      PYTHONDONTWRITEBYTECODE: "1",
    },
  });
  let output = "";
  let complaints = "";
  let end: string | undefined;
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-10_000);
  });
  // A child that has ended takes no more input.
  child.stdin.on("error", () => undefined);
  const { promise: ended, resolve, reject } = Promise.withResolvers<string>();
  const settle = (how: unknown): void => {
    end = String(how);
    if (how === 0) resolve(output);
    else reject(new Error(`python3 ${script.pathname} ended with ${how}: ${complaints}`));
  };
  child.once("error", settle);
  child.once("close", (code, signal) => settle(code ?? signal));
  ended.catch(() => undefined);
  cleanup.add(async () => {
    child.kill("SIGKILL");
    await ended.catch(() => undefined);
  });
  const look = (pattern: RegExp): RegExpExecArray | undefined => {
    const found = pattern.exec(output) ?? undefined;
    if (found === undefined && end !== undefined) throw new Hopeless(`it has ended with ${end}: ${complaints}`);
    return found;
  };
  return {
    printed: (pattern, withinMs) => until({ what: `it prints ${pattern}`, look: () => look(pattern), withinMs }),
    ended,
  };
}
