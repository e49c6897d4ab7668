import type { FastifyReply } from "fastify";

/** Answers with JSON that is written already. */
export const sendJson = (reply: FastifyReply, { buffer, byteOffset, byteLength }: Uint8Array): FastifyReply =>
  reply.type("application/json; charset=utf-8").send(Buffer.from(buffer, byteOffset, byteLength));
