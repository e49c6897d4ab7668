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
  /** What every use of the route needs of a model; `completion` when left out. */
  readonly capability?: Capability;
}

/** Turns a draft into the facts of a request. */
export const finishReading = (draft: Draft, conclusion: Conclusion): ReadResult => ({
  refusal: undefined,
  facts: factsOf(draft, conclusion),
  name: conclusion.name,
  edits: draft.refusesTools ? removeMembers(draft.toolMembers, "tools left out") : [],
});

const factsOf = (draft: Draft, { kind, field, isStreamByDefault, capability }: Conclusion): BodyFacts => ({
  kind,
  model: field.text,
  modelRange: field.range,
  modelForm: "json",
  isStream: draft.isStream ?? isStreamByDefault,
  needed: usesModel(kind) ? neededCapabilities(draft, capability ?? "completion") : [],
  promptCharacters: sum(draft.characters.values()),
  imageCount: draft.imageCount,
  numCtx: draft.numCtx,
  loadOptions: canonicalLoadOptions(draft),
  outputLimit: draft.outputLimit,
  keepAlive: draft.keepAlive,
  tags: draft.tags,
  user: draft.user,
  fallbackModels: draft.fallbackModels,
  ignored: [...draft.ignored],
});

/** Whether a model computes, or is loaded to compute, for a request of this kind. */
const usesModel = (kind: RequestKind): boolean => {
  switch (kind) {
    case "chat":
    case "generate":
    case "embed":
    case "transcribe":
    case "image":
    case "load":
      return true;
    case "unload":
    case "show":
    case "pull":
    case "push":
    case "create":
    case "copy":
    case "delete":
      return false;
  }
};

const neededCapabilities = (draft: Draft, capability: Capability): readonly Capability[] => {
  const needed: Capability[] = [capability];
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
