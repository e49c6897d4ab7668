export type { Router, RouterSurroundings } from "./composition/router.ts";
export { createRootLogger, type LogTarget } from "./log/create-logs.ts";
export { readSettings, type SettingsSurroundings } from "./settings/read.ts";
export type { RouterSettings } from "./settings/settings.ts";
export { start } from "./start.ts";
