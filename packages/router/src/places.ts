/**
 * Where the files of this product lie. All of it is worked out here, beside the program's own file, so that it holds for
 * the sources, for what the compiler makes of them and for one bundled file alike.
 */

/** The files of the program run as they were written, not as the compiler left them; then other programs do, too. */
export const runsFromSource = import.meta.url.endsWith(".ts");

/** Folder of the workspace's packages. */
export const packagesFolder = new URL("../../", import.meta.url);

/** Program of a thread of this package, by its path below `src/` without its ending. */
export function threadProgram(path: string): URL {
  return new URL(`./${path}.${runsFromSource ? "ts" : "js"}`, import.meta.url);
}

/** The list of models that may be recommended, as this version brings it. */
export const catalogueFile = new URL("../catalogue/models.json", import.meta.url);
