import type { ReplyTap } from "../../domain/reply.ts";
import type { ReplyTranslator } from "../../domain/translation.ts";

/** How a translated reply ends: with these last bytes, or not as a whole one. */
export type TranslationEnd =
  | { readonly kind: "whole"; readonly rest: Uint8Array }
  | { readonly kind: "faulty"; readonly failureClass: "node-fault" | "incomplete"; readonly detail: string };

/** Ends a translation with its node's reply. Only a whole reply is closed; another one must not look like one. */
export function endTranslation(translator: ReplyTranslator, tap: ReplyTap): TranslationEnd {
  const { isComplete, mayEndHere = false, errorText } = tap.end();
  if (errorText !== undefined) return { kind: "faulty", failureClass: "node-fault", detail: errorText };
  if (!isComplete && !mayEndHere) {
    return { kind: "faulty", failureClass: "incomplete", detail: "the answer ended without its closing record" };
  }
  const rest = translator.end();
  if (rest !== undefined) return { kind: "whole", rest };
  return { kind: "faulty", failureClass: "node-fault", detail: "the answer cannot be understood" };
}

/** The head's lines about a translated body. @param length of the whole body, where it is known */
export function translatedHeaders({ contentType }: ReplyTranslator, length: number | undefined): string[] {
  const headers = ["Content-Type", contentType];
  return length === undefined ? headers : [...headers, "Content-Length", String(length)];
}
