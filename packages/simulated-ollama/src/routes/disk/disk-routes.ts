/** The routes that change what is on the disk. */
import type { Exchange } from "../../http/exchange.ts";
import type { Route } from "../../http/route-table.ts";
import type { SimulatedNode } from "../../node.ts";
import { createRoute } from "./create-route.ts";
import { copyAnswer, deleteAnswer, headBlobAnswer, postBlobAnswer } from "./manage-routes.ts";
import { pullRoute, pushRoute } from "./transfer-routes.ts";

/** All of them, over one node's storage. */
export function diskRoutes(node: SimulatedNode): readonly Route[] {
  const blob = (exchange: Exchange, digest: string) =>
    exchange.method === "HEAD" ? headBlobAnswer(digest, node) : postBlobAnswer(exchange, digest, node);
  return [
    { path: "/api/pull", methods: ["POST"], handle: (exchange) => pullRoute(exchange, node) },
    { path: "/api/push", methods: ["POST"], handle: (exchange) => pushRoute(exchange, node) },
    { path: "/api/create", methods: ["POST"], handle: (exchange) => createRoute(exchange, node) },
    { path: "/api/copy", methods: ["POST"], handle: (exchange) => exchange.reply.whole(copyAnswer(exchange, node)) },
    {
      path: "/api/delete",
      methods: ["DELETE"],
      handle: (exchange) => exchange.reply.whole(deleteAnswer(exchange, node)),
    },
    {
      path: "/api/blobs/:digest",
      methods: ["HEAD", "POST"],
      handle: (exchange, digest) => exchange.reply.whole(blob(exchange, digest)),
    },
  ];
}
