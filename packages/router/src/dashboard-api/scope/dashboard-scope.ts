import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifyTypeProvider,
  RawServerDefault,
} from "fastify";
import type { z } from "zod";
import { HerdError } from "../../domain/errors.ts";

declare module "fastify" {
  interface FastifySchema {
    /** What the route is for, in a few words; it stands in the description of all routes. */
    readonly summary?: string;
    /** What a caller has to know beside it. */
    readonly details?: string;
    /** Media type of a good answer; JSON when left out. */
    readonly answerType?: string;
  }
}

/** A route's zod schemas decide the types that its handler gets. */
export interface ZodTypes extends FastifyTypeProvider {
  readonly validator: this["schema"] extends z.ZodType ? z.output<this["schema"]> : unknown;
  readonly serializer: unknown;
}

/** Where the routes of the dashboard are added: queries, parameters and JSON bodies are checked by their zod schemas. */
export type DashboardScope = FastifyInstance<
  RawServerDefault,
  FastifyRequest["raw"],
  FastifyReply["raw"],
  FastifyBaseLogger,
  ZodTypes
>;

/** The bytes of a body as the server keeps them. */
export type BodyOf = (request: FastifyRequest) => Uint8Array;

/**
 * Prepares a Fastify scope of its own: a body is taken as `application/json` only (or unnamed), what a schema refuses is
 * answered with 400 `{error, code, field, hint}`, and answers are written without being checked again.
 */
export function prepareDashboardScope(server: FastifyInstance, bodyOf: BodyOf): DashboardScope {
  const scope = server.withTypeProvider<ZodTypes>();
  scope.setValidatorCompiler(({ schema, httpPart = "query" }) => validatorOf(schema as z.ZodType, httpPart));
  scope.setSerializerCompiler(() => (content) => JSON.stringify(content));
  scope.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id).header("cache-control", "no-store");
    done();
  });
  scope.addHook("preValidation", (request, _reply, done) => {
    if (request.routeOptions.schema?.body === undefined) return done();
    try {
      request.body = jsonOf(request, bodyOf);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  scope.setErrorHandler((error, request, reply) => tellDashboardError(error, { request, reply }));
  return scope as DashboardScope;
}

function validatorOf(schema: z.ZodType, part: string) {
  return (value: unknown) => {
    const result = schema.safeParse(value);
    return result.success ? { value: result.data } : { error: refusalOf(result.error, part) };
  };
}

function refusalOf({ issues }: z.ZodError, part: string): HerdError {
  const issue = issues[0];
  const extra = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const field = [...(issue?.path ?? []), ...(extra === undefined ? [] : [extra])].map(String).join(".");
  const what = field === "" ? part : field;
  const why =
    issue?.code === "invalid_type" && issue.message.endsWith("received undefined") ? "it is missing" : issue?.message;
  return new HerdError("HERD_BAD_REQUEST", `${shortened(what)}: ${shortened(why ?? "it cannot be read")}`, {
    field: shortened(field),
  });
}

/** Names that callers make up come back in the answer: not whole ones. */
const shortened = (text: string): string => (text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);

const LONGEST_SHOWN = 200;

/** Forms and plain texts are what a page of another site can send unasked. Programs that name no type are taken at their word. */
function jsonOf(request: FastifyRequest, bodyOf: BodyOf): unknown {
  const type = request.headers["content-type"];
  if (type !== undefined && !/^application\/json\s*(;|$)/i.test(type))
    throw new HerdError("HERD_BAD_REQUEST", "the body is taken as application/json only", { field: "Content-Type" });
  const body = bodyOf(request);
  if (body.length === 0) return {};
  const read = parsed(body);
  if (read === undefined) throw new HerdError("HERD_BAD_REQUEST", "the body is no JSON");
  return read.content;
}

function parsed(body: Uint8Array): { readonly content: unknown } | undefined {
  try {
    return { content: JSON.parse(new TextDecoder().decode(body)) as unknown };
  } catch {
    // What cannot be read is told to the caller as such.
    return undefined;
  }
}

/** A client that leaves in the middle of a stream is no fault of ours. */
const hasLeft = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";

const DESCRIBED = "GET /openapi.json describes every route with its fields; /docs lists them";

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

function tellDashboardError(error: unknown, { request, reply }: Exchange): FastifyReply {
  const told = error instanceof HerdError ? error : new HerdError("HERD_INTERNAL", "", { cause: error });
  if (told.code === "HERD_INTERNAL" && !hasLeft(error))
    request.log.error({ exception: error }, "a route of the dashboard failed");
  const { code, entry, field, message } = told;
  reply.code(entry.status).header("x-herd-error", code);
  if (entry.isRetryable) reply.header("retry-after", "5");
  const hint = code === "HERD_BAD_REQUEST" ? DESCRIBED : entry.hint;
  return reply.send({ error: message, code, ...(field === undefined ? {} : { field }), hint });
}
