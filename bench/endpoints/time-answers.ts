import { Agent, get } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Asked } from "./described-routes.ts";

/** How the answers to one question came. */
export interface Timed extends Asked {
  /** From the request to the last byte of its answer, each time, ms; the first is that of the first round. */
  readonly ms: number[];
  /** The longest that the router's event loop stood still meanwhile, each time, ms. */
  readonly blockedMs: number[];
  bytes: number;
  /** Answers that were not 200. */
  failed: number;
}

/** A router and the watch of its event loop. */
export interface Watched {
  readonly port: number;
  /** See `programs/watch-loop`. */
  readonly watchPort: number;
}

/** Longer than equal questions share an answer, ms. */
const ROUND_MS = 400;

/** Asks everything in turns: one after another, each question once a round. */
export async function timeAnswers(
  { port, watchPort }: Watched,
  questions: readonly Asked[],
  { rounds, say }: { readonly rounds: number; readonly say: (line: string) => void },
): Promise<readonly Timed[]> {
  const timed = questions.map((asked): Timed => ({ ...asked, ms: [], blockedMs: [], bytes: 0, failed: 0 }));
  for (let round = 0; round < rounds; round += 1) {
    if (round % 20 === 0) say(`round ${round + 1} of ${rounds}`);
    const startedAt = performance.now();
    for (const one of timed) {
      await readText(watchPort, "/");
      const { status, text, ms } = await readText(port, one.path);
      one.ms.push(ms);
      one.blockedMs.push(Number((await readText(watchPort, "/")).text));
      one.bytes = text.length;
      if (status !== 200) one.failed += 1;
    }
    await pause(Math.max(0, ROUND_MS - (performance.now() - startedAt)));
  }
  return timed;
}

const agent = new Agent({ keepAlive: true });

/** Asks and takes the time until the last byte is there. */
export function readText(port: number, path: string) {
  return new Promise<{ readonly status: number; readonly text: string; readonly ms: number }>((resolve, reject) => {
    const startedAt = performance.now();
    get({ host: "127.0.0.1", port, path, agent }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.once("error", reject);
      answer.once("end", () => {
        const ms = performance.now() - startedAt;
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString("latin1"), ms });
      });
    }).once("error", reject);
  });
}
