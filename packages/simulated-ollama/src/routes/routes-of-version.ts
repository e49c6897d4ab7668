import { textAnswer } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Route } from "../http/route-table.ts";
import type { SimulatedNode } from "../node.ts";
import { hasRoute } from "../versions/version-table.ts";

/** The routes that the node's version has, with its answer to wrong methods. */
export function routesOfVersion(routes: readonly Route[], node: SimulatedNode): readonly Route[] {
  const served = routes.filter((route) => hasRoute(node.version, route.path));
  return node.features.methodRefusals ? served : served.map(withUnknownMethods);
}

const everyMethod = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** A wrong method makes the path unknown. */
function withUnknownMethods(route: Route): Route {
  const handle = async (exchange: Exchange, parameter: string) => {
    if (route.methods.includes(exchange.method)) return await route.handle(exchange, parameter);
    await exchange.reply.whole(textAnswer(404, "404 page not found"));
  };
  return { ...route, methods: everyMethod, handle };
}
