import type { ByteRange, Edit } from "../../domain/request.ts";
import type { BodyPlaces } from "../reading/read-result.ts";
import { addMember, removeMembers, replaceValue } from "./member-edits.ts";

/** Puts another model's name in the place of the client's. */
export const swapModel = (modelRange: ByteRange, name: string): Edit =>
  replaceValue(modelRange, JSON.stringify(name), `model=${name}`);

/** Makes a native request ask for this context, whether it named one or not. */
export const setNumCtx = ({ root, options, numCtx }: BodyPlaces, tokens: number): Edit => {
  const label = `num_ctx=${tokens}`;
  const last = numCtx.at(-1);
  if (last !== undefined) return replaceValue(last.value, String(tokens), label);
  if (options !== undefined) return addMember(options, `"num_ctx":${tokens}`, label);
  return addMember(root, `"options":{"num_ctx":${tokens}}`, label);
};

/** Makes a native request name no context. */
export const removeNumCtx = ({ numCtx }: BodyPlaces): readonly Edit[] => removeMembers(numCtx, "num_ctx removed");
