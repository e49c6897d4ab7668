/**
 * Loaded into a program before it begins (`--import`): tells on the port WATCH_LOOP_PORT how long its event loop stood still
 * at most since somebody asked last, ms.
 */
import { createServer } from "node:http";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

const RESOLUTION_MS = 1;

if (isMainThread) {
  const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  loop.enable();
  createServer((_request, response) => {
    const longestMs = loop.count === 0 ? 0 : Math.max(0, loop.max / 1e6 - RESOLUTION_MS);
    loop.reset();
    response.end(longestMs.toFixed(3));
  })
    .listen(Number(process.env["WATCH_LOOP_PORT"]), "127.0.0.1")
    .unref();
}
