import { z } from "zod";

/** What OpenAPI 3.1 demands of the parts that are used (spec.openapis.org/oas/v3.1.1). */
const jsonSchema = z.record(z.string(), z.unknown());
const content = z.record(z.string().regex(/^[\w*+.-]+\/[\w*+.-]+/), z.strictObject({ schema: jsonSchema }));
const operation = z.strictObject({
  operationId: z.string().min(1),
  summary: z.string().min(1),
  tags: z.array(z.string()).length(1),
  description: z.string().min(1),
  "x-herd-access": z.enum(["use", "change", "agent"]),
  parameters: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        in: z.enum(["path", "query"]),
        required: z.boolean(),
        description: z.string().optional(),
        schema: jsonSchema,
      }),
    )
    .optional(),
  requestBody: z
    .strictObject({ required: z.boolean().optional(), description: z.string().optional(), content })
    .optional(),
  responses: z.record(
    z.string().regex(/^([1-5]\d\d|default)$/),
    z.strictObject({ description: z.string().min(1), content: content.optional() }),
  ),
});
/** An OpenAPI document. */
export const document = z.strictObject({
  openapi: z.literal("3.1.1"),
  info: z.strictObject({ title: z.string(), version: z.string(), description: z.string() }),
  paths: z.record(
    z.string().startsWith("/"),
    z.partialRecord(z.enum(["get", "head", "post", "put", "patch", "delete"]), operation),
  ),
  components: z.strictObject({ schemas: z.record(z.string().regex(/^[\w.-]+$/), jsonSchema) }),
});

/** One method of one path. */
export type DescribedOperation = z.output<typeof operation>;
