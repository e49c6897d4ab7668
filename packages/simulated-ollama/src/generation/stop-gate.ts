/** Text that may be sent, the decoding steps behind it, and whether a stop string is complete. */
export interface Passed {
  readonly text: string;
  readonly steps: number;
  readonly ended: boolean;
}

/** Holds text back while it may be the beginning of a stop string. */
export interface StopGate {
  /** Adds a token. With `ended` the text goes up to the stop string and no further. */
  push(token: string): Passed;
  /** What is still held when the answer ends for another reason. */
  flush(): Passed;
}

/** Creates a gate for these stop strings. */
export function createStopGate(stops: readonly string[]): StopGate {
  const wanted = stops.filter((stop) => stop !== "");
  let held = "";
  let steps = 0;
  const pass = (text: string, ended: boolean): Passed => {
    const passed = { text, steps, ended };
    held = "";
    steps = 0;
    return passed;
  };
  return {
    push(token) {
      held += token;
      steps++;
      const found = wanted.map((stop) => held.indexOf(stop)).filter((index) => index >= 0);
      if (found.length > 0) return pass(held.slice(0, Math.min(...found)), true);
      if (wanted.some((stop) => endsWithStartOf(held, stop))) return { text: "", steps: 0, ended: false };
      return pass(held, false);
    },
    flush: () => pass(held, false),
  };
}

function endsWithStartOf(text: string, stop: string): boolean {
  for (let length = Math.min(stop.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return true;
  }
  return false;
}
