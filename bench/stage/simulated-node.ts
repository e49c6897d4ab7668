import { join } from "node:path";
import { waitForPort } from "../processes/ports.ts";
import { type Child, startChild } from "../processes/start-child.ts";
import { productProgram } from "./router-process.ts";

/** A simulated Ollama in a process of its own. */
export interface SimulatedNode extends Child {
  readonly port: number;
}

/** Starts one on this port, with these flags beside it, and waits until it listens. */
export async function startSimulatedNode(order: {
  readonly port: number;
  readonly folder: string;
  readonly flags: readonly string[];
}): Promise<SimulatedNode> {
  const { port, folder, flags } = order;
  const child = startChild({
    command: process.execPath,
    args: [...productProgram("simulated-ollama"), "--port", String(port), ...flags],
    environment: {},
    logFile: join(folder, `ollama-${port}.log`),
  });
  await waitForPort(port, child.end);
  return { ...child, port };
}
