import type { OpenApiDocument, Operation } from "./open-api-document.ts";

/** All routes as a page of headings and tables, without script or style. */
export function pageOf({ info, paths }: OpenApiDocument): string {
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups = Map.groupBy(rows, ({ operation }) => operation.tags[0] ?? "");
  const tables = [...groups].map(([tag, group]) => `<h2>${escaped(tag)}</h2>\n${tableOf(group)}`);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${escaped(info.title)}: all routes</title></head>
<body><main>
<h1>${escaped(info.title)} ${escaped(info.version)}: all routes</h1>
<p>${escaped(info.description)}</p>
<p>The same for programs: <a href="/openapi.json">/openapi.json</a></p>
${tables.join("\n")}
</main></body>
</html>
`;
}

interface Row {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

function tableOf(rows: readonly Row[]): string {
  const head = "<tr><th>Method</th><th>Path</th><th>What</th><th>Who</th></tr>";
  const lines = rows.map(({ path, method, operation }) => {
    const cells = [method.toUpperCase(), path, operation.summary, operation["x-herd-access"]];
    return `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`;
  });
  return `<table>\n${[head, ...lines].join("\n")}\n</table>`;
}

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => escapes[sign] ?? "");
