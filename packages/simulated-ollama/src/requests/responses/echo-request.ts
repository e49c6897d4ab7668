import type { EchoedFormat, EchoedTool, ResponseEcho } from "../../dialects/responses/response-echo.ts";
import { toPlain } from "../../json/parse-json.ts";
import type { ResponsesBody } from "./responses-request.ts";

/** What the response objects say again of the request, with the defaults of what it leaves out. */
export function echoRequest(body: ResponsesBody): ResponseEcho {
  return {
    model: body.model ?? "",
    instructions: body.instructions || null,
    tools: (body.tools ?? []).map(echoTool),
    format: echoFormat(body),
    reasoning: echoReasoning(body),
    truncation: body.truncation ?? "disabled",
    temperature: body.temperature ?? 1,
    topP: body.top_p ?? 1,
    maxOutputTokens: body.max_output_tokens ?? null,
    background: body.background ?? false,
  };
}

type ToolBody = NonNullable<ResponsesBody["tools"]>[number];

function echoTool({ type = "", name = "", description, strict, parameters }: ToolBody): EchoedTool {
  const shown = parameters === undefined ? null : sorted(toPlain(parameters));
  return { type, name, description: description ?? null, strict: strict ?? null, parameters: shown };
}

/** The members of every object in alphabetical order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}

function echoFormat(body: ResponsesBody): EchoedFormat {
  const format = body.text?.format;
  if (format === undefined) return { type: "text" };
  return {
    type: format.type ?? "",
    ...(format.name ? { name: format.name } : {}),
    ...(format.schema === undefined ? {} : { schema: toPlain(format.schema) }),
    ...(format.strict === undefined ? {} : { strict: format.strict }),
  };
}

function echoReasoning({ reasoning }: ResponsesBody): ResponseEcho["reasoning"] {
  const effort = reasoning?.effort || undefined;
  const summary = reasoning?.summary || undefined;
  return effort === undefined && summary === undefined ? undefined : { effort, summary };
}
