import type { ModelName } from "../../domain/model-name.ts";
import type { BodyFacts, ByteRange, Capability, RequestKind } from "../../domain/request.ts";
import { removeMembers } from "../edits/member-edits.ts";
import type { Draft, NameField } from "./draft.ts";
import { canonicalLoadOptions } from "./options-field.ts";
import type { ReadResult } from "./read-result.ts";

/** What a dialect adds to the draft of a body. */
export interface Conclusion {
  /** The body's object. */
  readonly object: ByteRange;
  readonly kind: RequestKind;
  readonly field: NameField;
  readonly name: ModelName;
  readonly isStreamByDefault: boolean;
}

/** Turns a draft into the facts of a request. */
export const finishReading = (draft: Draft, conclusion: Conclusion): ReadResult => ({
  refusal: undefined,
  facts: factsOf(draft, conclusion),
  name: conclusion.name,
  edits: draft.refusesTools ? removeMembers(draft.toolMembers, "tools left out") : [],
  fallbackModels: draft.fallbackModels,
});

const factsOf = (draft: Draft, { kind, field, isStreamByDefault }: Conclusion): BodyFacts => ({
  kind,
  model: field.text,
  modelRange: field.range,
  isStream: draft.isStream ?? isStreamByDefault,
  needed: neededCapabilities(draft, kind),
  promptCharacters: sum(draft.characters.values()),
  imageCount: draft.imageCount,
  numCtx: draft.numCtx,
  loadOptions: canonicalLoadOptions(draft),
  outputLimit: draft.outputLimit,
  keepAlive: draft.keepAlive,
  tags: draft.tags,
  user: draft.user,
});

const neededCapabilities = (draft: Draft, kind: RequestKind): readonly Capability[] => {
  if (kind === "show" || kind === "unload" || kind === "pull") return [];
  const needed: Capability[] = ["completion"];
  if (draft.toolCount > 0 && !draft.refusesTools) needed.push("tools");
  if (draft.hasSuffix) needed.push("insert");
  if (draft.imageCount > 0) needed.push("vision");
  if (draft.audioCount > 0) needed.push("audio");
  if (draft.asksToThink) needed.push("thinking");
  return needed;
};

const sum = (numbers: Iterable<number>): number => {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
};
