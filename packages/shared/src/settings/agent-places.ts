import { baseUrlSetting } from "./kinds/base-url-setting.ts";
import { textSetting } from "./kinds/text-settings.ts";

/**
 * The agent's settings that the router of the same machine must know before the agent has said anything: declared once, so
 * that both find the same Ollama and the same folder.
 */
export const agentPlaces = {
  ollamaHost: baseUrlSetting({
    meaning: "Where the Ollama of this machine listens; every form of OLLAMA_HOST is accepted.",
    flag: "--ollama-host <url>",
    default: "http://localhost:11434",
    defaultPort: 11434,
    example: "http://localhost:11434",
  }),
  dataDir: textSetting({
    meaning: "Folder for the agent's key and logs; ~ is the home folder.",
    flag: "--data-dir <path>",
    default: "~/.fleet-manager",
    pattern: /\S/,
    expected: "a folder",
  }),
};
