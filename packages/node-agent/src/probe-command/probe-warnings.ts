import type { ProbeReport } from "./take-probe.ts";

/** A model that every machine can run, for those who have none. */
const FIRST_MODEL = "gemma3:1b";

/** What keeps this machine from being of use, each with its fix. */
export function probeWarnings({ heartbeat, ollama, gateway }: ProbeReport): readonly string[] {
  const { ollama_host: host = "" } = heartbeat;
  const warnings: string[] = [];
  if (!ollama.isReachable) {
    warnings.push(
      `no Ollama answers at ${host} (${ollama.error}). Fix: start it (ollama serve), get it from https://ollama.com/download, or say where it is with --ollama-host`,
    );
  } else if (ollama.inventory.names.length === 0) {
    const { host: place, port } = new URL(host);
    const pull = `${port === "11434" ? "" : `OLLAMA_HOST=${place} `}ollama pull ${FIRST_MODEL}`;
    warnings.push(`Ollama has no model yet. Fix: ${pull}`);
  }
  if (gateway.kind === "taken" || gateway.kind === "closed") {
    const why = gateway.kind === "taken" ? `is taken by ${gateway.holder}` : `cannot be opened (${gateway.why})`;
    warnings.push(
      `the gateway's port ${why}: a router on another machine could not use this Ollama. Fix: stop that program, or take another --gateway-port`,
    );
  }
  return warnings;
}
