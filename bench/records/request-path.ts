import { join } from "node:path";
import { CHAT_ANSWER, chatBody, MODEL } from "../load/chat.ts";
import { runWrk, writeScript } from "../load/wrk.ts";
import { freePorts } from "../processes/ports.ts";
import type { Cleanup } from "../processes/with-cleanup.ts";
import { answerLines, startNginx } from "../stage/nginx.ts";
import { startThreeWays } from "../stage/three-ways.ts";

const CONNECTIONS = 10;

/** What one relayed chat takes of the router's main thread, µs: whole answers of backends that answer at once. */
export async function requestPathUs(cleanup: Cleanup, seconds: number): Promise<number> {
  const ports = await freePorts(3);
  const http = answerLines(ports, CHAT_ANSWER);
  cleanup.keep(await startNginx({ folder: cleanup.folder(), port: ports[0] ?? 0, workers: "1", http }));
  const script = writeScript(join(cleanup.folder(), "ask.lua"), chatBody({ stream: false }));
  const { ways } = await startThreeWays(cleanup, ports, MODEL);
  const herd = ways.find(({ name }) => name === "herd");
  if (herd === undefined) throw new Error("the router is none of the ways");
  const url = `http://127.0.0.1:${herd.port}/api/chat`;
  const load = { url, script, connections: CONNECTIONS, seconds };
  await runWrk(load);
  const before = herd.servingMs();
  const { requests } = await runWrk(load);
  return ((herd.servingMs() - before) * 1000) / requests;
}
