import { parseModelName } from "../../domain/model-name.ts";
import type { BodyFacts } from "../../domain/request.ts";
import { refuseName, refuseUnreadable } from "../openai/refuse.ts";
import type { Refusal } from "../reading/read-result.ts";
import type { Form, FormProblem } from "./multipart/form-scanner.ts";

/** What reading a form gave. */
export type FormReading =
  | { readonly refusal: undefined; readonly facts: BodyFacts; readonly edits: readonly [] }
  | { readonly refusal: Refusal };

/** Fields by which a value means the same as its absence, and which Ollama passes over otherwise. */
const IGNORED: Readonly<Record<string, RegExp>> = {
  response_format: /^(json|text)?$/,
  stream: /^(false)?$/i,
  temperature: /^(0(\.0*)?)?$/,
  timestamp_granularities: /^$/,
  "timestamp_granularities[]": /^$/,
  "include[]": /^$/,
  chunking_strategy: /^$/,
};

/** Every field that is looked at. */
export const READ_FIELDS: ReadonlySet<string> = new Set([
  "model",
  "file",
  "language",
  "prompt",
  ...Object.keys(IGNORED),
]);

/** Turns a form into facts, or into Ollama's refusal: of the form, the model, the file, in this order. */
export function readTranscription(form: Form | FormProblem, query: URLSearchParams): FormReading {
  if (form.problem !== undefined) return refused(`failed to parse multipart form: ${form.problem}`);
  const textOf = (name: string): string => query.get(name) ?? form.fields.get(name)?.text ?? "";
  const model = textOf("model");
  if (model === "") return refused("model is required");
  const fileBytes = form.files.get("file");
  if (fileBytes === undefined) return refused("file is required: http: no such file");
  if (fileBytes === 0) return refused("audio file is empty");
  const name = parseModelName(model);
  if (name.kind !== "name") return { refusal: refuseName(name, refuseUnreadable("model is required")) };
  const place = query.has("model") ? undefined : form.fields.get("model")?.range;
  return {
    refusal: undefined,
    edits: [],
    facts: {
      ...NOTHING_ASKED,
      model,
      // A name in the query has no place in the body: whatever is written behind the form's end is read by nobody.
      modelRange: place ?? { start: form.length, end: form.length },
      promptCharacters: textOf("language").length + textOf("prompt").length,
      ignored: Object.keys(IGNORED).filter((field) => IGNORED[field]?.test(textOf(field)) === false),
    },
  };
}

const refused = (message: string): FormReading => ({ refusal: refuseUnreadable(message) });

/** What no form can ask for. */
const NOTHING_ASKED: Omit<BodyFacts, "model" | "modelRange"> = {
  kind: "transcribe",
  modelForm: "text",
  isStream: false,
  needed: ["audio"],
  promptCharacters: 0,
  imageCount: 0,
  numCtx: undefined,
  loadOptions: "",
  outputLimit: undefined,
  keepAlive: "absent",
  tags: [],
  user: undefined,
  fallbackModels: [],
  ignored: [],
};
