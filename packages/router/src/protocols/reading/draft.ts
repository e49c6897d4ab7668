import type { ByteRange } from "../../domain/request.ts";
import type { MemberPlace } from "../edits/member-edits.ts";

/** A text field that names a model, as far as it was read. */
export interface NameField {
  text: string;
  range: ByteRange;
}

/** What one walk over a body collects; later members overwrite earlier ones where Go's decoder does. */
export interface Draft {
  readonly body: Uint8Array;
  model: NameField | undefined;
  /** The older spelling that some routes take, `name`. */
  name: NameField | undefined;
  /** A model or name of another type than text was met. */
  hasUnreadableName: boolean;
  isStream: boolean | undefined;
  /** There are messages, or the prompt is not empty. */
  hasPrompt: boolean;
  /** Fields that are not empty, where several together are the prompt. */
  readonly promptFields: Set<string>;
  /** Characters by field, so that a repeated field counts once. */
  readonly characters: Map<string, number>;
  imageCount: number;
  audioCount: number;
  toolCount: number;
  hasSuffix: boolean;
  asksToThink: boolean;
  /** Every `tools` of the body, where they may have to be left out. */
  readonly toolMembers: MemberPlace[];
  /** The client wants no tool to be called. */
  refusesTools: boolean;
  numCtx: number | undefined;
  readonly loadOptions: Map<string, string>;
  outputLimit: number | undefined;
  keepAlive: "absent" | "zero" | "other";
  topLogprobs: number;
  tags: readonly string[];
  user: string | undefined;
  fallbackModels: readonly string[];
  /** Parameters met that Ollama's form of this route ignores. */
  readonly ignored: Set<string>;
}

export const createDraft = (body: Uint8Array): Draft => ({
  body,
  model: undefined,
  name: undefined,
  hasUnreadableName: false,
  isStream: undefined,
  hasPrompt: false,
  promptFields: new Set(),
  characters: new Map(),
  imageCount: 0,
  audioCount: 0,
  toolCount: 0,
  hasSuffix: false,
  asksToThink: false,
  toolMembers: [],
  refusesTools: false,
  numCtx: undefined,
  loadOptions: new Map(),
  outputLimit: undefined,
  keepAlive: "absent",
  topLogprobs: 0,
  tags: [],
  user: undefined,
  fallbackModels: [],
  ignored: new Set(),
});
