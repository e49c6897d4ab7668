import { z } from "zod";
import {
  type Described,
  type DescribedRoute,
  dialectOf,
  type RouteDialect,
  type RouteNote,
} from "./described-route.ts";
import { errorSchemas } from "./error-schemas.ts";
import type { JsonSchema, OpenApiDocument, Operation } from "./open-api-document.ts";
import { noteOf } from "./route-notes.ts";

/** Describes all routes of the server. */
export function openApiOf({ routes, version }: Described): OpenApiDocument {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes.toSorted((one, other) => (one.url < other.url ? -1 : 1))) {
    const path = pathOf(route.url);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  const description =
    "One address for many machines that run language models. Inference speaks the dialects of Ollama, OpenAI and Anthropic, whose own documents describe their bodies; everything else is described here. x-herd-access tells who may call: use (this machine and the private network), change (this machine, from no foreign page), agent (a node, by its signature).";
  return {
    openapi: "3.1.1",
    info: { title: "Herd", version, description },
    paths,
    components: { schemas: errorSchemas },
  };
}

/** `/x/:id` is `/x/{id}`; a rest is a parameter, too. */
const pathOf = (url: string): string => url.replace(/:(\w+)/g, "{$1}").replace(/\*/g, "{rest}");

function operationOf(route: DescribedRoute): Operation {
  const { method, url, access, schema } = route;
  const note = noteOf(route);
  const dialect = dialectOf(url);
  const parameters = parametersOf(route);
  const body = bodyOf(route, dialect);
  return {
    operationId: `${method.toLowerCase()}${pathOf(url).replace(/[^A-Za-z0-9]+/g, "_")}`,
    summary: schema?.summary ?? note.summary,
    tags: [tagOf(url, dialect)],
    description: [accessSentence[access], schema?.details].filter((text) => text !== undefined).join("\n\n"),
    "x-herd-access": access,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: responsesOf(route, note),
  };
}

const accessSentence: Readonly<Record<DescribedRoute["access"], string>> = {
  use: "Open to this machine and to the private network.",
  change: "Only from the router's own machine, and from no page of another site.",
  agent: "For nodes: signed by the agent's key.",
};

const tagOf = (url: string, dialect: RouteDialect): string => {
  if (url.startsWith("/dashboard")) return "dashboard";
  if (url.startsWith("/fleet") || url === "/heartbeat") return "fleet";
  return dialect;
};

function parametersOf({ url, schema }: DescribedRoute): object[] {
  const inPath = [...pathOf(url).matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: propertiesOf(schema?.params)[name] ?? { type: "string" },
  }));
  const required = new Set(jsonSchemaOf(schema?.querystring, "input")["required"] as readonly string[] | undefined);
  const inQuery = Object.entries(propertiesOf(schema?.querystring)).map(([name, { description, ...type }]) => ({
    name,
    in: "query",
    required: required.has(name),
    ...(description === undefined ? {} : { description }),
    schema: type,
  }));
  return [...inPath, ...inQuery];
}

function bodyOf({ method, schema, access }: DescribedRoute, dialect: RouteDialect): object | undefined {
  if (schema?.body !== undefined)
    return { required: true, content: { "application/json": { schema: jsonSchemaOf(schema.body, "input") } } };
  if (method !== "POST" || (dialect === "herd" && access === "use")) return undefined;
  const whose = dialect === "herd" ? "See docs/operations.md." : `As in the API of ${productOf[dialect]}.`;
  return { description: whose, content: { "application/json": { schema: {} } } };
}

const productOf = { ollama: "Ollama", openai: "OpenAI", anthropic: "Anthropic" } as const;

function responsesOf({ schema, access, isMissing, url }: DescribedRoute, note: RouteNote): Record<string, object> {
  const errors = errorResponses({
    url,
    access,
    isChecked: schema?.querystring !== undefined || schema?.body !== undefined,
  });
  if (isMissing) return { "501": { description: "Not served by this version" }, ...errors };
  const answers = Object.entries((schema?.response ?? {}) as Record<string, z.ZodType>).map(
    ([status, shape]) => [status, answerOf(status, shape, schema?.answerType)] as const,
  );
  const own = answers.length > 0 ? Object.fromEntries(answers) : { "200": noteAnswer(note) };
  return { ...errors, ...own };
}

const statusWords: Readonly<Record<string, string>> = {
  "200": "The answer",
  "202": "Begun",
  "409": "It is under way already",
};

function noteAnswer({ answer, type = "application/json" }: RouteNote): object {
  if (answer !== undefined) return answerOf("200", answer);
  return {
    description: "The answer",
    content: { [type]: { schema: type === "application/json" ? {} : { type: "string" } } },
  };
}

const answerOf = (status: string, shape: z.ZodType, goodType = "application/json"): object => ({
  description: statusWords[status] ?? "The answer",
  content: { [status === "200" ? goodType : "application/json"]: { schema: jsonSchemaOf(shape, "output") } },
});

interface Refusals {
  readonly url: string;
  readonly access: DescribedRoute["access"];
  readonly isChecked: boolean;
}

/** What a caller can be told in place of an answer, in the dialect of the path. */
function errorResponses({ url, access, isChecked }: Refusals): Record<string, object> {
  const schema = { $ref: `#/components/schemas/${dialectOf(url)}Error` };
  const told = (description: string) => ({ description, content: { "application/json": { schema } } });
  return {
    ...(isChecked ? { "400": told("A field is wrong; it is named") } : {}),
    ...(access === "use" ? {} : { "403": told("Not allowed from there") }),
    default: told("Any other error; X-Herd-Error holds its code, X-Herd-Hint what to do"),
  };
}

/** A schema of ours as JSON Schema; what has no counterpart there allows anything. */
function jsonSchemaOf(schema: unknown, io: "input" | "output"): JsonSchema {
  if (!(schema instanceof z.ZodType)) return {};
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any", reused: "inline" });
  return rest;
}

const propertiesOf = (schema: unknown): Readonly<Record<string, JsonSchema>> =>
  (jsonSchemaOf(schema, "input")["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>;
