/** How many models lie on a machine that says it has no program for them; undefined where none is missing, or nothing is told. */
export function weightsWithoutProgram(status: unknown): number | undefined {
  if (typeof status !== "object" || status === null) return undefined;
  const { backend_available: isThere, cached_model_count: count } = status as Record<string, unknown>;
  return isThere === false && typeof count === "number" && count > 0 ? count : undefined;
}
