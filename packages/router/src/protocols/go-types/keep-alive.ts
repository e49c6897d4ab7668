import { numberAt, stringAt } from "../json/text.ts";
import { valueKind } from "../json/value-kind.ts";
import { parseGoDuration } from "./go-duration.ts";

const NANOSECONDS_PER_SECOND = 1e9;

/** Whether a `keep_alive` value means no time at all; a negative one means forever, an unreadable one nothing. */
export const isZeroKeepAlive = (body: Uint8Array, at: number): boolean => {
  switch (valueKind(body, at)) {
    case "number": {
      const seconds = numberAt(body, at);
      return seconds >= 0 && Math.trunc(seconds * NANOSECONDS_PER_SECOND) === 0;
    }
    case "string": {
      const duration = parseGoDuration(stringAt(body, at));
      return "nanoseconds" in duration && duration.nanoseconds === 0;
    }
    default:
      return false;
  }
};

/** Ollama's words for a `keep_alive` that it cannot read; undefined when it can. */
export const judgeKeepAlive = (body: Uint8Array, at: number): string | undefined => {
  switch (valueKind(body, at)) {
    case "string": {
      const duration = parseGoDuration(stringAt(body, at));
      return "problem" in duration ? duration.problem : undefined;
    }
    case "bool":
      return "Unsupported type: 'bool'";
    case "object":
      return "Unsupported type: 'map[string]interface {}'";
    case "array":
      return "Unsupported type: '[]interface {}'";
    default:
      return undefined;
  }
};
