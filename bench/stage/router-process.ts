import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { inCheckout, routerEnvironment, routerFlags, routerProgram } from "../../scripts/bootstrap/places.mjs";
import { waitForPort } from "../processes/ports.ts";
import { type Child, startChild } from "../processes/start-child.ts";

/** Beside the tests, everything runs from its sources; for a user, what was built does. */
const runsFromSource = process.execArgv.includes("--conditions=herd-source");

/** The programs of the product, and how users start them: flags of Node and the program. */
export function productProgram(name: "router" | "node-agent" | "simulated-ollama"): readonly string[] {
  const flags = name === "router" ? routerFlags : [];
  if (runsFromSource) return [...flags, "--conditions=herd-source", inCheckout("packages", name, "src", "main.ts")];
  return [...flags, name === "router" ? routerProgram : inCheckout("packages", name, "dist", "main.js")];
}

/** A router in a process of its own, with a user's settings. */
export interface RouterProcess extends Child {
  readonly port: number;
  readonly url: string;
  /** Exec to the first accepted connection, ms. */
  readonly startMs: number;
}

/** How a router is started. */
export interface RouterOrder {
  readonly port: number;
  /** Takes its data and its log; a router that is started again here finds what it knew. */
  readonly folder: string;
  /** `up` runs the agent of this machine beside it. */
  readonly command?: "up";
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a router with a data folder of its own and everything else as it is by default; waits until it listens. */
export async function startRouter({ port, folder, command, environment }: RouterOrder): Promise<RouterProcess> {
  mkdirSync(folder, { recursive: true });
  const flags = ["--host", "127.0.0.1", "--port", String(port), "--data-dir", join(folder, "data")];
  const startedAt = performance.now();
  const child = startChild({
    command: process.execPath,
    args: [...productProgram("router"), ...(command === undefined ? [] : [command]), ...flags],
    environment: { HOME: folder, ...routerEnvironment, ...environment },
    logFile: join(folder, "output.log"),
  });
  await waitForPort(port, child.end);
  return { ...child, port, url: `http://127.0.0.1:${port}`, startMs: performance.now() - startedAt };
}
