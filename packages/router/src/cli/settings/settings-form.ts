import { z } from "zod";

const setting = z.object({
  key: z.string(),
  value: z.unknown().optional(),
  default: z.unknown().optional(),
  origin: z.string().catch(""),
  range: z.string().catch(""),
  unit: z.string().nullish().catch(undefined),
  meaning: z.string().catch(""),
  is_live: z.boolean().catch(false),
});

/** `GET /dashboard/api/settings`, as far as it is shown. */
export const settingsForm = z.object({ settings: z.array(setting) });

/** One setting as the router tells it. */
export type SettingRead = z.output<typeof setting>;
