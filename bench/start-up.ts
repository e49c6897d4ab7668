import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRouter } from "./support/router-process.ts";

const PORT = 23_437;

/** Time from exec of the router to its first accepted connection: first start (new database) and later ones. */
export async function measureStart(rounds: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "herd-bench-"));
  const times: number[] = [];
  try {
    for (let round = 0; round <= rounds; round += 1) {
      const router = await startRouter({ port: PORT, dataDir: folder });
      times.push(router.startMs);
      await router.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const [first = Number.NaN, ...later] = times;
  return `herd, exec to listening: first start ${first.toFixed(0)} ms, then ${later.map((time) => time.toFixed(0)).join(", ")} ms\n`;
}
