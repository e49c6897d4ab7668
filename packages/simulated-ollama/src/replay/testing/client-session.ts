import { readdirSync, readFileSync } from "node:fs";

/** The requests of one real client, in their order. */
export interface ClientSession {
  readonly client: string;
  readonly version: string;
  readonly requests: readonly ClientRequest[];
}

/** One of its requests, exactly as it came. */
export interface ClientRequest {
  /** What the client was told to do. */
  readonly step: string;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string | null;
}

/** All recorded sessions. */
export function readSessions(): readonly ClientSession[] {
  const folder = new URL("../../../fixtures/clients/", import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as ClientSession);
}
