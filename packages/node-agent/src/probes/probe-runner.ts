import type { Probe } from "./probe.ts";

/** Every reading by its name. */
export type ProbeTable<Readings> = {
  readonly [Name in keyof Readings]: { readonly probe: Probe<Readings[Name]>; readonly everyMs: number };
};

/** The newest readings of probes that run by themselves. */
export interface ProbeRunner<Readings> {
  /** What each probe read last; a name is missing while its probe has told nothing or failed. */
  latest(): Partial<Readings>;
  close(): void;
}

/** What running probes needs. */
export interface ProbeRunnerDependencies {
  /** Told each time a probe fails that worked before, or fails at first. */
  readonly onFailure: (name: string, error: unknown) => void;
  /** A run that takes longer counts as failed, ms; the next one still waits for its end. Default 20 s. */
  readonly timeoutMs?: number;
}

/**
 * Runs each probe at once and then again `everyMs` after it ended. Probes never wait for each other, and nobody waits for
 * a probe: a slow one costs only its own reading.
 */
export function runProbes<Readings extends object>(
  table: ProbeTable<Readings>,
  { onFailure, timeoutMs = 20_000 }: ProbeRunnerDependencies,
): ProbeRunner<Readings> {
  const latest: Partial<Readings> = {};
  const timers = new Set<NodeJS.Timeout>();
  let isClosed = false;

  const after = (delayMs: number, action: () => void): NodeJS.Timeout => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, delayMs).unref();
    timers.add(timer);
    return timer;
  };
  const start = <Name extends keyof Readings & string>(name: Name): void => {
    const { probe, everyMs } = table[name];
    let hasFailed = false;
    const fail = (error: unknown): void => {
      delete latest[name];
      if (!hasFailed) onFailure(name, error);
      hasFailed = true;
    };
    const run = async (): Promise<void> => {
      const tooLong = after(timeoutMs, () => fail(new Error(`the probe took longer than ${timeoutMs} ms`)));
      try {
        keep(latest, name, await Promise.resolve().then(probe));
        hasFailed = false;
      } catch (error) {
        fail(error);
      }
      clearTimeout(tooLong);
      timers.delete(tooLong);
      if (!isClosed) after(everyMs, () => void run());
    };
    void run();
  };
  for (const name of Object.keys(table) as (keyof Readings & string)[]) start(name);
  const close = (): void => {
    isClosed = true;
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  };
  return { latest: () => latest, close };
}

function keep<Readings, Name extends keyof Readings>(
  readings: Partial<Readings>,
  name: Name,
  reading: Readings[Name] | undefined,
): void {
  if (reading === undefined) delete readings[name];
  else readings[name] = reading;
}
