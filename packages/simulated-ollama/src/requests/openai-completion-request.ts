/** Translates the body of `/v1/completions` into the fields of a native generate, as Ollama's own middleware does. */
import type { GenerateFields } from "../inference/prepare-generate.ts";
import { bool, type Decoded, float32, int, raw, struct, text } from "../json/go-type.ts";
import type { JsonMember, JsonNode } from "../json/parse-json.ts";

/** The body, as far as 0.24 reads it. */
export const openaiCompletionRequest = struct("openai.CompletionRequest", {
  model: text,
  prompt: text,
  frequency_penalty: float32,
  max_tokens: int,
  presence_penalty: float32,
  seed: int,
  stop: raw,
  stream: bool,
  stream_options: struct("openai.StreamOptions", { include_usage: bool }),
  temperature: float32,
  top_p: float32,
  suffix: text,
  logprobs: int,
  _debug_render_only: bool,
});

type CompletionBody = NonNullable<ReturnType<(typeof openaiCompletionRequest)["decode"]>>;

/** The fields, or the text of the 400. */
export function readOpenaiCompletion(body: CompletionBody): Decoded<GenerateFields> {
  const stops = readStops(body.stop);
  if (!stops.ok) return stops;
  const members: JsonMember[] = [];
  const number = (name: string, value: number | undefined) => {
    if (value !== undefined) members.push({ name, value: { kind: "number", text: String(value) } });
  };
  number("num_predict", body.max_tokens);
  number("seed", body.seed);
  if (stops.value !== undefined) members.push({ name: "stop", value: stops.value });
  // The odds are computed but this dialect has no place for them.
  const top_logprobs = body.logprobs ?? 0;
  const fields: GenerateFields = {
    ...texts(body),
    stream: body.stream ?? false,
    options: { kind: "object", members },
    logprobs: top_logprobs > 0,
    top_logprobs: Math.max(0, top_logprobs),
    _debug_render_only: body._debug_render_only ?? false,
  };
  return { ok: true, value: fields };
}

function texts({ model = "", prompt = "", suffix = "" }: CompletionBody) {
  return { model, prompt, suffix };
}

/** One text or texts; any other kind of value is ignored. */
function readStops(stop: JsonNode | undefined): Decoded<JsonNode | undefined> {
  if (stop?.kind === "string") return { ok: true, value: { kind: "array", items: [stop] } };
  if (stop?.kind !== "array") return { ok: true, value: undefined };
  const wrong = stop.items.find((item) => item.kind !== "string");
  if (wrong === undefined) return { ok: true, value: stop };
  return { ok: false, error: `invalid type for 'stop' field: ${goTypeNames[wrong.kind]}` };
}

/** What Go prints as the type of a value that was read without a type in mind. */
const goTypeNames: Record<JsonNode["kind"], string> = {
  null: "<nil>",
  bool: "bool",
  number: "float64",
  string: "string",
  array: "[]interface {}",
  object: "map[string]interface {}",
};
