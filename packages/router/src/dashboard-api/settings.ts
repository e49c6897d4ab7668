import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type ErrorCode, errorEntry } from "../domain/errors.ts";

/** One setting as `GET /dashboard/api/settings` shows it. */
export interface SettingView {
  readonly key: string;
  readonly value: unknown;
  readonly default: unknown;
  /** Where the value came from, in words: `the saved settings`. */
  readonly origin: string;
  /** The allowed values in words. */
  readonly range: string;
  readonly unit: string | undefined;
  readonly meaning: string;
  /** It may change while the router runs. */
  readonly is_live: boolean;
  /** What was saved here and does not hold, because the origin above is stronger. */
  readonly saved_value?: unknown;
}

/** All settings of the router, and who belongs to its fleet. */
export interface SettingsView {
  readonly router_version: string;
  readonly router_hostname: string;
  /** The values in the predecessor's groups. */
  readonly config: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly settings: readonly SettingView[];
  readonly nodes: readonly object[];
}

/** What became of a change. */
export type SettingsChange =
  | {
      readonly kind: "updated";
      readonly updated: Readonly<Record<string, unknown>>;
      readonly notices: readonly string[];
    }
  | { readonly kind: "no-change" }
  | {
      readonly kind: "refused";
      readonly code: ErrorCode;
      readonly field: string;
      readonly message: string;
      readonly hint: string;
    };

/** What the routes of the settings are given. */
export interface SettingsDoors {
  /** @param withDemo the caller sees the machines of the demo, too */
  readonly view: (withDemo: boolean) => SettingsView;
  /** Puts a change in force and keeps it. */
  readonly change: (wanted: unknown) => SettingsChange;
  readonly bodyOf: (request: FastifyRequest) => Uint8Array;
}

/** `GET` and `POST /dashboard/api/settings`. */
export function addSettingsRoutes(server: FastifyInstance, doors: SettingsDoors): void {
  server.get("/dashboard/api/settings", (request) => doors.view(request.isLoopback));
  server.post("/dashboard/api/settings", { config: { access: "change" } }, (request, reply) => {
    if (!mayBeJson(request)) return tell(reply, OTHER_TYPE);
    const body = doors.bodyOf(request);
    if (body.length > LARGEST_CHANGE) return tell(reply, TOO_LARGE);
    const wanted = parsed(body);
    return tell(reply, wanted === undefined ? NO_JSON : doors.change(wanted.content));
  });
}

/** All settings together are far smaller; what is stored is read at every start, bytes. */
const LARGEST_CHANGE = 256 * 1024;

const TOO_LARGE: SettingsChange = {
  kind: "refused",
  code: "HERD_BODY_TOO_LARGE",
  field: "",
  message: "a change of settings may have 256 KiB",
  hint: "Send fewer settings at once, and shorter maps",
};

/** Forms and plain texts are what a page of another site can send unasked. Programs that name no type are taken at their word. */
function mayBeJson({ headers }: FastifyRequest): boolean {
  const type = headers["content-type"];
  return type === undefined || /^application\/json\s*(;|$)/i.test(type);
}

const OTHER_TYPE: SettingsChange = {
  kind: "refused",
  code: "HERD_BAD_SETTING",
  field: "",
  message: "settings are taken as application/json only",
  hint: "Send the header: -H 'Content-Type: application/json'",
};

const NO_JSON: SettingsChange = {
  kind: "refused",
  code: "HERD_BAD_SETTING",
  field: "",
  message: "the body is no JSON",
  hint: 'Send a JSON object of settings, for example {"context_protection": "warn"}',
};

function tell(reply: FastifyReply, change: SettingsChange): FastifyReply {
  switch (change.kind) {
    case "updated":
      return reply.send({ status: "updated", updated: change.updated, notices: change.notices });
    case "no-change":
      return reply.send({ status: "no_change", message: "these are the present values" });
    case "refused": {
      const { code, field, message, hint } = change;
      return reply
        .code(errorEntry(code).status)
        .header("x-herd-error", code)
        .send({ error: message, code, field, hint });
    }
  }
}

function parsed(body: Uint8Array): { readonly content: unknown } | undefined {
  try {
    return { content: JSON.parse(new TextDecoder().decode(body)) as unknown };
  } catch {
    // What cannot be read is told to the caller as such.
    return undefined;
  }
}
