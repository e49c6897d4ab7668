import type { FleetNodeView } from "@herd/shared";
import { counted } from "../text/amounts.ts";

/** A node's processor in one line: `Apple M2 Ultra · 24 cores · arm64`. What is not known is left out. */
export function chipText({ chip, cores_physical: cores, arch }: FleetNodeView["hardware"]): string {
  const known = [chip, cores > 0 ? counted(cores, "core") : "", arch].filter((part) => part !== "");
  return known.length === 0 ? "Hardware unknown" : known.join(" · ");
}
