/** Headers that concern one connection only and are never passed on (RFC 9110, 7.6.1), with the old `Proxy-Connection`. Lower case. */
export const hopByHopHeaders = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
] as const;
