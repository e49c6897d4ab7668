import { z } from "zod";

// Shapes of several servers, read tolerantly: an entry that cannot be used is dropped, a field that cannot be read is absent.

const text = z.string().optional().catch(undefined);
const count = z.number().nonnegative().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const texts = z.array(z.string()).optional().catch(undefined);

const modelEntry = z.object({
  id: z.string().min(1).max(512),
  owned_by: text,
  /** vLLM and SGLang. */
  max_model_len: count,
  /** llama-server. */
  meta: z
    .object({ n_ctx: count, n_ctx_train: count, n_params: count, size: count, ftype: text })
    .optional()
    .catch(undefined),
  /** llama-server that runs several models. */
  status: z.object({ value: text }).optional().catch(undefined),
  architecture: z.object({ input_modalities: texts }).optional().catch(undefined),
  /** A router of this product. */
  fleet_nodes: z.unknown().optional(),
});

/** Entries of a list that fit; the others are left out. */
const tolerantList = <Entry extends z.ZodType>(entry: Entry) =>
  z.array(z.unknown()).transform((entries) =>
    entries.flatMap((candidate): z.output<Entry>[] => {
      const parsed = entry.safeParse(candidate);
      return parsed.success ? [parsed.data] : [];
    }),
  );

/** `GET /v1/models` of any server with OpenAI's API; `data` is null where a server in Go has none. */
export const modelsReply = z.object({ data: tolerantList(modelEntry).nullable() });

/** `GET /props` of llama-server. */
export const propsReply = z.object({
  build_info: text,
  /** `router`: one that starts a server of its own for each model. */
  role: text,
  total_slots: count,
  default_generation_settings: z.object({ n_ctx: count }).optional().catch(undefined),
  modalities: z.object({ vision: flag, audio: flag }).optional().catch(undefined),
  chat_template: text,
  chat_template_caps: z.object({ supports_tools: flag, supports_tool_calls: flag }).optional().catch(undefined),
  is_sleeping: flag,
});

/** `GET /version` of vLLM. */
export const versionReply = z.object({ version: text });

const studioEntry = z.object({
  id: z.string().min(1),
  type: text,
  arch: text,
  compatibility_type: text,
  quantization: text,
  state: text,
  max_context_length: count,
  loaded_context_length: count,
  capabilities: texts,
});

/** `GET /api/v0/models` of LM Studio. */
export const studioReply = z.object({ data: tolerantList(studioEntry) });

/** An error as these servers word it: OpenAI's form, or a bare text. */
export const errorReply = z.object({
  error: z.union([z.string(), z.object({ message: text }).transform(({ message }) => message)]).optional(),
});

export type ModelEntry = z.infer<typeof modelEntry>;
export type StudioEntry = z.infer<typeof studioEntry>;
export type Props = z.infer<typeof propsReply>;
