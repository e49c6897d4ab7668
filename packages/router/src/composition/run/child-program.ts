import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { packagesFolder, runsFromSource } from "../../places.ts";
import { environment } from "../../settings/environment.ts";

/** Which of the programs beside the router, and its flags. */
export interface ChildOrder {
  readonly program: "agent" | "demo";
  readonly flags: readonly string[];
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

const built: Readonly<Record<ChildOrder["program"], string>> = {
  agent: "node-agent/dist/main.js",
  demo: "simulated-ollama/dist/demo/main.js",
};

/**
 * Starts a program of this product with a channel to this process, by which it notices when this process is gone. It is
 * out of reach of the terminal's Ctrl-C: it stays until the router has served what waits for its machine.
 */
export function spawnChild({ program, flags, env = {} }: ChildOrder): ChildProcess {
  const path = built[program];
  const file = fileURLToPath(
    new URL(runsFromSource ? path.replace("/dist/", "/src/").replace(/\.js$/, ".ts") : path, packagesFolder),
  );
  const detached = process.platform !== "win32";
  const stdio = ["ignore" as const, "inherit" as const, "inherit" as const, "ipc" as const];
  // A debugger has one port, which this process holds.
  const nodeFlags = process.execArgv.filter((flag) => !flag.startsWith("--inspect"));
  return spawn(process.execPath, [...nodeFlags, file, ...flags], {
    detached,
    stdio,
    env: { ...environment(), ...env },
  });
}
