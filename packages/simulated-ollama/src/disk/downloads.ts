/** Files on their way to the disk. Clients that want the same one share its download; it stops when the last one left. */
import type { Pace } from "../pace.ts";
import { type Blobs, blobPath, type WeightFacts } from "./blobs.ts";
import type { TransferredLayer } from "./progress.ts";

/** A file to download. */
export interface WantedFile extends TransferredLayer {
  readonly weights: WeightFacts | undefined;
}

/** The downloads of one node. */
export interface Downloads {
  /**
   * Downloads a file, from where an earlier download of it stopped, and yields the bytes that are there at each tick.
   * Returns the text of the failure, if it fails. Rejects with the signal's reason when the client leaves.
   */
  fetch(file: WantedFile, signal: AbortSignal): AsyncGenerator<number, string | undefined>;
}

/** How often a client hears of a download: as recorded. */
const reportMs = 60;

/** How often a download looks at its clock, and how long its shortest one takes: each part is watched once a second. */
const stepMs = 50;
const watchMs = 1000;

/** Creates the downloads; `bytesPerSecond` is for all of them together. */
export function createDownloads(parts: {
  readonly blobs: Blobs;
  readonly pace: Pace;
  readonly bytesPerSecond: number;
}): Downloads {
  const running = new Map<string, Download>();
  const begin = (file: WantedFile): Download => {
    const download: Download = { users: 0, stop: new AbortController(), end: undefined };
    running.set(file.digest, download);
    const speed = () => parts.bytesPerSecond / running.size;
    run(file, download, { ...parts, speed })
      .catch(() => undefined) // The only rejection is the abort, when nobody waits any more.
      .finally(() => running.get(file.digest) === download && running.delete(file.digest));
    return download;
  };
  return {
    async *fetch(file, signal) {
      const download = running.get(file.digest) ?? begin(file);
      download.users++;
      try {
        for (;;) {
          await parts.pace.sleep(reportMs, signal);
          if (download.end !== undefined) return download.end.failure;
          yield parts.blobs.partialBytes(file.digest);
        }
      } finally {
        download.users--;
        if (download.users === 0) stopDownload(file, download, running);
      }
    },
  };
}

interface Download {
  users: number;
  readonly stop: AbortController;
  end: { readonly failure: string | undefined } | undefined;
}

/** What has come stays on the disk, and the next download of the file begins there. */
function stopDownload(file: WantedFile, download: Download, running: Map<string, Download>): void {
  download.stop.abort();
  if (running.get(file.digest) === download) running.delete(file.digest);
}

interface RunParts {
  readonly blobs: Blobs;
  readonly pace: Pace;
  readonly speed: () => number;
}

async function run(file: WantedFile, download: Download, { blobs, pace, speed }: RunParts): Promise<void> {
  const startedAt = pace.now();
  let completed = blobs.partialBytes(file.digest);
  for (let elapsed = stepMs; ; elapsed += stepMs) {
    await pace.until(startedAt + elapsed * pace.scale, download.stop.signal);
    completed = Math.min(file.sizeBytes, Math.floor(completed + (speed() * stepMs) / 1000));
    if (!blobs.growPartial(file.digest, completed)) {
      download.end = { failure: `write ${blobPath(file.digest)}-partial: no space left on device` };
      return;
    }
    if (completed < file.sizeBytes || elapsed % watchMs !== 0) continue;
    blobs.finishPartial(file.digest, file.weights);
    download.end = { failure: undefined };
    return;
  }
}
