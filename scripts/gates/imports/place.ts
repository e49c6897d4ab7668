/** Where a file of ours belongs. */
export interface Place {
  /** Name of the package or of the top folder: `router`, `shared`, `dashboard`, `e2e`. */
  readonly packageName: string;
  /** Path below the package's sources, without the ending: `fleet/api/heartbeat`. */
  readonly path: string;
  /** The first folder below the sources, or, for a file right there, its name: `fleet`, `start`. */
  readonly room: string;
}

/** Finds the place of a file from its path below the root. */
export function placeOf(file: string): Place {
  const match =
    /^packages\/([^/]+)\/src\/(.+)$/.exec(file) ??
    /^(dashboard)\/src\/(.+)$/.exec(file) ??
    /^([^/]+)\/(.+)$/.exec(file);
  const packageName = match?.[1] ?? "";
  const path = (match?.[2] ?? file).replace(/\.(ts|tsx|mjs)$/, "");
  return { packageName, path, room: path.split("/")[0] ?? path };
}

/**
 * Whether a path fits a pattern, in which `*` stands for any part of one name and `**` for any rest. A pattern without a
 * final `**` also stands for everything below it when it names a folder.
 */
export function fitsPattern(path: string, pattern: string): boolean {
  const source = pattern.split("**").map(oneLevel).join(".*");
  return new RegExp(`^${source}(/.*)?$`).test(path);
}

function oneLevel(pattern: string): string {
  return pattern.split("*").map(escapeText).join("[^/]*");
}

function escapeText(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
}
