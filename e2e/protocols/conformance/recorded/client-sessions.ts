import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Scenario, Step } from "../steps/step.ts";
import type { Pairs } from "../wire/message.ts";
import { jsonFilesOf } from "./recorded-exchange.ts";

/** The requests of one real client, as its file has them; see the README beside the recordings. */
interface SessionFile {
  readonly client: string;
  readonly version: string;
  readonly requests: readonly {
    readonly step: string;
    readonly method: string;
    readonly path: string;
    readonly headers: Pairs;
    readonly body?: string | null;
  }[];
}

const ownSessions = fileURLToPath(new URL("../../../../packages/simulated-ollama/fixtures/clients/", import.meta.url));

/** The recorded sessions of the clients, each as a scenario: the same requests, in the same order. */
export function clientSessions(folder: string = ownSessions): readonly Scenario[] {
  return jsonFilesOf(folder)
    .map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as SessionFile)
    .map(({ client, version, requests }) => ({
      isChanging: true,
      steps: requests.map((request, index) => stepOf(`${client} ${version}`, request, index)),
    }));
}

function stepOf(
  client: string,
  { step, method, path, headers, body }: SessionFile["requests"][number],
  index: number,
): Step {
  const framing = new Set(["content-length", "transfer-encoding", "expect", "host", "connection"]);
  const kept = headers.filter(([name]) => !framing.has(name.toLowerCase()));
  const bytes = Buffer.from(whole(body ?? ""));
  return {
    route: `${method} ${path}`,
    name: `${client}, ${index + 1}: ${step}`,
    request: () => ({ method, path, headers: kept, ...(bytes.length > 0 ? { body: bytes } : {}) }),
  };
}

/** The recorder cut bodies of blanks: what stood behind them closed the object. */
const whole = (body: string): string => (/^\{[^}]*$/.test(body) ? `${body}}` : body);
