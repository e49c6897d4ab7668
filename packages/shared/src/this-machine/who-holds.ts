import { harmlessText, spanOf } from "../terminal/index.ts";
import { findPortHolder } from "./holder/find-port-holder.ts";
import type { PortHolder } from "./holder/port-holder.ts";
import { type RecognisedServer, recogniseServer } from "./recognise-server.ts";

/** Who has a port: what answers there, and the process that listens. Each is undefined where it cannot be told. */
export interface PortHolding {
  readonly server: RecognisedServer | undefined;
  readonly holder: PortHolder | undefined;
}

/** Which port is taken. */
export interface TakenPort {
  readonly port: number;
  /** What was to be listened on: an address, or one that stands for all of this machine. */
  readonly host: string;
}

const ANSWER_MS = 800;
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/** Finds out who has a port of this machine. Never rejects. */
export async function whoHolds({ port, host }: TakenPort): Promise<PortHolding> {
  const isAny = host === "0.0.0.0" || host === "::" || host === "localhost";
  const name = isAny ? "127.0.0.1" : host;
  const origin = name.includes(":") ? `http://[${name}]:${port}` : `http://${name}:${port}`;
  const [server, holder] = await Promise.all([
    recogniseServer({ origin, withinMs: ANSWER_MS }),
    findPortHolder({ port, ...(IPV4.test(name) && !isAny ? { address: name } : {}) }),
  ]);
  return { server, holder };
}

/** `Ollama 0.24.0 (process 4711, running for 2 h)`; for a program that is not known, its command line. */
export function holderWords({ server, holder }: PortHolding): string {
  if (server === undefined && holder === undefined) return "a program that does not say what it is";
  const facts = holder === undefined ? [] : factsOf(holder, server === undefined);
  const name = server === undefined ? harmlessText(holder?.program ?? "") : nameOf(server, holder);
  return facts.length === 0 ? name : `${name} (${facts.join(", ")})`;
}

const LONGEST_COMMAND = 60;

function factsOf({ pid, command, runningS }: PortHolder, isUnknown: boolean): readonly string[] {
  const whole = isUnknown ? harmlessText(command ?? "") : "";
  const shown = whole.length > LONGEST_COMMAND ? `${whole.slice(0, LONGEST_COMMAND - 1)}…` : whole;
  const age = runningS === undefined ? "" : `running for ${spanOf(runningS)}`;
  return [`process ${pid}`, shown, age].filter((fact) => fact !== "");
}

/** A process may tell more exactly which one of its kind answers. */
function nameOf({ kind, name, version }: RecognisedServer, holder: PortHolder | undefined): string {
  if (kind === "ollama-proxy" && /^ollamamq$/i.test(holder?.program ?? "")) return "ollamaMQ";
  const named = [kind === "herd" ? "a herd router" : name, version ?? ""].join(" ").trim();
  return kind === "herd-predecessor" ? `${named}, the predecessor in Python` : named;
}
