import type { LibraryModel } from "./library.ts";

/** The messages as the model gets them: its own first, and its system prompt unless they begin with another one. */
export function withModelTexts<M extends { readonly role: string; readonly content: string }>(
  model: LibraryModel,
  messages: readonly M[],
): readonly (M | { readonly role: string; readonly content: string })[] {
  const all = [...(model.messages ?? []), ...messages];
  if (model.system === undefined || all[0]?.role === "system") return all;
  return [{ role: "system", content: model.system }, ...all];
}
