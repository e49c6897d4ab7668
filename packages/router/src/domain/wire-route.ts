/** The inference routes of the three APIs, each named by its path. A backend offers some of them. */
export type WireRoute =
  | "/api/chat"
  | "/api/generate"
  | "/api/embed"
  | "/api/embeddings"
  | "/v1/chat/completions"
  | "/v1/completions"
  | "/v1/embeddings"
  | "/v1/responses"
  | "/v1/messages"
  | "/v1/audio/transcriptions"
  | "/v1/images/generations";
