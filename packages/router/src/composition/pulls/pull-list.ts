/** Who began a pull: the dashboard, the router itself for a request, or a client of `/api/pull`. */
export type PullOrigin = "dashboard" | "auto" | "client";

/** A pull as it is shown. Sizes in bytes, times Unix epoch seconds. */
export interface PullView {
  readonly id: string;
  readonly model: string;
  /** Empty until a node is chosen. */
  readonly node_id: string;
  readonly origin: PullOrigin;
  /** The node's last word; `success`, `failed` or `cancelled` at the end. */
  readonly status: string;
  /** Callers that wait for it. */
  readonly clients: number;
  readonly completed: number;
  readonly total: number;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly error: string | null;
  /** It is for the demo, which other machines do not see. */
  readonly simulated?: true;
}

/** What is told of a pull as it goes on. */
export type PullStep = Partial<Pick<PullView, "node_id" | "status" | "clients" | "completed" | "total">>;

/** One pull in the list. */
export interface ListedPull {
  readonly view: () => PullView;
  readonly step: (step: PullStep) => void;
  /** @param error undefined for a good end; only the first end counts */
  readonly end: (status: "success" | "failed" | "cancelled", error?: string) => void;
  /** What is to be called before its own stop, when somebody cancels it. */
  readonly onStop: (stop: () => void) => void;
}

/** What the list needs from outside. */
export interface PullListSources {
  /** Unix epoch ms. */
  readonly now: () => number;
  /** Whether a node belongs to the demo. */
  readonly isSimulated: (nodeId: string) => boolean;
}

/** A pull that begins. */
export interface BegunPull {
  readonly model: string;
  readonly nodeId: string | undefined;
  readonly origin: PullOrigin;
  /** Ends it for everybody who waits for it. */
  readonly stop: () => void;
}

/** What is known of a request of the router to itself before it comes. */
export interface ExpectedPull {
  readonly origin: PullOrigin;
  /** Where it stands in the list already; who put it there also tells its end. */
  readonly listed?: ListedPull;
}

/** Pulls that are remembered; those that run always are. */
const MOST_REMEMBERED = 100;

interface Entry {
  view: PullView;
  /** Called in this order. */
  readonly stops: (() => void)[];
}

/** All pulls, whoever began them. */
export class PullList {
  readonly #sources: PullListSources;
  readonly #pulls = new Map<string, Entry>();
  readonly #expected = new Map<string, ExpectedPull>();
  readonly #listeners = new Set<(pull: PullView) => void>();
  #count = 0;

  constructor(sources: PullListSources) {
    this.#sources = sources;
  }

  /** Takes a pull into the list. */
  begin({ model, nodeId, origin, stop }: BegunPull): ListedPull {
    this.#count += 1;
    const entry: Entry = {
      view: {
        ...{ id: `pull-${this.#count}`, model, node_id: "", origin, status: "starting", clients: 1 },
        ...{ completed: 0, total: 0 },
        ...{ started_at: this.#sources.now() / 1000, ended_at: null, error: null },
      },
      stops: [stop],
    };
    this.#pulls.set(entry.view.id, entry);
    this.#forgetOldest();
    this.#change(entry, { node_id: nodeId ?? "" });
    return {
      view: () => entry.view,
      step: (step) => {
        if (entry.view.ended_at === null) this.#change(entry, step);
      },
      end: (status, error) => {
        const ended = { ended_at: this.#sources.now() / 1000, status, error: error ?? null };
        if (entry.view.ended_at === null) this.#change(entry, ended);
      },
      onStop: (also) => void entry.stops.unshift(also),
    };
  }

  /** Newest first. */
  all(withDemo: boolean): readonly PullView[] {
    const views = [...this.#pulls.values()].map(({ view }) => view);
    return views.filter(({ simulated }) => withDemo || simulated !== true).reverse();
  }

  /** False when no such pull runs. */
  cancel(id: string): boolean {
    const pull = this.#pulls.get(id);
    if (pull === undefined || pull.view.ended_at !== null) return false;
    for (const stop of pull.stops) stop();
    return true;
  }

  /** Calls back with every change. */
  follow(listener: (pull: PullView) => void): void {
    this.#listeners.add(listener);
  }

  /** The router will call itself under this request id. Returns what forgets that. */
  expect(requestId: string, pull: ExpectedPull): () => void {
    this.#expected.set(requestId, pull);
    return () => void this.#expected.delete(requestId);
  }

  expected(requestId: string): ExpectedPull | undefined {
    return this.#expected.get(requestId);
  }

  #change(entry: Entry, change: Partial<PullView>): void {
    const view = withoutLongTexts({ ...entry.view, ...change });
    const isDemo = view.simulated === true || this.#sources.isSimulated(view.node_id);
    entry.view = isDemo ? { ...view, simulated: true } : view;
    for (const listener of this.#listeners) listener(entry.view);
  }

  #forgetOldest(): void {
    const ended = [...this.#pulls.values()].filter(({ view }) => view.ended_at !== null);
    const [oldest] = ended;
    if (ended.length > MOST_REMEMBERED && oldest !== undefined) this.#pulls.delete(oldest.view.id);
  }
}

/** A node may tell anything. */
const LONGEST_TEXT = 500;

const withoutLongTexts = (view: PullView): PullView => ({
  ...view,
  status: view.status.slice(0, LONGEST_TEXT),
  error: view.error === null ? null : view.error.slice(0, LONGEST_TEXT),
});
