import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createMachineWatch } from "./machine-watch.ts";

test.skipIf(process.platform === "win32")(
  "files are open to others only in a folder that others may enter; readings are taken anew each minute",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "herd-machine-"));
    let now = 0;
    const watch = createMachineWatch({ dataDir: folder, monotonic: () => now });
    onTestFinished(() => {
      watch.close();
      rmSync(folder, { recursive: true });
    });
    writeFileSync(join(folder, "latency.db"), "12345");
    chmodSync(join(folder, "latency.db"), 0o644);
    chmodSync(folder, 0o700);
    await watch.ready();
    now = 60_000;
    watch.latest();
    await watch.ready();
    expect(watch.latest()).toMatchObject({ looseFiles: [], databaseBytes: 5, volume: { path: folder } });
    expect(watch.latest().memory?.rssBytes).toBeGreaterThan(2 ** 20);
    expect(watch.latest().loopLag?.p99Ms).toBeGreaterThanOrEqual(0);
    chmodSync(folder, 0o755);
    now = 120_000;
    watch.latest();
    await watch.ready();
    expect(watch.latest().looseFiles).toEqual([
      { path: folder, mode: 0o755 },
      { path: join(folder, "latency.db"), mode: 0o644 },
    ]);
  },
);
