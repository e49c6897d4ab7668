import { type JsonNode, parseJson } from "../json/parse-json.ts";
import type { LibraryModel } from "./library.ts";

/** The options that a model brings along, in the form in which requests give theirs. */
export function parameterMembers(model: LibraryModel): readonly { readonly name: string; readonly value: JsonNode }[] {
  const parsed = parseJson(Buffer.from(JSON.stringify(model.parameters)));
  return parsed.ok && parsed.node.kind === "object" ? parsed.node.members : [];
}
