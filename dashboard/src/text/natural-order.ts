const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Compares names as people read them: case does not count, and `rack-2` comes before `rack-10`. */
export function naturalOrder(left: string, right: string): number {
  return collator.compare(left, right) || (left < right ? -1 : Number(left > right));
}
