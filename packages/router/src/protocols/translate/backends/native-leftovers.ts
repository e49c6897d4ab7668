import type { Json, JsonObject, NeutralRequest } from "../neutral.ts";

/** Options that say how Ollama loads a model; a server that has loaded it already cannot follow them. */
const loadOptions: ReadonlySet<string> = new Set([
  "num_batch",
  "num_gpu",
  "main_gpu",
  "use_mmap",
  "num_thread",
  "draft_num_predict",
]);

/** What becomes of Ollama's own words on a server with OpenAI's API. */
export interface NativeJudgement {
  readonly ignored: readonly string[];
  readonly untranslatable: string | undefined;
}

/**
 * Load-time options, a template and what continues an earlier answer would change the answer, so they cannot be dropped.
 * How long a model stays loaded and how large its context is are the server's own affair: reported, not refused. So are
 * options that Ollama itself only warns of.
 */
export const judgeNative = (native: NeutralRequest["native"]): NativeJudgement => {
  if (native === undefined) return { ignored: [], untranslatable: undefined };
  const options = judgeOptions(native.options);
  const members = Object.entries(native.members).filter(([, value]) => !isEmpty(value));
  const context = members.find(([name]) => name === "context" || name === "_debug_render_only")?.[0];
  const ignored = [...options.ignored, ...members.map(([name]) => name)];
  if (native.keepAlive !== undefined && native.keepAlive !== null) ignored.push("keep_alive");
  const reason = context === undefined ? undefined : `${context}: it has no counterpart in OpenAI's API`;
  return { ignored, untranslatable: options.untranslatable ?? templateReason(native.template) ?? reason };
};

/** The same for `options` alone. */
export const judgeOptions = (options: JsonObject): NativeJudgement => {
  const names = Object.entries(options).flatMap(([name, value]) => (value === null ? [] : name));
  const refused = names.find((name) => loadOptions.has(name));
  return {
    ignored: names.filter((name) => name !== "num_keep"),
    untranslatable:
      refused === undefined ? undefined : `options.${refused}: the server has loaded the model its own way`,
  };
};

const templateReason = (template: string | undefined): string | undefined =>
  template === undefined || template === "" ? undefined : "template: the server uses the model's own";

const isEmpty = (value: Json): boolean =>
  value === null || value === false || value === "" || (Array.isArray(value) && value.length === 0);
