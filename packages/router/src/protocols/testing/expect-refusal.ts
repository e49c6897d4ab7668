import { expect } from "vitest";
import type { BodyFacts } from "../../domain/request.ts";
import type { ReadResult, Refusal } from "../reading/read-result.ts";
import { recording, responseText } from "./recording.ts";

/** The facts of a body that was accepted. */
export const acceptedFacts = (result: ReadResult): BodyFacts => {
  if (result.refusal !== undefined) throw new Error(result.refusal.message);
  return result.facts;
};

/** Expects a refusal to be the recorded answer, byte for byte. */
export const expectRecordedRefusal = (refusal: Refusal | undefined, name: string): void => {
  const recorded = recording(name);
  expect(refusal).toMatchObject({
    status: recorded.status,
    contentType: recorded.contentType,
    body: responseText(recorded),
    code: "HERD_BAD_REQUEST",
  });
};
