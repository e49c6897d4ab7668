import type { ProbeReport } from "./take-probe.ts";

/** A model that every machine can run, for those who have none. */
const FIRST_MODEL = "gemma3:1b";

/** What keeps this machine from being of use, each with its fix. */
export function probeWarnings(report: ProbeReport): readonly string[] {
  return [...ollamaWarnings(report), ...serverWarnings(report), ...gatewayWarnings(report)];
}

/** Where another server is lent, nobody needs an Ollama. */
function ollamaWarnings({ heartbeat, ollama, servers }: ProbeReport): readonly string[] {
  if (servers.some(({ state }) => state.isReachable)) return [];
  const { ollama_host: host = "" } = heartbeat;
  if (!ollama.isReachable) {
    return [
      `no Ollama answers at ${host} (${ollama.error}). Fix: start it (ollama serve), get it from https://ollama.com/download, or say where it is with --ollama-host`,
    ];
  }
  if (ollama.inventory.names.length > 0) return [];
  const { host: place, port } = new URL(host);
  const pull = `${port === "11434" ? "" : `OLLAMA_HOST=${place} `}ollama pull ${FIRST_MODEL}`;
  return [`Ollama has no model yet. Fix: ${pull}`];
}

function serverWarnings({ servers }: ProbeReport): readonly string[] {
  return servers.flatMap(({ place: { url }, state }) => {
    if (state.isReachable) return [];
    return [`no server can be used at ${url} (${state.error}). Fix: start it, or leave out its --backend`];
  });
}

function gatewayWarnings({ gateway }: ProbeReport): readonly string[] {
  if (gateway.kind !== "taken" && gateway.kind !== "closed") return [];
  const why = gateway.kind === "taken" ? `is taken by ${gateway.holder}` : `cannot be opened (${gateway.why})`;
  return [
    `the gateway's port ${why}: a router on another machine could not use what this one lends. Fix: stop that program, or take another --gateway-port`,
  ];
}
