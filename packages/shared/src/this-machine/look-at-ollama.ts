import { isObject, text } from "./answer-fields.ts";
import { createAskServer, type ServerAnswer } from "./ask-server.ts";

/** What stands where an Ollama is expected. */
export type OllamaSight =
  | {
      readonly kind: "ollama";
      /** Undefined where it does not tell. */
      readonly version: string | undefined;
      /** Models on its disk. */
      readonly modelCount: number;
      /** Names of the models in its memory. */
      readonly loaded: readonly string[];
    }
  | { readonly kind: "other" }
  | { readonly kind: "nobody" };

const LONGEST_LIST = 4 * 2 ** 20;

/** Looks once at the place of an Ollama. Never rejects. @param withinMs longest time for its answers, ms. */
export async function lookAtOllama(url: string, withinMs: number): Promise<OllamaSight> {
  const ask = createAskServer({ origin: new URL(url).origin, withinMs, longest: LONGEST_LIST });
  const [version, tags, ps] = await Promise.all([ask("/api/version"), ask("/api/tags"), ask("/api/ps")]);
  const models = entriesIn(tags);
  if (models === undefined) return { kind: version === undefined && tags === undefined ? "nobody" : "other" };
  return {
    kind: "ollama",
    version: text(isObject(version?.json) ? version.json["version"] : undefined),
    modelCount: models.length,
    loaded: (entriesIn(ps) ?? []).flatMap((entry) => text(isObject(entry) ? entry["name"] : undefined) ?? []),
  };
}

/** An empty list of models is null in some versions. */
function entriesIn(answer: ServerAnswer | undefined): readonly unknown[] | undefined {
  if (answer?.status !== 200 || !isObject(answer.json) || !("models" in answer.json)) return undefined;
  const models = answer.json["models"] ?? [];
  return Array.isArray(models) ? models : undefined;
}
