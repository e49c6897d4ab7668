import { existsSync } from "node:fs";

/**
 * A name that no file has: `<path>.<purpose>-<UTC stamp>`, for example `latency.db.corrupt-20260102T030405Z`, with a
 * number behind it when that is taken. @param now Unix epoch ms
 */
export function freeName(path: string, { purpose, now }: { readonly purpose: string; readonly now: number }): string {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  const wanted = `${path}.${purpose}-${stamp}`;
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    if (!existsSync(name)) return name;
  }
}
