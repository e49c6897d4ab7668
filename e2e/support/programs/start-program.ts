import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Hopeless, until } from "../until.ts";

/** The programs that a test starts, run from their sources. */
export type ProgramName =
  | "herd"
  | "herd-node"
  | "simulated-ollama"
  | "door"
  | "skewed-agent"
  | "replay-node"
  | "hostile-announcer";

const packages = new URL("../../../packages/", import.meta.url);
const sources: Readonly<Record<ProgramName, URL>> = {
  herd: new URL("router/src/main.ts", packages),
  "herd-node": new URL("node-agent/src/main.ts", packages),
  "simulated-ollama": new URL("simulated-ollama/src/main.ts", packages),
  door: new URL("./door.ts", import.meta.url),
  "skewed-agent": new URL("./skewed-agent.ts", import.meta.url),
  "hostile-announcer": new URL("./hostile-announcer.ts", import.meta.url),
  "replay-node": new URL("./replay-node-main.ts", import.meta.url),
};

/** How to start a program. */
export interface ProgramOrder {
  readonly name: ProgramName;
  readonly flags: readonly string[];
  /** The only variables it sees beside PATH. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What stands before its command, for example to run it in a network namespace. */
  readonly prefix?: readonly string[];
}

/** A started program. */
export interface Program {
  readonly pid: number;
  /** Everything it has printed, on both channels. */
  readonly output: () => string;
  readonly errors: () => string;
  /** Waits until it has printed something that matches, and returns the match. */
  readonly printed: (pattern: RegExp, withinMs?: number) => Promise<RegExpExecArray>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Closes both channels, as a terminal that goes away does. */
  readonly stopReading: () => void;
  /** SIGKILL, and its end. */
  readonly kill: () => Promise<void>;
  /** Resolves when it has ended, to its exit code or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

const START_MS = 30_000;

/** Starts a program. It dies with this process, however that ends. */
export function startProgram({ name, flags, environment = {}, prefix = [] }: ProgramOrder): Program {
  const source = fileURLToPath(sources[name]);
  const node = [process.execPath, "--conditions=herd-source", source, ...flags];
  const [command = process.execPath, ...args] = [...mortal(), ...prefix, ...node];
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    // Routers of tests are not announced in the network that the tests run in, unless a test wants it.
    env: { PATH: process.env["PATH"], HOME: "/nonexistent", FLEET_MDNS: "false", ...environment },
  });
  return watch(name, child);
}

function watch(name: ProgramName, child: ChildProcess): Program {
  let output = "";
  let errors = "";
  let end: number | NodeJS.Signals | undefined;
  child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    errors += chunk.toString();
  });
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once("error", (error) => {
      output += String(error);
      resolve(-1);
    });
    // `close` comes after the last output, unlike `exit`.
    child.once("close", (code, signal) => resolve(code ?? signal ?? -1));
  });
  void ended.then((how) => {
    end = how;
  });
  const look = (pattern: RegExp): RegExpExecArray | undefined => {
    const found = pattern.exec(output) ?? undefined;
    if (found === undefined && end !== undefined) throw new Hopeless(`${name} has ended with ${end}: ${output}`);
    return found;
  };
  return {
    pid: child.pid ?? -1,
    output: () => output,
    errors: () => errors,
    printed: (pattern, withinMs = START_MS) =>
      until({ what: `${name} prints ${pattern}`, look: () => look(pattern), withinMs }),
    signal: (signal) => child.kill(signal),
    stopReading: () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
    ended,
  };
}

/** What makes a child die with its parent, where the system has a command for it. */
function mortal(): readonly string[] {
  const program = findOnPath("setpriv");
  return program === undefined ? [] : [program, "--pdeathsig", "KILL", "--"];
}

/** A command's path, undefined where the machine lacks it. */
export function findOnPath(command: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.map((folder) => join(folder, command)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for this user: the next folder is asked.
    return false;
  }
}
