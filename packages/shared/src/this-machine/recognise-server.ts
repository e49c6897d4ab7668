import { type AskServer, createAskServer, type ServerAnswer } from "./ask-server.ts";
import type { KnownServer, ServerKind, ServerMarks } from "./known-server.ts";
import { routerServers } from "./router-servers.ts";
import { toolServers } from "./tool-servers.ts";

/** A program that was told apart by its answers. */
export interface RecognisedServer extends ServerMarks {
  readonly kind: ServerKind;
  readonly name: string;
}

/** Which server is meant, and among which programs it is sought. */
export interface Recognition {
  /** For example `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** Longest time for an answer, ms; all are asked for at once. */
  readonly withinMs: number;
  /** Default: every known one. */
  readonly among?: readonly KnownServer[];
}

const everyone: readonly KnownServer[] = [...routerServers, ...toolServers];

/** Tells which program serves an origin, by its answers alone; undefined when it is none that is known. Never rejects. */
export async function recogniseServer({
  origin,
  withinMs,
  among = everyone,
}: Recognition): Promise<RecognisedServer | undefined> {
  const answers = await answersOf(createAskServer({ origin, withinMs }), among);
  for (const { kind, name, paths, marksIn } of among) {
    const marks = marksIn(paths.map((path) => answers.get(path)));
    if (marks !== undefined) return { kind, name, ...marks };
  }
  return undefined;
}

/** Each path is asked once, whoever wants to know. */
async function answersOf(
  ask: AskServer,
  servers: readonly KnownServer[],
): Promise<ReadonlyMap<string, ServerAnswer | undefined>> {
  const paths = [...new Set(servers.flatMap((server) => server.paths))];
  return new Map(await Promise.all(paths.map(async (path) => [path, await ask(path)] as const)));
}
