import { tokens } from "@herd/shared";
import type { BodyFacts, RequestFacts } from "../../domain/request.ts";
import { tellRefusal } from "../answers/answer.ts";
import { factsOfRequest } from "../begin-serving.ts";
import type { Incoming, RouteVoice } from "../incoming.ts";
import type { ServeParts } from "../parts.ts";

/** Who asks for something about a model on a disk, and who knows what names mean. */
export interface DiskRequest {
  readonly parts: Pick<ServeParts, "keyOf">;
  readonly incoming: Incoming;
  readonly voice: RouteVoice;
}

/** What the body tells; undefined when Ollama would refuse it, which the client has been told then. */
export function readOrRefuse(request: DiskRequest): BodyFacts | undefined {
  const { incoming, voice } = request;
  const reading = voice.read(incoming.body);
  const refusal = reading.refusal ?? voice.judge(incoming.body);
  if (refusal !== undefined) tellRefusal(request, refusal);
  return reading.refusal === undefined && refusal === undefined ? reading.facts : undefined;
}

/** What is known of a request whose body was read. No alias is followed: whoever deletes one does not mean the model behind it. */
export function factsOfDiskRequest({ parts, incoming, voice }: DiskRequest, body: BodyFacts): RequestFacts {
  const modelKey = parts.keyOf(body.model);
  if (modelKey === undefined) throw new RangeError(`'${body.model}' was read as a name and has no key`);
  return factsOfRequest({ incoming, voice }, body, {
    model: body.model,
    modelKey,
    promptTokens: tokens(0),
    tags: body.tags,
    numCtx: body.numCtx,
    keepsContext: false,
  });
}
