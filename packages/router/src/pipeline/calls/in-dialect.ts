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
  return { status, headers: ["Content-Type", contentType, "Content-Length", String(bytes.length)], body: bytes };
}
