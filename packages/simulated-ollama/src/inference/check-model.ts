/** The checks between a well-formed body and the scheduler, in Ollama's order and words. */

import type { Library, LibraryModel } from "../models/library.ts";
import { cloudHint, parseModelName } from "../models/model-name.ts";

/** A model, or why there is none. `isNative` tells that even `/v1` answers in the native form. */
export type ModelCheck =
  | { readonly ok: true; readonly model: LibraryModel }
  | { readonly ok: false; readonly status: number; readonly text: string; readonly isNative?: boolean };

/** Finds the model of a chat or generate request. `asksForName` = chat's wording for a missing name. */
export function checkModel(library: Library, name: string, asksForName: boolean): ModelCheck {
  const hint = cloudHint(name);
  if (hint === "both") {
    return { ok: false, status: 400, text: `use either :local or :cloud, not both: ${JSON.stringify(name)}` };
  }
  if (hint === "cloud") {
    return { ok: false, status: 403, text: "ollama cloud is disabled: remote model is unavailable", isNative: true };
  }
  if (asksForName && name.trim() === "") return { ok: false, status: 400, text: "model is required" };
  if (name.trim() !== "" && parseModelName(name) === undefined) {
    return { ok: false, status: 400, text: "invalid model name" };
  }
  const model = library.find(name);
  if (model === undefined) return { ok: false, status: 404, text: `model '${name}' not found` };
  return { ok: true, model };
}

/** What a request needs of its model. */
export interface Needs {
  /** As sent, for the texts that quote it. */
  readonly requestedName: string;
  readonly route: "chat" | "generate";
  readonly tools: boolean;
  readonly insert: boolean;
  readonly thinking: boolean;
}

/** The text of the 400 when the model lacks a capability; pictures are never checked at 0.24. */
export function missingCapability(model: LibraryModel, needs: Needs): string | undefined {
  const lacks = (capability: string) => !model.capabilities.includes(capability);
  if (lacks("completion")) return `"${needs.requestedName}" does not support ${needs.route}`;
  if (needs.thinking && lacks("thinking")) return `"${needs.requestedName}" does not support thinking`;
  const missing = [needs.tools && lacks("tools") && "tools", needs.insert && lacks("insert") && "insert"].filter(
    Boolean,
  );
  return missing.length === 0 ? undefined : `${model.fullName} does not support ${missing.join("\n")}`;
}

/** How a request's thoughts are treated. */
export interface ThinkingPlan {
  readonly isThinking: boolean;
  /** The thoughts stand in the text. */
  readonly thinksAloud: boolean;
}

/**
 * Whether to think: as asked, or, when nothing is said, if the model can. A node without the field (`isKnown` false)
 * reads nothing and lets the model think aloud. `isRelaxed`: what the model cannot do is left out in silence.
 */
export function planThinking(
  think: boolean | string | undefined,
  model: LibraryModel,
  { isKnown, isRelaxed }: { readonly isKnown: boolean; readonly isRelaxed: boolean },
): ThinkingPlan {
  const canThink = model.capabilities.includes("thinking");
  if (!isKnown) return { isThinking: canThink, thinksAloud: canThink };
  const isWanted = think === undefined ? canThink : think !== false;
  return { isThinking: isWanted && (canThink || !isRelaxed), thinksAloud: false };
}
