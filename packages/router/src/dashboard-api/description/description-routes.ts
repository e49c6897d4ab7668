import type { FastifyInstance } from "fastify";
import type { Described } from "./described-route.ts";
import { styleSource } from "./page-style.ts";

/** A page without script or picture from anywhere, and with its own style only. */
const PAGE_POLICY = `default-src 'none'; style-src ${styleSource}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** Adds `/openapi.json`, and `/docs` and `/redoc`, which list the same for people. Made when it is first asked for. */
export function addDescriptionRoutes(server: FastifyInstance, described: Described): void {
  const made = makeOnce(described);
  server.get(
    "/openapi.json",
    { schema: { summary: "The description of all routes (OpenAPI 3.1)" } },
    async (_request, reply) => reply.type("application/json; charset=utf-8").send(Buffer.from((await made()).document)),
  );
  for (const url of ["/docs", "/redoc"]) {
    server.get(url, { schema: { summary: "All routes, as a page" } }, async (_request, reply) => {
      const { page } = await made();
      reply.header("content-security-policy", PAGE_POLICY).header("x-content-type-options", "nosniff");
      return reply.type("text/html; charset=utf-8").send(Buffer.from(page));
    });
  }
}

/** The texts stay: making them takes some ten ms, and anybody may ask. */
function makeOnce({ routes, version }: Described) {
  let made: Promise<{ readonly document: string; readonly page: string }> | undefined;
  const make = async () => {
    const [{ openApiOf }, { pageOf }] = await Promise.all([import("./openapi.ts"), import("./page.ts")]);
    const document = openApiOf({ routes, version });
    return { document: JSON.stringify(document), page: pageOf(document) };
  };
  return () => {
    made ??= make();
    return made;
  };
}
