import { existsSync } from "node:fs";
import type { OllamaStart } from "./ollama-environment.ts";

/** Folder of the models of an Ollama that was started so; undefined while none of the likely ones is known to exist. */
export const modelsFolderOf = ({ modelsFolders }: OllamaStart): string | undefined =>
  modelsFolders.find((folder) => existsSync(folder));
