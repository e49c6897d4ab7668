/**
 * Cleans a path as clients of Ollama meet it: double slashes and dot segments vanish, and so does a slash at the end of an
 * API's path (Ollama redirects there; serving at once saves the round trip). The query stays as it is.
 */
export function cleanPath(url: string): string {
  if (!/\/\/|\/\.|\/$|\/\?/.test(url) || url === "/") return url;
  const at = url.indexOf("?");
  const path = at < 0 ? url : url.slice(0, at);
  const clean = `/${cleanSegments(path).join("/")}`;
  const keepsSlash = path.endsWith("/") && clean !== "/" && !/^\/(api|v1)(\/|$)/.test(clean);
  return `${clean}${keepsSlash ? "/" : ""}${at < 0 ? "" : url.slice(at)}`;
}

function cleanSegments(path: string): readonly string[] {
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  return kept;
}
