import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { loadOrCreateIdentity } from "@herd/shared/link";
import { recogniseServer, whoHolds } from "@herd/shared/this-machine";
import type { OwnCommands } from "../../cli/own-commands.ts";
import { type ErrorCode, HerdError } from "../../domain/errors.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import { holderOf } from "../../storage/folder/folder-lock.ts";
import { folderInUse } from "./folder-in-use.ts";
import { freePortAfter } from "./free-port.ts";
import { type Advice, portTaken } from "./port-taken.ts";

/** What was to be started. */
export interface StartOrder {
  readonly settings: Pick<RouterSettings, "host" | "port" | "dataDir">;
  readonly withAgent: boolean;
  readonly commands: OwnCommands;
}

/** Why a start was not possible, as a person reads it, and the exit code. */
export interface StartProblem {
  readonly text: string;
  readonly exitCode: number;
}

const EXIT_CODES: Partial<Record<ErrorCode, number>> = {
  HERD_BAD_SETTING: 2,
  HERD_PORT_TAKEN: 3,
  HERD_FOLDER_IN_USE: 4,
  HERD_DATA_FOLDER: 4,
  HERD_DATABASE_NEWER: 4,
};

/** Finds out what there is to say about a failed start. @throws the error itself when it is none of the catalogue. */
export async function startProblem(error: unknown, order: StartOrder): Promise<StartProblem> {
  if (!(error instanceof HerdError)) throw error;
  const { problem, fixes, isRunningAlready = false } = await adviceFor(error, order);
  const lines = [`herd: ${problem}`, ...fixes.map((fix) => `      ${fix}`)];
  return { text: `${lines.join("\n")}\n`, exitCode: isRunningAlready ? 3 : (EXIT_CODES[error.code] ?? 1) };
}

async function adviceFor(error: HerdError, { settings, withAgent, commands }: StartOrder): Promise<Advice> {
  const { host, port, dataDir } = settings;
  if (error.code === "HERD_PORT_TAKEN") {
    const [holding, freePort] = await Promise.all([whoHolds({ port, host }), freePortAfter(port, host)]);
    return portTaken({ port, holding, freePort, commands, withAgent });
  }
  if (error.code === "HERD_FOLDER_IN_USE") {
    const holder = holderOf(dataDir);
    const isHere = holder.machine === undefined || holder.machine === hostname();
    const version = isHere ? await versionAt(holder.port, dataDir) : undefined;
    const freePort = await freePortAfter(holder.port ?? port, host);
    const advice = folderInUse({ dataDir, holder, isHere, version, freePort, commands, withAgent, now: Date.now() });
    // The very same start as before: its port is the one that is taken.
    return { ...advice, isRunningAlready: isHere && holder.port === port };
  }
  return { problem: error.message, fixes: [error.entry.hint] };
}

const ANSWER_MS = 1_000;

/** The version of the router that answers on a port with the key of this folder; undefined when none does. */
async function versionAt(port: number | undefined, dataDir: string): Promise<string | undefined> {
  const keyFile = join(dataDir, "router-key.pem");
  if (port === undefined || port === 0 || !existsSync(keyFile)) return undefined;
  const server = await recogniseServer({ origin: `http://127.0.0.1:${port}`, withinMs: ANSWER_MS });
  return server?.publicKey === keyIn(keyFile) ? server?.version : undefined;
}

function keyIn(file: string): string | undefined {
  try {
    return loadOrCreateIdentity(file).publicKey;
  } catch {
    // A key that cannot be read tells nothing; its own router complains about it.
    return undefined;
  }
}
