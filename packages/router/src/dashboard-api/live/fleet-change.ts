/** The fleet as the live events tell it: one JSON text per machine and per lane, made once for all listeners. */
export interface LivePicture {
  readonly nodes: ReadonlyMap<string, string>;
  readonly queues: ReadonlyMap<string, string>;
  /** Unix epoch seconds. */
  readonly timestamp: number;
}

/** The whole picture as one JSON text, in the predecessor's form: `{nodes: [...], queues: {key: ...}, timestamp}`. */
export function pictureJson({ nodes, queues, timestamp }: LivePicture): string {
  const lanes = [...queues].map(([key, json]) => `${JSON.stringify(key)}:${json}`);
  return `{"nodes":[${[...nodes.values()].join(",")}],"queues":{${lanes.join(",")}},"timestamp":${timestamp}}`;
}

/**
 * What is different in the second picture, as one JSON text of the same form with `removed_nodes` and `removed_queues`; undefined
 * when nothing is. A listener that replaces what it holds by this has the second picture.
 */
export function changeJson(before: LivePicture, after: LivePicture): string | undefined {
  const nodes = changedIn(before.nodes, after.nodes);
  const queues = changedIn(before.queues, after.queues);
  const gone = {
    removed_nodes: missingIn(before.nodes, after.nodes),
    removed_queues: missingIn(before.queues, after.queues),
  };
  const isSame = nodes.size + queues.size + gone.removed_nodes.length + gone.removed_queues.length === 0;
  if (isSame) return undefined;
  const told = pictureJson({ nodes, queues, timestamp: after.timestamp });
  return `${told.slice(0, -1)},${JSON.stringify(gone).slice(1)}`;
}

type Entries = ReadonlyMap<string, string>;

const changedIn = (before: Entries, after: Entries): Entries =>
  new Map([...after].filter(([key, json]) => before.get(key) !== json));

const missingIn = (before: Entries, after: Entries): readonly string[] =>
  [...before.keys()].filter((key) => !after.has(key));
