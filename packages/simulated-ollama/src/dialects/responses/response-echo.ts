/** What of a request every response object says again. */
export interface ResponseEcho {
  /** As sent. */
  readonly model: string;
  readonly instructions: string | null;
  readonly tools: readonly EchoedTool[];
  readonly format: EchoedFormat;
  readonly reasoning: { readonly effort: string | undefined; readonly summary: string | undefined } | undefined;
  readonly truncation: string;
  readonly temperature: number;
  readonly topP: number;
  readonly maxOutputTokens: number | null;
  readonly background: boolean;
}

/** A tool of the request. */
export interface EchoedTool {
  readonly type: string;
  readonly name: string;
  readonly description: string | null;
  readonly strict: boolean | null;
  /** In alphabetical order at every depth: Go reads it into a map. */
  readonly parameters: unknown;
}

/** `text.format`; members that were not sent are left out, the schema keeps its order. */
export interface EchoedFormat {
  readonly type: string;
  readonly name?: string;
  readonly schema?: unknown;
  readonly strict?: boolean;
}
