import { countOf, cutText } from "@herd/shared/terminal";
import type { OllamaSight, SeenTool } from "@herd/shared/this-machine";
import { labelled, type Page } from "./lines.ts";

/** What was looked at on this machine. */
export interface FoundHere {
  readonly ollama: OllamaSight;
  /** Where that Ollama was looked for. */
  readonly ollamaUrl: string;
  /** The command that starts an agent here; undefined when one is being started. */
  readonly agentCommand: string | undefined;
}

/** A small model that every machine can run, for those who have none. */
const FIRST_MODEL = "gemma3:1b";

/** What was found where this machine's Ollama is to be, and how to get what is missing. */
export function foundLines(found: FoundHere, page: Page): string {
  const { ollama, ollamaUrl, agentCommand } = found;
  switch (ollama.kind) {
    case "nobody":
      return agentCommand === undefined ? labelled("Found", [`no Ollama at ${ollamaUrl}`, HOW_TO_GET_ONE], page) : "";
    case "other":
      return agentCommand === undefined ? labelled("Found", [`a program at ${ollamaUrl} that is no Ollama`], page) : "";
    case "ollama": {
      const what = ollamaWords(ollama);
      if (agentCommand !== undefined)
        return labelled("Found", [what, "not used: no agent runs here. With one:", { command: agentCommand }], page);
      return labelled(
        "Found",
        ollama.modelCount > 0 ? [what] : [`${what}. Get one:`, { command: pullCommand(ollamaUrl) }],
        page,
      );
    }
  }
}

const HOW_TO_GET_ONE = "start it (ollama serve), or get it: https://ollama.com/download";

const MOST_NAMED = 3;
const LONGEST_NAME = 40;

function ollamaWords({ version, modelCount, loaded }: Extract<OllamaSight, { kind: "ollama" }>): string {
  const name = version === undefined ? "Ollama" : `Ollama ${version}`;
  if (modelCount === 0) return `${name} without a model`;
  const named = loaded.slice(0, MOST_NAMED).map((model) => cutText(model, LONGEST_NAME));
  const more = loaded.length > MOST_NAMED ? ` and ${loaded.length - MOST_NAMED} more` : "";
  const memory = loaded.length === 0 ? "none in memory" : `in memory: ${named.join(", ")}${more}`;
  return `${name} with ${countOf(modelCount, "model")}, ${memory}`;
}

/** The command that brings a first model, to the Ollama that was found. */
function pullCommand(ollamaUrl: string): string {
  const { host, port } = new URL(ollamaUrl);
  return `${port === "11434" ? "" : `OLLAMA_HOST=${host} `}ollama pull ${FIRST_MODEL}`;
}

/** Programs that answer on loopback ports and are not part of the fleet. */
export function toolLines(tools: readonly SeenTool[], page: Page): string {
  if (tools.length === 0) return "";
  return labelled("Also here", [`${tools.map(toolWords).join(", ")}: seen, not used yet`], page);
}

const toolWords = ({ name, version, port }: SeenTool): string =>
  `${name}${version === undefined ? "" : ` ${version}`} (port ${port})`;
