import { OLLAMA_PATH } from "../agent/compose-heartbeat.ts";
import type { RouterPeer } from "../agent/membership.ts";
import type { ServerPlace } from "../backends/openai-compatible/server-place.ts";
import type { Logs } from "../log/create-logs.ts";
import type { AgentSettings } from "../settings/settings.ts";
import type { GatewayBackend } from "./backend-routes.ts";
import { type Gateway, openGateway } from "./gateway.ts";
import { createGatewayVoice } from "./gateway-voice.ts";

/** What opening the port needs. */
export interface LendingDependencies {
  readonly logs: Logs;
  readonly monotonic: () => number;
  /** The agent's clock, Unix epoch ms. */
  readonly now: () => number;
  readonly peers: () => readonly RouterPeer[];
  /** Servers with OpenAI's API that are lent beside Ollama. */
  readonly places: readonly ServerPlace[];
}

/**
 * Opens the port that leads to the Ollama and to each further server of this machine. Resolves when it is open, or known to
 * be blocked: the first heartbeat is to state it.
 */
export async function openLendingGateway(
  { gatewayHost: host, gatewayPort: port, ollamaHost }: AgentSettings,
  { logs, monotonic, now, peers, places }: LendingDependencies,
): Promise<Gateway> {
  const names = { [OLLAMA_PATH]: "Ollama", ...Object.fromEntries(places.map(({ path, url }) => [path, url])) };
  const voice = createGatewayVoice({ log: logs("gateway"), host, port, names, monotonic });
  const settled = Promise.withResolvers<void>();
  const gateway = openGateway({
    ...{ host, port, peers, now, backends: backendsOf(ollamaHost, places) },
    ...voice,
    onOpen: (openPort) => {
      voice.onOpen(openPort);
      settled.resolve();
    },
    onBlocked: (error) => {
      voice.onBlocked(error);
      settled.resolve();
    },
  });
  await settled.promise;
  return gateway;
}

/** Of Ollama all is lent; of other servers what OpenAI's API has, since some take orders beside it (slots, sleep, models). */
function backendsOf(ollamaHost: string, places: readonly ServerPlace[]): Readonly<Record<string, GatewayBackend>> {
  const servers = places.map(({ path, url }) => [path, { url, within: "/v1/" }] as const);
  return { [OLLAMA_PATH]: { url: new URL(ollamaHost).origin, within: "/" }, ...Object.fromEntries(servers) };
}
