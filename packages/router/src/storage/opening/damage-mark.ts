import { existsSync, rmSync, writeFileSync } from "node:fs";

/** Remembers over a restart that the database was seen damaged, so that the next start looks at all of it, however large it is. */
export interface DamageMark {
  isSet(): boolean;
  /** Does what it can: a folder that cannot be written keeps no mark beyond this run. */
  set(): void;
  clear(): void;
}

/** An empty file beside the database. @param path of the database */
export function createDamageMark(path: string): DamageMark {
  const file = `${path}.damage-seen`;
  let isSet = existsSync(file);
  return {
    isSet: () => isSet,
    set: () => {
      if (isSet) return;
      isSet = true;
      orNot(() => writeFileSync(file, "", { mode: 0o600 }));
    },
    clear: () => {
      isSet = false;
      orNot(() => rmSync(file, { force: true }));
    },
  };
}

function orNot(action: () => void): void {
  try {
    action();
  } catch {
    // What keeps the mark from being written keeps records from it, too, and is told there.
  }
}
