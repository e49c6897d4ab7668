import {
  agentPlaces,
  baseUrlSetting,
  choiceSetting,
  declareSettings,
  listSetting,
  numberSetting,
  textSetting,
  wholeNumberSetting,
} from "@herd/shared";
import type { z } from "zod";
import { backendUrl } from "./backend-url.ts";
import { ignoredNames, laterNames } from "./unused-names.ts";

const LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] as const;

const agentShape = {
  nodeId: textSetting({
    meaning: "Name under which this machine reports; unique in the fleet.",
    flag: "--node-id <name>",
    default: "",
    defaultText: "the host name",
    example: "mac-mini",
    pattern: /^[\x21-\x7e]{1,128}$/,
    expected: "a name of 1 to 128 printable ASCII characters without blanks",
  }),
  ollamaHost: agentPlaces.ollamaHost,
  backends: listSetting({
    meaning:
      "Further inference servers with OpenAI's API on this machine or its network (llama-server, vLLM, LM Studio, mlx_lm.server); the flag may stand more than once.",
    flag: "--backend <url>",
    items: "URLs of inference servers",
    item: backendUrl,
    default: [],
    example: "http://127.0.0.1:8080,http://127.0.0.1:1234",
  }),
  routerUrl: baseUrlSetting({
    meaning: "The router to report to; without it the agent looks for one by mDNS.",
    flag: "--router-url <url>",
    default: "",
    defaultText: "found by mDNS",
    defaultPort: 11435,
    example: "http://router:11435",
  }),
  mdnsType: textSetting({
    meaning: "Type of mDNS under which routers are looked for.",
    aliases: ["FLEET_NODE_MDNS_SERVICE_TYPE"],
    default: "_fleet-manager._tcp.local.",
    pattern: /^_[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?\._(?:tcp|udp)\.local\.?$/i,
    expected: "a type such as _fleet-manager._tcp.local., its first part at most 15 letters, digits and hyphens",
  }),
  heartbeatInterval: numberSetting({
    meaning: "Time between two heartbeats.",
    unit: "seconds",
    default: 5,
    min: 0.05,
    max: 3600,
  }),
  gatewayPort: wholeNumberSetting({
    meaning: "Port through which the router reaches the Ollama of this machine; 0 takes a free one.",
    flag: "--gateway-port <n>",
    default: 11433,
    min: 0,
    max: 65_535,
  }),
  gatewayHost: textSetting({
    meaning: "Address that port listens on; 0.0.0.0 is every IPv4 address of this machine.",
    default: "0.0.0.0",
    pattern: /^[\w.:%-]+$/,
    expected: "an IP address or host name",
  }),
  dataDir: agentPlaces.dataDir,
  logLevel: choiceSetting({
    meaning: "Least severe level written to logs/herd-node.jsonl; the flag sets the level of the terminal, too.",
    flag: "--log-level <level>",
    aliases: ["FLEET_LOG_LEVEL"],
    choices: LOG_LEVELS,
    default: "INFO",
  }),
  consoleLogLevel: choiceSetting({
    meaning: "Least severe level printed to the terminal.",
    flag: "--log-level <level>",
    aliases: ["FLEET_CONSOLE_LOG_LEVEL"],
    choices: LOG_LEVELS,
    default: "INFO",
  }),
};

/**
 * Every setting of the agent, declared once: types, defaults, flags, environment names, keys of the config file and the reference page
 * follow from here. The agent shares the config file with the router and keeps its settings in the member `node`. Ollama's own variable
 * OLLAMA_HOST is not read: it often names the router, for the `ollama` command, and an agent must never report the router as its backend.
 */
export const agentSettings = declareSettings({
  program: "herd-node",
  prefix: "FLEET_NODE_",
  foreignPrefixes: [],
  section: { name: "node", alsoOutside: ["data_dir", "heartbeat_interval", "log_level", "console_log_level"] },
  foreignSections: [],
  shape: agentShape,
  ascending: [],
  later: laterNames,
  ignored: ignoredNames,
});

/** The agent's settings as plain frozen values, in the units of their declaration. */
export type AgentSettings = z.output<typeof agentSettings.schema>;
