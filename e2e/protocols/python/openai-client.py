"""The official `openai` package, synchronous and asynchronous."""

import asyncio
import json

import openai
from checks import MODELS, PIXEL, QUESTION, TOOL, TOOL_QUESTION, URL, WEATHER, check, run, thrown
from pydantic import BaseModel

SETTINGS = {"base_url": f"{URL}/v1", "api_key": "not-used", "max_retries": 0}
client = openai.OpenAI(**SETTINGS)
CHAT = {"model": MODELS["chat"], "messages": [QUESTION], "max_tokens": 12, "seed": 1, "temperature": 0}


class Colour(BaseModel):
    colour: str


@check
def lists():
    return {
        "listed": sorted(model.id for model in client.models.list()),
        "shown": client.models.retrieve(MODELS["chat"]).id,
    }


@check
def chats():
    whole = client.chat.completions.create(**CHAT)
    parts = list(client.chat.completions.create(**CHAT, stream=True, stream_options={"include_usage": True}))
    text = "".join(part.choices[0].delta.content or "" for part in parts if part.choices)
    completed = client.completions.create(model=MODELS["chat"], prompt="The sky is", max_tokens=12)
    return {
        "isEqual": whole.choices[0].message.content == text,
        "tokens": [usage.completion_tokens for usage in (whole.usage, parts[-1].usage, completed.usage)],
        "ends": [whole.choices[0].finish_reason, completed.choices[0].finish_reason],
        "hasText": len(text) > 0 and len(completed.choices[0].text) > 0,
    }


@check
def chats_asynchronously():
    async def both():
        async with openai.AsyncOpenAI(**SETTINGS) as several:
            creates = several.chat.completions.create
            whole, stream = await asyncio.gather(creates(**CHAT), creates(**CHAT, stream=True))
            texts = [part.choices[0].delta.content or "" async for part in stream if part.choices]
            return whole.choices[0].message.content == "".join(texts)

    return {"isEqual": asyncio.run(both())}


@check
def calls_tools():
    ask = {"model": MODELS["chat"], "messages": [TOOL_QUESTION], "tools": [TOOL]}
    whole = client.chat.completions.create(**ask).choices[0].message
    with client.chat.completions.stream(**ask) as stream:
        streamed = stream.get_final_completion().choices[0].message
    result = {"role": "tool", "tool_call_id": whole.tool_calls[0].id, "content": "22 degrees"}
    answer = client.chat.completions.create(**{**CHAT, "messages": [TOOL_QUESTION, whole, result]})
    calls = [*whole.tool_calls, *streamed.tool_calls]
    return {
        "calls": [[call.function.name, json.loads(call.function.arguments)] for call in calls],
        "hasText": len(answer.choices[0].message.content) > 0,
    }


@check
def forms():
    parsed = client.chat.completions.parse(model=MODELS["chat"], messages=[QUESTION], response_format=Colour)
    response = client.responses.parse(model=MODELS["chat"], input="A colour?", text_format=Colour)
    return [parsed.choices[0].message.parsed.model_dump(), response.output_parsed.model_dump()]


@check
def sees():
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
    seen = {"role": "user", "content": [{"type": "text", "text": "What is this?"}, image]}
    answer = client.chat.completions.create(**{**CHAT, "model": MODELS["eyes"], "messages": [seen]})
    return {"hasText": len(answer.choices[0].message.content) > 0}


@check
def responds():
    ask = {"model": MODELS["chat"], "input": "Why is the sky blue?", "max_output_tokens": 12, "temperature": 0}
    whole = client.responses.create(**ask)
    with client.responses.stream(**ask) as stream:
        kinds = [event.type for event in stream]
        last = stream.get_final_response()
    tool = {"type": "function", "name": "weather", "parameters": WEATHER, "strict": None}
    called = client.responses.create(model=MODELS["chat"], input=TOOL_QUESTION["content"], tools=[tool])
    return {
        "isEqual": whole.output_text == last.output_text,
        "hasText": len(whole.output_text) > 0,
        "tokens": whole.usage.output_tokens,
        "ends": [kinds[0], kinds[-1]],
        "calls": [[item.name, json.loads(item.arguments)] for item in called.output if item.type == "function_call"],
    }


@check
def embeds():
    numbers = client.embeddings.create(model=MODELS["embedder"], input=["sea", "sky"], encoding_format="float").data
    # Without a format the client asks for base64 and decodes it.
    decoded = client.embeddings.create(model=MODELS["embedder"], input=["sea", "sky"]).data
    pairs = zip(numbers[0].embedding, decoded[0].embedding, strict=True)
    return {
        "sizes": [len(one.embedding) for one in [*numbers, *decoded]],
        "isEqual": max(abs(one - other) for one, other in pairs) < 1e-6,
    }


@check
def leaves():
    stream = client.chat.completions.create(**{**CHAT, "max_tokens": 4000}, stream=True)
    first = next(iter(stream))
    stream.close()
    return {"hasText": len(first.choices[0].delta.content) > 0}


@check
def errs():
    create = client.chat.completions.create
    return {
        "unknown": thrown(lambda: create(**{**CHAT, "model": "nobody:1b"})),
        "unknownStream": thrown(lambda: create(**{**CHAT, "model": "nobody:1b"}, stream=True)),
        "bad": thrown(lambda: create(**{**CHAT, "messages": []})),
        "dies": thrown(lambda: list(create(**{**CHAT, "model": MODELS["fragile"]}, stream=True))),
    }


run()
