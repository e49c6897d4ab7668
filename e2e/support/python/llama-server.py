"""Runs llama.cpp's server with one model on a free port and prints its address. Ends when its input ends.

Arguments: the model's file, its name, the context of all slots in tokens, the slots, and `chat` or `embedding`.
"""

import os
import sys

import xllamacpp


def main() -> None:
    path, name, context, slots, purpose = sys.argv[1:]
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.model_alias = {name}
    params.n_ctx = int(context)
    params.n_parallel = int(slots)
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.endpoint_slots = True
    # Each prompt is read anew, so that equal requests have equal answers.
    params.cache_prompt = False
    # Its threads wait for each other by spinning, which other work on the same cores turns into minutes.
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    if purpose == "embedding":
        params.embedding = True
        params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    server = xllamacpp.Server(params)
    print(f"listening on {server.listening_address}", flush=True)
    sys.stdin.buffer.read()
    # The server's own threads would hold up an orderly end.
    os._exit(0)


main()
