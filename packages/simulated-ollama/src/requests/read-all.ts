import type { Decoded } from "../json/go-type.ts";

/** Reads each item, up to the first that is wrong. */
export function readAll<I, O>(
  items: readonly I[],
  read: (item: I, index: number) => Decoded<O>,
): Decoded<readonly O[]> {
  const values: O[] = [];
  for (const [index, item] of items.entries()) {
    const result = read(item, index);
    if (!result.ok) return result;
    values.push(result.value);
  }
  return { ok: true, value: values };
}
