"""The official `ollama` package, synchronous and asynchronous."""

import asyncio
import base64
import json

import ollama
from checks import COLOUR, MODELS, PIXEL, QUESTION, TOOL, TOOL_QUESTION, URL, check, run, thrown

client = ollama.Client(host=URL)
OPTIONS = {"num_predict": 12, "seed": 1, "temperature": 0}
CHAT = {"model": MODELS["chat"], "messages": [QUESTION], "options": OPTIONS}


@check
def lists():
    return {
        "listed": sorted(model.model for model in client.list().models),
        "loaded": sorted({model.model for model in client.ps().models}),
        "shown": client.show(MODELS["chat"]).capabilities,
    }


@check
def chats():
    whole = client.chat(**CHAT)
    parts = list(client.chat(**CHAT, stream=True))
    generated = client.generate(MODELS["chat"], "Hi", options=OPTIONS)
    return {
        "isEqual": whole.message.content == "".join(part.message.content for part in parts),
        "tokens": [whole.eval_count, parts[-1].eval_count, generated.eval_count],
        "ends": [whole.done_reason, parts[-1].done_reason],
        "hasText": len(whole.message.content) > 0 and len(generated.response) > 0,
    }


@check
def chats_asynchronously():
    async def both():
        several = ollama.AsyncClient(host=URL)
        whole, stream = await asyncio.gather(several.chat(**CHAT), several.chat(**CHAT, stream=True))
        return whole.message.content == "".join([part.message.content async for part in stream])

    return {"isEqual": asyncio.run(both())}


@check
def calls_tools():
    def weather(city: str) -> str:
        """Tells it.

        Args:
          city: Where
        """
        return f"22 degrees at {city}"

    called = client.chat(MODELS["chat"], [TOOL_QUESTION], tools=[weather])
    streamed = [
        call
        for part in client.chat(MODELS["chat"], [TOOL_QUESTION], tools=[TOOL], stream=True)
        for call in part.message.tool_calls or []
    ]
    result = {"role": "tool", "tool_name": "weather", "content": weather("sea")}
    answer = client.chat(MODELS["chat"], [TOOL_QUESTION, called.message, result], options=OPTIONS)
    calls = [*called.message.tool_calls, *streamed]
    return {
        "calls": [[call.function.name, dict(call.function.arguments)] for call in calls],
        "hasText": len(answer.message.content) > 0,
    }


@check
def forms():
    return json.loads(client.chat(MODELS["chat"], [QUESTION], format=COLOUR).message.content)


@check
def sees():
    seen = {"role": "user", "content": "What is this?", "images": [base64.b64decode(PIXEL)]}
    return {"hasText": len(client.chat(MODELS["eyes"], [seen], options=OPTIONS).message.content) > 0}


@check
def thinks():
    return {"hasThought": len(client.chat(MODELS["thinker"], [QUESTION], think=True).message.thinking) > 0}


@check
def embeds():
    vectors = client.embed(MODELS["embedder"], ["sea", "sky"]).embeddings
    older = client.embeddings(MODELS["embedder"], "sea").embedding
    return {"sizes": [len(vector) for vector in vectors] + [len(older)]}


@check
def leaves():
    stream = client.chat(MODELS["chat"], [QUESTION], options={"num_predict": 4000}, stream=True)
    first = next(stream)
    stream.close()
    return {"hasText": len(first.message.content) > 0}


@check
def changes():
    steps = [step.status for step in client.create("snake", from_=MODELS["chat"], system="Hiss.", stream=True)]
    client.copy("snake", "adder")
    names = {model.model for model in client.list().models}
    gone = [client.delete(name).status for name in ("snake", "adder")]
    pulled = [step.status for step in client.pull("llama3.2:1b", stream=True)]
    gone.append(client.delete("llama3.2:1b").status)
    return {
        "ends": [steps[-1], pulled[-1]],
        "areListed": {"snake:latest", "adder:latest"} <= names,
        "gone": gone,
    }


@check
def errs():
    return {
        "unknown": thrown(lambda: client.chat("nobody:1b", [QUESTION])),
        "unknownStream": thrown(lambda: list(client.chat("nobody:1b", [QUESTION], stream=True))),
        "bad": thrown(lambda: client.chat(MODELS["embedder"], [QUESTION])),
        "dies": thrown(lambda: list(client.chat(MODELS["fragile"], [QUESTION], stream=True))),
    }


run()
