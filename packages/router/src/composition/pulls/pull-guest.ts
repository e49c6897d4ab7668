import type { ReplySink } from "../../domain/reply.ts";
import type { PullRecord } from "./pull-layers.ts";

type Head = Parameters<ReplySink["begin"]>[0];

/** Who waits for a pull that somebody else has begun. */
export interface PullGuest {
  readonly begin: (head: Head) => void;
  /** One whole record with its line end. */
  readonly tell: (line: string) => void;
  /** @param last the last record, which may not have been told yet */
  readonly end: (last: string | undefined, record: PullRecord | undefined) => void;
  readonly destroy: () => void;
  /** It has to try for itself. */
  readonly again: () => void;
}

/** Where its answer goes. */
export interface GuestParts {
  readonly sink: ReplySink;
  readonly requestId: string;
  readonly isStream: boolean;
  /** It was answered, or has to try for itself. */
  readonly over: (end: "told" | "again") => void;
}

/** Builds it; one that reads slowly misses records, but never the last. */
export function createPullGuest(parts: GuestParts): PullGuest {
  return parts.isStream ? streamGuest(parts) : wholeGuest(parts);
}

function streamGuest({ sink, requestId, over }: GuestParts): PullGuest {
  let isBehind = false;
  let told: string | undefined;
  const write = (line: string): void => {
    told = line;
    isBehind = !sink.write(Buffer.from(line));
    if (isBehind)
      sink.onDrain(() => {
        isBehind = false;
      });
  };
  return {
    begin: ({ status, headers }) => sink.begin({ status, headers: withOwnId(headers, requestId) }),
    tell: (line) => {
      if (!isBehind) write(line);
    },
    end: (last) => {
      if (last !== undefined && told !== last) sink.write(Buffer.from(last));
      sink.end();
      over("told");
    },
    destroy: () => {
      sink.destroy();
      over("told");
    },
    again: () => over("again"),
  };
}

/** One answer at the end, as Ollama gives it to who wants no stream. */
function wholeGuest({ sink, requestId, over }: GuestParts): PullGuest {
  let headers: readonly string[] = [];
  return {
    begin: (head) => {
      headers = head.headers;
    },
    tell: () => undefined,
    end: (_last, record) => {
      const isDone = record?.status === "success";
      const told = isDone ? { status: "success" } : { error: record?.error ?? "the pull ended early" };
      const own = ["Content-Type", "application/json; charset=utf-8", "X-Request-Id", requestId];
      sink.begin({ status: isDone ? 200 : 500, headers: [...own, ...fleetHeaders(headers)] });
      sink.write(Buffer.from(JSON.stringify(told)));
      sink.end();
      over("told");
    },
    destroy: () => {
      sink.destroy();
      over("told");
    },
    again: () => over("again"),
  };
}

const withOwnId = (headers: readonly string[], requestId: string): readonly string[] =>
  headers.map((text, index) => (index % 2 === 1 && isName(headers[index - 1], "x-request-id") ? requestId : text));

/** Name, value … of those that tell where it happens. */
const fleetHeaders = (headers: readonly string[]): readonly string[] =>
  headers.filter((_text, index) => headers[index - (index % 2)]?.toLowerCase().startsWith("x-fleet-") === true);

const isName = (header: string | undefined, name: string): boolean => header?.toLowerCase() === name;
