import type { IntendedDifference } from "../intended-difference.ts";

/** Paths that Ollama redirects. */
export const followedAtOnce: IntendedDifference = {
  name: "unclean paths are served at once",
  reason:
    "Ollama redirects a path with a double slash, a dot segment or a slash at its end; the router answers as Ollama does at the place it names, without the way back and forth.",
  settle: ({ direct, router, followed }) => {
    const isRedirect = direct.status === 301 || direct.status === 307;
    return isRedirect && followed !== undefined && router.status !== direct.status ? { direct: followed } : undefined;
  },
};
