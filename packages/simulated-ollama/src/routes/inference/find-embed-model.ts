import type { Library, LibraryModel } from "../../models/library.ts";
import { cloudHint, parseModelName } from "../../models/model-name.ts";

/** The model, or the refusal in the words of the routes for vectors. */
export type FoundEmbedModel =
  | { readonly ok: true; readonly model: LibraryModel }
  | { readonly ok: false; readonly status: number; readonly text: string };

/** Checks the name, then the input, then whether the model is there. */
export function findEmbedModel(name: string, isInputRight: boolean, library: Library): FoundEmbedModel {
  switch (cloudHint(name)) {
    case "both":
      return refuse(400, `use either :local or :cloud, not both: ${JSON.stringify(name)}`);
    case "cloud":
      return refuse(403, "ollama cloud is disabled: remote model is unavailable");
    case "local":
    case "none":
  }
  if (name.trim() === "") return refuse(404, `model '${name}' not found`);
  if (parseModelName(name) === undefined) return refuse(400, "invalid model name");
  if (!isInputRight) return refuse(400, "invalid input type");
  const model = library.find(name);
  if (model !== undefined) return { ok: true, model };
  return refuse(404, `model ${JSON.stringify(name)} not found, try pulling it first`);
}

function refuse(status: number, text: string): FoundEmbedModel {
  return { ok: false, status, text };
}
