import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { dashboardAssets } from "@herd/router/dashboard-assets";
import type { FleetStatus } from "@herd/shared";
import fastify, { type FastifyReply } from "fastify";

/** How the stage answers the page's questions: with a fleet, with a cut connection, with a refusal, or not at all. */
export type StageAnswer =
  | { readonly kind: "fleet"; readonly status: FleetStatus }
  | { readonly kind: "cut" }
  | { readonly kind: "refuse"; readonly sentence: string; readonly hint: string }
  | { readonly kind: "hang" };

/** A server with the dashboard and a fleet that the test makes up. */
export interface Stage {
  readonly url: string;
  answer: StageAnswer;
  close(): Promise<void>;
}

const CHROMIUM = "/usr/bin/chromium";
const DASHBOARD = join(import.meta.dirname, "..", "..", "dashboard");

/** Path of the system's Chromium; undefined where there is none. */
export const chromiumPath: string | undefined = existsSync(CHROMIUM) ? CHROMIUM : undefined;

/** For a Chromium in a container without a display, without a sandbox, and without calls of its own. */
export const chromiumFlags: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Builds the dashboard from its sources, so that a stale build is never what is tested. */
export async function buildDashboard(directory: string): Promise<void> {
  const vite = join(DASHBOARD, "node_modules", "vite", "bin", "vite.js");
  await promisify(execFile)(process.execPath, [vite, "build", "--outDir", directory, "--emptyOutDir"], {
    cwd: DASHBOARD,
  });
}

/** Serves a built dashboard on a free port. */
export async function startStage(directory: string, first: StageAnswer): Promise<Stage> {
  const server = fastify({ forceCloseConnections: true });
  const stage = { url: "", answer: first, close: () => server.close() };
  await server.register(dashboardAssets({ directory }));
  server.get("/fleet/status", async (_request, reply) => give(stage.answer, reply));
  stage.url = await server.listen({ port: 0, host: "127.0.0.1" });
  return stage;
}

function give(answer: StageAnswer, reply: FastifyReply): FastifyReply {
  switch (answer.kind) {
    case "fleet":
      return reply.send(answer.status);
    case "refuse":
      return reply.code(403).header("x-herd-hint", answer.hint).send({ error: answer.sentence });
    case "cut":
      reply.raw.destroy();
      return reply.hijack();
    case "hang":
      return reply.hijack();
  }
}
