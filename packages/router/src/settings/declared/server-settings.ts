import { choiceSetting, numberSetting, textSetting, wholeNumberSetting } from "@herd/shared";

const LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] as const;

/** Where the router listens, where it keeps its files, and what it holds in memory at most. */
export const serverSettings = {
  host: textSetting({
    meaning: "Address the router listens on; 0.0.0.0 is every IPv4 address of this machine.",
    flag: "--host <address>",
    default: "0.0.0.0",
    pattern: /^[\w.:%-]+$/,
    expected: "an IP address or host name",
  }),
  port: wholeNumberSetting({
    meaning: "Port the router listens on; 0 takes a free one.",
    flag: "--port <n>",
    default: 11435,
    min: 0,
    max: 65_535,
  }),
  dataDir: textSetting({
    meaning: "Folder for the database, the logs and the keys; ~ is the home folder.",
    flag: "--data-dir <path>",
    default: "~/.fleet-manager",
    pattern: /\S/,
    expected: "a folder",
  }),
  logLevel: choiceSetting({
    meaning: "Least severe level written to logs/herd.jsonl; the flag sets the level of the terminal, too.",
    flag: "--log-level <level>",
    choices: LOG_LEVELS,
    default: "INFO",
  }),
  consoleLogLevel: choiceSetting({
    meaning: "Least severe level printed to the terminal.",
    flag: "--log-level <level>",
    choices: LOG_LEVELS,
    default: "INFO",
  }),
  maxBodyMb: wholeNumberSetting({
    meaning: "Largest request body; a larger one gets 413. Uploads of model files are streamed and exempt.",
    unit: "MiB",
    default: 256,
    min: 1,
    max: 65_536,
    isLive: true,
  }),
  maxHeldMb: wholeNumberSetting({
    meaning: "Request bodies held in memory at one time; beyond it 503 before the body is read.",
    unit: "MiB",
    default: 1024,
    min: 1,
    max: 1_048_576,
    isLive: true,
  }),
  drainTimeoutS: numberSetting({
    meaning: "How long a stopping router lets running replies finish before it cuts them.",
    unit: "seconds",
    default: 30,
    min: 0,
    max: 3600,
    isLive: true,
  }),
  clientStallS: numberSetting({
    meaning: "A client that takes nothing of its answer for so long is ended, so that its node is free again.",
    unit: "seconds",
    default: 300,
    min: 1,
    max: 86_400,
    isLive: true,
  }),
};
