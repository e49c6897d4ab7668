import { readFile, stat } from "node:fs/promises";
import { catalogueFile } from "../../places.ts";
import { type Catalogue, readCatalogue } from "../../recommend/catalogue/catalogue.ts";
import { createModelBook, type ModelBook } from "../../recommend/catalogue/model-book.ts";
import { createQuality, type QualityOf } from "../../recommend/catalogue/quality.ts";

/** The models that may be recommended, and where the list came from. */
export interface KnownCatalogue {
  readonly book: ModelBook;
  readonly qualityOf: QualityOf;
  readonly sources: Catalogue["sources"];
  readonly origin: "built-in" | "data-folder";
  /** Why the file in the data folder is not used; undefined when there is none, or it is. */
  readonly problem: string | undefined;
}

/** A larger file is no list of models, bytes. */
const LARGEST_FILE = 8 * 2 ** 20;

/**
 * Reads the list that this version brings, and `models.json` of the data folder, which wins when it is whole and not older.
 * Both are read again only when the latter has changed.
 * @throws Error when the list of this version cannot be read.
 */
export function createCatalogueFiles(ownPath: string): () => Promise<KnownCatalogue> {
  let known: { readonly version: string; readonly catalogue: KnownCatalogue } | undefined;
  return async () => {
    const version = await versionOf(ownPath);
    if (known?.version === version) return known.catalogue;
    const catalogue = await readBoth(version === "" ? undefined : ownPath);
    known = { version, catalogue };
    return catalogue;
  };
}

/** The list, and whether the file of the data folder is refused. */
export interface CatalogueOfFolder {
  readonly read: () => Promise<KnownCatalogue>;
  /** As the last reading found it; undefined when there is no such file, or it is used. Looks again for the next time. */
  readonly refused: () => { readonly path: string; readonly problem: string } | undefined;
}

/** Builds both for a place. */
export function createKnownCatalogue(path: string): CatalogueOfFolder {
  const read = createCatalogueFiles(path);
  let problem: string | undefined;
  const look = (): void => {
    read().then(
      (known) => {
        problem = known.problem;
      },
      (error: unknown) => {
        problem = error instanceof Error ? error.message : String(error);
      },
    );
  };
  look();
  return {
    read,
    refused: () => {
      look();
      return problem === undefined ? undefined : { path, problem };
    },
  };
}

/** Empty when there is no file. */
async function versionOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? "" : `${found.ino} ${found.mtimeMs} ${found.size}`;
}

async function readBoth(ownPath: string | undefined): Promise<KnownCatalogue> {
  const builtIn = await read(catalogueFile);
  if (typeof builtIn === "string") throw new Error(`the list of models cannot be read: ${builtIn}`);
  if (ownPath === undefined) return knownOf(builtIn, "built-in");
  const own = await read(ownPath);
  if (typeof own === "string") return knownOf(builtIn, "built-in", own);
  if (own.date >= builtIn.date) return knownOf(own, "data-folder");
  return knownOf(builtIn, "built-in", `it is older (${own.date}) than the list of this version (${builtIn.date})`);
}

const knownOf = (catalogue: Catalogue, origin: KnownCatalogue["origin"], problem?: string): KnownCatalogue => ({
  book: createModelBook(catalogue),
  qualityOf: createQuality(catalogue),
  sources: catalogue.sources,
  origin,
  problem,
});

/** The list, or why it is none. */
async function read(path: string | URL): Promise<Catalogue | string> {
  try {
    if ((await stat(path)).size > LARGEST_FILE) return "the file is larger than 8 MiB";
    const reading = readCatalogue(JSON.parse(await readFile(path, "utf8")));
    return reading.kind === "read" ? reading.catalogue : reading.reason;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
