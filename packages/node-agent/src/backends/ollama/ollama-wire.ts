import { z } from "zod";

// Ollama's own shapes, read tolerantly: an entry that cannot be used is dropped, a field that cannot be read is absent.

const text = z.string().optional().catch(undefined);
const count = z.number().nonnegative().optional().catch(undefined);
const details = z
  .object({
    parent_model: text,
    format: text,
    family: text,
    families: z.array(z.string()).nullish().catch(undefined),
    parameter_size: text,
    quantization_level: text,
    context_length: count,
  })
  .catch({});

const named = z.object({ name: z.string().min(1), digest: text, details: details.default({}) });

const loadedEntry = named.extend({ size: count, size_vram: count, expires_at: text, context_length: count });

const storedEntry = named.extend({
  size: count,
  modified_at: text,
  remote_host: text,
  capabilities: z.array(z.string()).optional().catch(undefined),
});

/** Entries of a list that fit; the others are left out. A list that is null or missing is empty. */
const tolerantList = <Entry extends z.ZodType>(entry: Entry) =>
  z
    .array(z.unknown())
    .nullish()
    .transform((entries) =>
      (entries ?? []).flatMap((candidate): z.output<Entry>[] => {
        const parsed = entry.safeParse(candidate);
        return parsed.success ? [parsed.data] : [];
      }),
    );

/** `GET /api/ps`: what is in memory. */
export const psReply = z.object({ models: tolerantList(loadedEntry) });
/** `GET /api/tags`: what is on disk. */
export const tagsReply = z.object({ models: tolerantList(storedEntry) });
/** `GET /api/version`. */
export const versionReply = z.object({ version: z.string() });
/** `POST /api/show`: only what the fleet needs to know. */
export const showReply = z.object({
  capabilities: z.array(z.string()).optional().catch(undefined),
  model_info: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

export type LoadedEntry = z.infer<typeof loadedEntry>;
export type StoredEntry = z.infer<typeof storedEntry>;
export type ShowReply = z.infer<typeof showReply>;
