/** What a request was for, when it was no real work: such requests are recorded, but never count as use. */
export type Traffic = "demo" | "benchmark" | "briefing";

/** Tags with which the router marks its own requests. */
const trafficOfTag: Readonly<Record<string, Traffic>> = { benchmark: "benchmark", "fleet-intelligence": "briefing" };

/** Null for real work. A tag goes before where the request was served: a benchmark of the demo is a benchmark. */
export function trafficOf(request: {
  readonly tags: readonly string[];
  readonly isSimulated: boolean;
}): Traffic | null {
  for (const tag of request.tags) {
    const traffic = Object.hasOwn(trafficOfTag, tag) ? trafficOfTag[tag] : undefined;
    if (traffic !== undefined) return traffic;
  }
  return request.isSimulated ? "demo" : null;
}
