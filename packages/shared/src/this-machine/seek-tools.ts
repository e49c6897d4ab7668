import { type RecognisedServer, recogniseServer } from "./recognise-server.ts";
import { toolServers } from "./tool-servers.ts";

/** A program on a loopback port of this machine. */
export interface SeenTool extends Pick<RecognisedServer, "kind" | "name" | "version"> {
  readonly port: number;
}

/** How to look around. */
export interface ToolSearch {
  /** Ports that are known to be something else. */
  readonly except?: readonly number[];
  /** Default: every port on which a known program listens unless told otherwise. */
  readonly ports?: readonly number[];
  /** Longest time for the whole search, ms. Default 300. */
  readonly withinMs?: number;
}

const WITHIN_MS = 300;
const usualPorts = [...new Set(toolServers.flatMap(({ ports }) => ports))].sort((one, other) => one - other);

/**
 * Looks for inference, image and speech programs on their usual loopback ports, all at once. A port counts only when the
 * program behind it answers as that program does. Never rejects.
 */
export async function seekTools({
  except = [],
  ports = usualPorts,
  withinMs = WITHIN_MS,
}: ToolSearch = {}): Promise<readonly SeenTool[]> {
  const sought = ports.filter((port) => !except.includes(port));
  const found = await Promise.all(sought.map((port) => toolAt(port, withinMs)));
  return found.filter((tool) => tool !== undefined);
}

async function toolAt(port: number, withinMs: number): Promise<SeenTool | undefined> {
  const likely = toolServers.filter(({ ports }) => ports.includes(port));
  const among = likely.length === 0 ? toolServers : likely;
  const server = await recogniseServer({ origin: `http://127.0.0.1:${port}`, withinMs, among });
  return server === undefined ? undefined : { kind: server.kind, name: server.name, version: server.version, port };
}
