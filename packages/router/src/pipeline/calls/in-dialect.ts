import type { HeldAnswer } from "../../dispatch/attempt-result.ts";
import type { RequestFacts } from "../../domain/request.ts";
import type { RouteVoice } from "../incoming.ts";
import type { ServeParts } from "../parts.ts";

/** Who is answered. */
export interface Listening {
  readonly parts: Pick<ServeParts, "tools">;
  readonly voice: RouteVoice;
  readonly facts: RequestFacts;
}

/** An error that a node told in another dialect, in the words of the client's. */
export function inDialect({ parts, voice, facts }: Listening, answer: HeldAnswer): HeldAnswer {
  const { status } = answer;
  const message = parts.tools.errorMessageOf(answer.body) ?? `the node answered with status ${status}`;
  const { contentType, body } = voice.encodeError({ status, message, requestId: facts.requestId });
  const bytes = Buffer.from(body);
  const headers = ["Content-Type", contentType, "Content-Length", String(bytes.length), ...retryAfterIn(answer)];
  return { status, headers, body: bytes };
}

/** When to come again is worth telling in any dialect. */
function retryAfterIn({ headers }: HeldAnswer): readonly string[] {
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === "retry-after");
  return at === -1 ? [] : ["Retry-After", headers[at + 1] ?? ""];
}
