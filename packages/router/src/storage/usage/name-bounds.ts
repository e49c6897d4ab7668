/** Stands for every further name once a cell's hour or day holds as many as it may. */
const OTHER_NAMES = "(other)";

export interface NameBoundsDependencies {
  /** Different names in one scope. */
  readonly most: number;
  /** Names that a scope holds already. @param scope beginning of the hour or day, Unix epoch seconds */
  readonly stored: (scope: number) => readonly string[];
}

/** Scopes that are remembered; the longest known go first. */
const REMEMBERED_SCOPES = 1000;

/** Bounds names that clients choose, so that no stream of made-up ones fills a table: it returns the name, or `(other)`. */
export function createNameBounds({ most, stored }: NameBoundsDependencies): (scope: number, name: string) => string {
  const scopes = new Map<number, Set<string>>();
  const namesOf = (scope: number): Set<string> => {
    const known = scopes.get(scope);
    if (known !== undefined) return known;
    const names = new Set(stored(scope));
    scopes.set(scope, names);
    const [oldest] = scopes.keys();
    if (scopes.size > REMEMBERED_SCOPES && oldest !== undefined) scopes.delete(oldest);
    return names;
  };
  return (scope, name) => {
    const names = namesOf(scope);
    if (names.has(name)) return name;
    if (names.size >= most) return OTHER_NAMES;
    names.add(name);
    return name;
  };
}
