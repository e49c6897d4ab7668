import type { RawHeaders, WholeAnswer } from "../../http/answer.ts";
import { encodeGo } from "../../json/encode-go.ts";
import type { Refusal } from "../dialect.ts";
import { anthropicId } from "./anthropic-id.ts";

/** An error that the request's own reader found: with a charset, without a newline. */
export function anthropicBadRequest(message: string, random: () => number): WholeAnswer {
  return {
    status: 400,
    headers: [["Content-Type", "application/json; charset=utf-8"]],
    body: errorBody(400, message, random),
  };
}

/** An error of the native handler, put into Anthropic's form; `headers` are those that a stream had set before. */
export function anthropicRefusal(refusal: Refusal, headers: RawHeaders, random: () => number): WholeAnswer {
  return {
    status: refusal.status,
    headers: [...headers, ["Content-Type", "application/json"]],
    body: `${errorBody(refusal.status, refusal.text, random)}\n`,
    isFlushed: refusal.stage === "stream",
  };
}

const errorTypes: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  429: "rate_limit_error",
  503: "overloaded_error",
  529: "overloaded_error",
};

function errorBody(status: number, message: string, random: () => number): string {
  const error = { type: errorTypes[status] ?? "api_error", message };
  return encodeGo({ type: "error", error, request_id: anthropicId("req", random) });
}
