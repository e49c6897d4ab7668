/**
 * One agent per node id and data folder on a machine: two with one key would take turns at the router. The claim is a
 * local socket, which the system takes away with the process however that ends; who asks at it is told who has it.
 */
import { createHash } from "node:crypto";
import { rmSync, statSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFolder } from "@herd/shared/log-file";
import { z } from "zod";

/** What an agent runs as. */
export interface ClaimedNode {
  readonly nodeId: string;
  readonly dataDir: string;
}

/** Who has a claim, in its own words. */
export interface ClaimHolder {
  readonly pid: number;
  readonly routerUrl: string;
  /** Start, ISO 8601, UTC. */
  readonly since: string;
}

/** `free`: nobody had it, and it is ours until this process ends. `holder` is empty when the other did not answer. */
export type Claim =
  | { readonly kind: "free"; readonly release: () => void }
  | { readonly kind: "taken"; readonly holder: Partial<ClaimHolder> };

/** Longest that the holder is waited for, ms. */
const ANSWER_MS = 500;

/**
 * Claims a node id with its data folder for this process.
 * @throws the file system's error when the data folder cannot be made, or a socket there.
 */
export async function claimNode(node: ClaimedNode, own: ClaimHolder): Promise<Claim> {
  makeFolder(node.dataDir, 0o700);
  return claimAddress(claimAddressOf(node, process.platform), own);
}

/** Claims one address; what a dead process has left of a socket file there is removed. */
export async function claimAddress(address: string, own: ClaimHolder): Promise<Claim> {
  const first = await listen(address, own);
  if (first !== undefined) return freeClaim(first);
  const answer = await askHolder(address);
  if (answer.kind === "alive") return { kind: "taken", holder: answer.holder };
  rmSync(address, { force: true });
  const second = await listen(address, own);
  return second === undefined ? { kind: "taken", holder: {} } : freeClaim(second);
}

/** Where the claim stands: a name that the system forgets by itself where it has such names, else a socket file. */
export function claimAddressOf({ nodeId, dataDir }: ClaimedNode, platform: NodeJS.Platform): string {
  const { dev, ino } = statSync(dataDir, { bigint: true });
  const mark = createHash("sha256").update(`${dev}:${ino}\n${nodeId}`).digest("hex").slice(0, 16);
  if (platform === "linux") return `\0herd-node-${mark}`;
  if (platform === "win32") return `\\\\.\\pipe\\herd-node-${mark}`;
  const file = join(dataDir, `agent-${mark}.sock`);
  return file.length <= LONGEST_SOCKET_PATH ? file : join(tmpdir(), `herd-${mark}.sock`);
}

/** What the shortest limit of any system leaves, characters. */
const LONGEST_SOCKET_PATH = 100;

const freeClaim = (server: Server): Claim => ({ kind: "free", release: () => void server.close() });

/** undefined when somebody has the address. */
function listen(address: string, own: ClaimHolder): Promise<Server | undefined> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.end(JSON.stringify(own));
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    // It must not keep the process alive.
    server.listen(address, () => resolve(server.unref()));
  });
}

type HolderAnswer = { readonly kind: "alive"; readonly holder: Partial<ClaimHolder> } | { readonly kind: "dead" };

function askHolder(address: string): Promise<HolderAnswer> {
  return new Promise((resolve) => {
    const socket = connect(address);
    let text = "";
    const isAlive = (): void => {
      socket.destroy();
      resolve({ kind: "alive", holder: holderOf(text) });
    };
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    socket.setTimeout(ANSWER_MS, isAlive);
    socket.once("end", isAlive);
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED" || error.code === "ENOENT") resolve({ kind: "dead" });
      else isAlive();
    });
  });
}

const holderShape = z.object({ pid: z.int(), routerUrl: z.string(), since: z.string() }).partial();

/** Another version may say more or less. */
function holderOf(text: string): Partial<ClaimHolder> {
  try {
    const { pid, routerUrl, since } = holderShape.parse(JSON.parse(text));
    return {
      ...(pid === undefined ? {} : { pid }),
      ...(routerUrl === undefined ? {} : { routerUrl }),
      ...(since === undefined ? {} : { since }),
    };
  } catch {
    // It holds the claim all the same.
    return {};
  }
}
