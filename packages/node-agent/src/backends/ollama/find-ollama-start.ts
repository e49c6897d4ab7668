import { findPortHolder } from "@herd/shared/this-machine";
import { type Environment, type OllamaStart, ollamaStartOf, parseEnvironment } from "./ollama-environment.ts";

/** Names of hosts that mean this machine. */
const LOCAL_HOST = /^(localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\])$/;
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/** How the Ollama at this URL was started, as far as this machine tells; `own` are the agent's own variables. */
export async function findOllamaStart(host: string, own: Environment): Promise<OllamaStart> {
  const { hostname, port } = new URL(host);
  // Only Linux lets one process read another's variables.
  if (!LOCAL_HOST.test(hostname) || process.platform !== "linux") return ollamaStartOf(undefined, own);
  const address = IPV4.test(hostname) && hostname !== "0.0.0.0" ? { address: hostname } : {};
  const holder = await findPortHolder({ port: Number(port || 80), ...address });
  const environment = holder?.environment === undefined ? undefined : parseEnvironment(holder.environment);
  return ollamaStartOf(environment, own);
}
