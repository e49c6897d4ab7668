import { createHash } from "node:crypto";
import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

// A build is read whole into memory (some tens of kB): a page and its scripts come from the same build even while another
// one is being written, and a request only ever picks a name that was read, so that no path of a client reaches the disk.

/** One file of the built dashboard. */
export interface Asset {
  readonly body: Buffer;
  /** The same compressed; undefined for kinds that are compressed already. */
  readonly gzipped: Buffer | undefined;
  /** Of the body, as it stands in the entity tag. */
  readonly digest: string;
  /** Value of Content-Type. */
  readonly type: string;
  /** Its name holds a hash of its content, so that it may be kept for ever. */
  readonly isImmutable: boolean;
}

/** The files of one build by path below its folder, for example `assets/index-Bz1xYq0k.js`. */
export type Build = ReadonlyMap<string, Asset>;

/** Reads builds from a folder. */
export interface BuildReader {
  /** Looks whether the folder has changed and reads it again if so; the last whole build while another is being written. */
  newest(): Promise<Build | undefined>;
  /** The build last read; undefined while there is none. */
  current(): Promise<Build | undefined>;
}

interface ListedFile {
  readonly path: string;
  /** Changes when the file does. */
  readonly version: string;
}

const compress = promisify(gzip);

const TYPES: ReadonlyMap<string, string> = new Map([
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".svg", "image/svg+xml"],
  [".json", "application/json"],
  [".map", "application/json"],
  [".png", "image/png"],
  [".woff2", "font/woff2"],
]);
const COMPRESSED_ALREADY: ReadonlySet<string> = new Set([".png", ".woff2"]);
/** The form that Vite gives to names in `assets/`: eight characters of hash before the extension. */
const HASHED_NAME = /^assets\/.*-[\w-]{8}\.\w+$/;

/** @throws {Error} from the returned functions, when the folder exists but cannot be read */
export function createBuildReader(directory: string): BuildReader {
  let held: { readonly build: Build; readonly version: string } | undefined;

  const newest = async (): Promise<Build | undefined> => {
    const files = await unlessMissing(listBuild(directory));
    const version = files?.map((file) => file.version).join("\n");
    if (files === undefined || version === undefined || version === held?.version) return held?.build;
    const build = await unlessMissing(readBuild(directory, files));
    if (build !== undefined) held = { build, version };
    return held?.build;
  };

  return { newest, current: async () => held?.build ?? newest() };
}

/** @returns undefined when there is no page, so no build */
async function listBuild(directory: string): Promise<readonly ListedFile[] | undefined> {
  const top = await readdir(directory, { withFileTypes: true });
  const names = fileNames(top);
  if (!names.includes("index.html")) return undefined;
  const hasAssets = top.some((entry) => entry.isDirectory() && entry.name === "assets");
  const below = hasAssets ? fileNames(await readdir(join(directory, "assets"), { withFileTypes: true })) : [];
  const paths = [...names, ...below.map((name) => `assets/${name}`)].sort();
  return Promise.all(
    paths.map(async (path) => {
      const { size, mtimeMs } = await stat(join(directory, path));
      return { path, version: `${path} ${size} ${mtimeMs}` };
    }),
  );
}

/** Regular files only: a link could lead out of the folder. */
function fileNames(entries: readonly Dirent[]): readonly string[] {
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

async function readBuild(directory: string, files: readonly ListedFile[]): Promise<Build> {
  return new Map(await Promise.all(files.map(async ({ path }) => [path, await readAsset(directory, path)] as const)));
}

async function readAsset(directory: string, path: string): Promise<Asset> {
  const body = await readFile(join(directory, path));
  const extension = extname(path);
  return {
    body,
    gzipped: COMPRESSED_ALREADY.has(extension) ? undefined : await compress(body),
    digest: createHash("sha256").update(body).digest("base64url").slice(0, 22),
    type: TYPES.get(extension) ?? "application/octet-stream",
    isImmutable: HASHED_NAME.test(path),
  };
}

/** A folder that is not there, or a file that a new build has just removed, is an expected end. */
async function unlessMissing<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined;
    throw error;
  }
}
