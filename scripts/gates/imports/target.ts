import { posix } from "node:path";
import { type Place, placeOf } from "./place.ts";

/** A file of ours, named by a path. */
export interface FileTarget {
  readonly kind: "file";
  readonly file: string;
  readonly place: Place;
}

/** What an import leads to. */
export type Target =
  | FileTarget
  /** Another package of the workspace through its door; the name is without the scope: `shared`, `shared/link`. */
  | { readonly kind: "package"; readonly name: string }
  /** A module of Node, with its prefix: `node:fs`. */
  | { readonly kind: "node"; readonly name: string }
  | { readonly kind: "library"; readonly name: string };

const workspaceScope = "@herd/";

/** Resolves a specifier as it stands in a file; paths are below the root of the checkout. */
export function resolveImport(file: string, specifier: string): Target {
  if (specifier.startsWith(".")) return fileTarget(posix.join(posix.dirname(file), specifier));
  if (specifier.startsWith(workspaceScope)) return { kind: "package", name: specifier.slice(workspaceScope.length) };
  if (specifier.startsWith("node:")) return { kind: "node", name: specifier };
  return { kind: "library", name: libraryOf(specifier) };
}

function fileTarget(file: string): Target {
  return { kind: "file", file, place: placeOf(file) };
}

/** `@scope/name/part` and `name/part` belong to the library `@scope/name` and `name`. */
function libraryOf(specifier: string): string {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}
