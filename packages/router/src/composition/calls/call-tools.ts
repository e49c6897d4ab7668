import { randomBytes } from "node:crypto";
import type { CallTools } from "../../pipeline/calls/call-tools.ts";
import { applyEdits } from "../../protocols/edits/apply-edits.ts";
import { editNumCtx, raiseOutputLimit } from "../../protocols/edits/number-edits.ts";
import { errorMessageOf } from "../../protocols/translate/error-message.ts";
import { createTranslator } from "../../protocols/translate/translate-request.ts";
import type { RouterSettings } from "../../settings/settings.ts";

/** Random bytes in the ids of replies that the router writes. */
const ID_BYTES = 12;

/** What calls to nodes are made with; the settings are read anew for every call. */
export function createCallTools(settings: RouterSettings): CallTools {
  return {
    applyEdits,
    editNumCtx,
    raiseOutputLimit,
    ...createTranslator({ now: Date.now, newId: () => randomBytes(ID_BYTES).toString("hex") }),
    errorMessageOf,
    rules: () => settings,
  };
}
