import { describe, expect, test } from "vitest";
import { z } from "zod";
import * as backendReadings from "./backend-readings.ts";
import * as decisions from "./decision.ts";
import * as errorBodies from "./error-body.ts";
import type { ContractExamples } from "./example.ts";
import * as fleetViews from "./fleet-view.ts";
import * as heartbeats from "./heartbeat.ts";
import * as replies from "./heartbeat-reply.ts";
import * as nodeReadings from "./node-readings.ts";
import * as traceViews from "./trace-view.ts";

const modules: readonly Readonly<Record<string, unknown>>[] = [
  backendReadings,
  decisions,
  errorBodies,
  fleetViews,
  heartbeats,
  replies,
  nodeReadings,
  traceViews,
];

const exported = modules.flatMap((one) => Object.entries(one));

/** Schemas by the name under which they are exported. */
const schemas = new Map(exported.filter((entry): entry is [string, z.ZodType] => entry[1] instanceof z.ZodType));

/** Examples by the name of their schema. */
const examples = exported
  .filter(([name]) => name.endsWith("Examples"))
  .map(([name, pair]) => [name.slice(0, -"Examples".length), pair as ContractExamples] as const);

const schemaOf = (name: string): z.ZodType => {
  const schema = schemas.get(name);
  if (schema === undefined) throw new Error(`there is no schema ${name}`);
  return schema;
};

describe("every contract", () => {
  test("between router, agent and API has a pair of examples", () => {
    expect(examples.map(([name]) => name).toSorted()).toEqual([
      "command",
      "decisions",
      "errorBody",
      "fleetQueue",
      "fleetStatus",
      "heartbeat",
      "heartbeatReply",
      "routerIdentity",
      "traceView",
    ]);
  });

  test.each(examples)("%s accepts its good example and refuses its bad one", (name, { accepted, rejected }) => {
    const parsed = schemaOf(name).safeParse(accepted);
    expect(parsed.error?.issues ?? []).toEqual([]);
    expect(schemaOf(name).safeParse(rejected).success).toBe(false);
  });

  test.each(examples)("%s survives the way over the wire", (name, { accepted }) => {
    const once = schemaOf(name).parse(accepted);
    expect(schemaOf(name).parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });

  test.each(examples)("%s ignores fields it does not know", (name, { accepted }) => {
    const known = schemaOf(name).parse(accepted);
    expect(schemaOf(name).parse({ ...(accepted as object), from_the_future: { a: 1 } })).toEqual(known);
  });

  test.each([...schemas.keys()])("%s documents each of its fields", (name) => {
    expect(undocumented(schemaOf(name), name)).toEqual([]);
  });
});

/** Paths of fields without a description, of the schema and of the unnamed ones inside it. */
function undocumented(schema: z.ZodType, path: string): readonly string[] {
  return Object.entries(fieldsOf(schema)).flatMap(([field, inner]) => {
    const at = `${path}.${field}`;
    const own = isDescribed(inner) ? [] : [at];
    return [...own, ...undocumented(inner, at)];
  });
}

/** The fields of an object, also inside optional, nullable, default, array and record. */
function fieldsOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> {
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodObject) return bare.shape as Record<string, z.ZodType>;
  if (bare instanceof z.ZodArray) return fieldsOf(bare.element as z.ZodType);
  if (bare instanceof z.ZodRecord) return fieldsOf(bare.valueType as z.ZodType);
  return {};
}

function unwrapped(schema: z.ZodType): z.ZodType {
  const isWrapper =
    schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault;
  return isWrapper ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}

/** A description of its own, or of what it wraps; a reading that is an object is described by its fields. */
function isDescribed(schema: z.ZodType): boolean {
  const bare = unwrapped(schema);
  return schema.description !== undefined || bare.description !== undefined || bare instanceof z.ZodObject;
}
