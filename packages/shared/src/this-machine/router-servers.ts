import { field, text, versionIn } from "./answer-fields.ts";
import type { KnownServer } from "./known-server.ts";

const LIVENESS_OF_OLLAMA = "Ollama is running";

/** Programs that stand where Herd stands, or behind it; those that pass calls on to others come before these. */
export const routerServers: readonly KnownServer[] = [
  {
    kind: "herd",
    name: "herd",
    ports: [11435],
    paths: ["/fleet/identity"],
    marksIn: ([identity]) =>
      field(identity, "product") === "herd"
        ? { version: text(field(identity, "router_version")), publicKey: text(field(identity, "public_key")) }
        : undefined,
  },
  {
    kind: "herd-gateway",
    name: "herd-node",
    ports: [11433],
    paths: ["/"],
    marksIn: ([root]) => (root !== undefined && root.gateway !== "" ? {} : undefined),
  },
  {
    kind: "herd-predecessor",
    name: "ollama-herd",
    ports: [11435],
    paths: ["/api/version"],
    marksIn: ([version]) => versionIn(field(version, "herd_version")),
  },
  {
    kind: "ollama-proxy",
    name: "Olla",
    ports: [40_114],
    paths: ["/version"],
    marksIn: ([version]) =>
      String(field(version, "name")).toLowerCase() === "olla"
        ? { version: text(field(version, "version")) }
        : undefined,
  },
  {
    kind: "ollama-proxy",
    name: "LiteLLM",
    ports: [4000],
    paths: ["/health/liveliness"],
    marksIn: ([liveliness]) => (liveliness?.status === 200 && liveliness.json === "I'm alive!" ? {} : undefined),
  },
  {
    kind: "ollama-proxy",
    name: "a queue in front of Ollama, such as ollamaMQ",
    ports: [11435],
    paths: ["/", "/health"],
    // Ollama itself has no such route.
    marksIn: ([root, health]) =>
      root?.text === LIVENESS_OF_OLLAMA && health?.status === 200 && health.text === "OK" ? {} : undefined,
  },
  {
    kind: "ollama",
    name: "Ollama",
    ports: [11434],
    paths: ["/", "/api/version"],
    marksIn: ([root, version]) =>
      root?.text === LIVENESS_OF_OLLAMA ? { version: text(field(version, "version")) } : undefined,
  },
];
