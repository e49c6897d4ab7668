/** Who answers at an address. */
export type Answerer =
  | { readonly kind: "herd"; readonly version: string }
  | { readonly kind: "predecessor" | "ollama"; readonly version: string }
  | { readonly kind: "unknown" };

const TIMEOUT_MS = 2_000;

/** Finds out who answers at a URL that gave a strange answer. Never rejects. */
export async function whoAnswers(url: string, signal?: AbortSignal): Promise<Answerer> {
  const identity = await membersAt(`${url}/fleet/identity`, signal);
  if (identity["product"] === "herd") return { kind: "herd", version: String(identity["router_version"] ?? "unknown") };
  const { version, herd_version: herdVersion } = await membersAt(`${url}/api/version`, signal);
  if (typeof herdVersion === "string") return { kind: "predecessor", version: herdVersion };
  return typeof version === "string" ? { kind: "ollama", version } : { kind: "unknown" };
}

async function membersAt(url: string, signal: AbortSignal | undefined): Promise<Readonly<Record<string, unknown>>> {
  const signals = [AbortSignal.timeout(TIMEOUT_MS), ...(signal === undefined ? [] : [signal])];
  try {
    const response = await fetch(url, { signal: AbortSignal.any(signals), redirect: "manual" });
    const content: unknown = await response.json();
    return typeof content === "object" && content !== null ? { ...content } : {};
  } catch {
    // Whoever it is: it is none of those that are looked for.
    return {};
  }
}
