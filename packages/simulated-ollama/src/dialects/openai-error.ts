import type { WholeAnswer } from "../http/answer.ts";
import { encodeGo } from "../json/encode-go.ts";
import type { Refusal } from "./dialect.ts";

/** An error that the request's own reader found: with a charset, without a newline. */
export function openaiBadRequest(message: string): WholeAnswer {
  return {
    status: 400,
    headers: [["Content-Type", "application/json; charset=utf-8"]],
    body: encodeGo(errorBody(400, message)),
  };
}

/** An error of the native handler, put into OpenAI's form on its way out. */
export function openaiRefusal(refusal: Refusal): WholeAnswer {
  return {
    status: refusal.status,
    headers: [["Content-Type", "application/json"]],
    body: `${encodeGo(errorBody(refusal.status, refusal.text))}\n`,
    isFlushed: refusal.stage === "stream",
  };
}

function errorBody(status: number, message: string): object {
  const type = status === 400 ? "invalid_request_error" : status === 404 ? "not_found_error" : "api_error";
  return { error: { message, type, param: null, code: null } };
}
