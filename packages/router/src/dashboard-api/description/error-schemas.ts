import type { JsonSchema } from "./open-api-document.ts";

const text = { type: "string" } as const;
const object = (properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): JsonSchema => ({
  type: "object",
  properties,
  required,
});

/** How errors are told, by dialect. */
export const errorSchemas: Readonly<Record<string, JsonSchema>> = {
  herdError: object({ error: text, code: { ...text, description: "Code of the catalogue" }, field: text, hint: text }, [
    "error",
  ]),
  ollamaError: object({ error: text }, ["error"]),
  openaiError: object(
    {
      error: object(
        { message: text, type: text, param: { type: ["string", "null"] }, code: { type: ["string", "null"] } },
        ["message", "type"],
      ),
    },
    ["error"],
  ),
  anthropicError: object(
    { type: { const: "error" }, error: object({ type: text, message: text }, ["type", "message"]), request_id: text },
    ["type", "error"],
  ),
};
