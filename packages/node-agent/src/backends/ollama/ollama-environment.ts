import { homedir } from "node:os";
import { join } from "node:path";

/** Variables of a process by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How Ollama was started, as far as its environment tells. */
export interface OllamaStart {
  /** OLLAMA_NUM_PARALLEL; 0 unknown. */
  readonly numParallel: number;
  /** OLLAMA_MAX_LOADED_MODELS; 0 unknown. */
  readonly maxLoadedModels: number;
  /** Folders in which the models may lie, likeliest first. */
  readonly modelsFolders: readonly string[];
}

/** Where Ollama's Linux package lets its own user keep the models. */
const LINUX_PACKAGE_FOLDER = "/usr/share/ollama/.ollama/models";

/**
 * @param environment of the process that serves Ollama's port; undefined when it may not be read.
 * @param own the agent's own variables, which count only in that case.
 */
export function ollamaStartOf(environment: Environment | undefined, own: Environment): OllamaStart {
  const known = environment ?? own;
  const home = known["HOME"] ?? homedir();
  return {
    numParallel: countOf(known["OLLAMA_NUM_PARALLEL"]),
    maxLoadedModels: countOf(known["OLLAMA_MAX_LOADED_MODELS"]),
    modelsFolders: [known["OLLAMA_MODELS"] ?? "", join(home, ".ollama", "models"), LINUX_PACKAGE_FOLDER].filter(
      (folder) => folder !== "",
    ),
  };
}

/** Reads `NAME=value` texts divided by NUL, as Linux shows a process's environment. */
export function parseEnvironment(text: string): Environment {
  const pairs = text.split("\0").flatMap((line) => {
    const split = line.indexOf("=");
    return split < 1 ? [] : [[line.slice(0, split), line.slice(split + 1)]];
  });
  return Object.fromEntries(pairs);
}

/** Ollama itself trims blanks and quotes and ignores what is no number. */
function countOf(value: string | undefined): number {
  const text = value?.trim().replace(/^["']|["']$/g, "") ?? "";
  return /^\d{1,6}$/.test(text) ? Number(text) : 0;
}
