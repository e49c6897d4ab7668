import type { PullView } from "../pulls/pull-list.ts";

/** Shortest time between two steps of one pull that are told, ms. */
const LEAST_GAP_MS = 250;

interface Pace {
  readonly timer: NodeJS.Timeout;
  /** Not told yet. */
  next: PullView | undefined;
}

/** Passes on how pulls go, each at most four times a second; the end of one is passed on at once, and is its last word. */
export function pacePulls(tell: (pull: PullView) => void): (pull: PullView) => void {
  const paces = new Map<string, Pace>();
  const tellNow = (pull: PullView): void => {
    tell(pull);
    const timer = setTimeout(() => {
      const { next } = paces.get(pull.id) ?? {};
      paces.delete(pull.id);
      if (next !== undefined) tellNow(next);
    }, LEAST_GAP_MS).unref();
    paces.set(pull.id, { timer, next: undefined });
  };
  return (pull) => {
    const pace = paces.get(pull.id);
    if (pull.ended_at !== null) {
      clearTimeout(pace?.timer);
      paces.delete(pull.id);
      tell(pull);
    } else if (pace === undefined) tellNow(pull);
    else pace.next = pull;
  };
}
