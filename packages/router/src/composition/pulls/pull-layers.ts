/** One record of a pull, as far as it is looked at. */
export interface PullRecord {
  readonly status?: string;
  readonly digest?: string;
  readonly error?: string;
  readonly completed?: number;
  readonly total?: number;
}

/** How far a pull is, bytes. */
export interface PullProgress {
  readonly completed: number;
  readonly total: number;
}

/** Far more than any model has. */
const MOST_LAYERS = 512;

/** How far all layers of a model are together. */
export class PullLayers {
  readonly #layers = new Map<string, { completed: number; readonly total: number }>();

  with({ digest, total, completed = 0, status }: PullRecord): PullProgress {
    if (digest !== undefined && total !== undefined) this.#note(digest, { completed, total });
    const all = [...this.#layers.values()];
    if (status === "success") for (const layer of all) layer.completed = layer.total;
    const sum = (of: "completed" | "total"): number => all.reduce((whole, layer) => whole + layer[of], 0);
    return { completed: sum("completed"), total: sum("total") };
  }

  #note(digest: string, layer: { completed: number; readonly total: number }): void {
    if (this.#layers.has(digest) || this.#layers.size < MOST_LAYERS) this.#layers.set(digest, layer);
  }
}

/** A line of a pull; undefined when it is no record. What has another type than Ollama gives it is left out. */
export function pullRecordOf(line: string): PullRecord | undefined {
  const read = parsed(line);
  if (typeof read !== "object" || read === null) return undefined;
  const members = read as Readonly<Record<string, unknown>>;
  const { error } = members;
  return {
    ...textIn(members, "status"),
    ...textIn(members, "digest"),
    ...sizeIn(members, "completed"),
    ...sizeIn(members, "total"),
    ...(error === undefined ? {} : { error: typeof error === "string" ? error : "an error without a text" }),
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // What a node writes is its own affair: it is passed on, and tells nothing here.
    return undefined;
  }
}

type Members = Readonly<Record<string, unknown>>;

const textIn = (members: Members, name: "status" | "digest"): PullRecord => {
  const value = members[name];
  return typeof value === "string" ? { [name]: value } : {};
};

const sizeIn = (members: Members, name: "completed" | "total"): PullRecord => {
  const value = members[name];
  return typeof value === "number" && value >= 0 ? { [name]: value } : {};
};
