"""The official `anthropic` package, synchronous and asynchronous."""

import asyncio

import anthropic
from checks import MODELS, PIXEL, QUESTION, TOOL_QUESTION, URL, WEATHER, check, run, thrown

SETTINGS = {"base_url": URL, "api_key": "not-used", "max_retries": 0}
client = anthropic.Anthropic(**SETTINGS)
CREATE = {"model": MODELS["chat"], "messages": [QUESTION], "max_tokens": 12}
TOOLS = [{"name": "weather", "description": "Tells it", "input_schema": WEATHER}]


def text_of(message):
    return "".join(block.text for block in message.content if block.type == "text")


@check
def writes():
    whole = client.messages.create(**CREATE, system=[{"type": "text", "text": "Be short."}])
    with client.messages.stream(**CREATE, system="Be short.") as stream:
        text = "".join(stream.text_stream)
        last = stream.get_final_message()
    return {
        "isEqual": text == text_of(whole) == text_of(last),
        "hasText": len(text) > 0,
        "tokens": [whole.usage.output_tokens, last.usage.output_tokens],
        "ends": [whole.stop_reason, last.stop_reason],
    }


@check
def writes_asynchronously():
    async def both():
        async with anthropic.AsyncAnthropic(**SETTINGS) as several:
            whole, stream = await asyncio.gather(
                several.messages.create(**CREATE), several.messages.create(**CREATE, stream=True)
            )
            kinds = [event.type async for event in stream]
            return [whole.type, kinds[0], kinds[-1]]

    return asyncio.run(both())


@check
def calls_tools():
    ask = {**CREATE, "max_tokens": 200, "messages": [TOOL_QUESTION], "tools": TOOLS}
    whole = client.messages.create(**ask)
    with client.messages.stream(**ask) as stream:
        streamed = stream.get_final_message()
    calls = [block for message in (whole, streamed) for block in message.content if block.type == "tool_use"]
    result = {"type": "tool_result", "tool_use_id": calls[0].id, "content": "22 degrees"}
    turns = [TOOL_QUESTION, {"role": "assistant", "content": whole.content}, {"role": "user", "content": [result]}]
    answer = client.messages.create(**{**ask, "max_tokens": 12, "messages": turns})
    return {
        "calls": [[call.name, call.input] for call in calls],
        "ends": [whole.stop_reason, streamed.stop_reason],
        "hasText": len(text_of(answer)) > 0,
    }


@check
def sees():
    source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
    seen = {"role": "user", "content": [{"type": "image", "source": source}]}
    answer = client.messages.create(**{**CREATE, "model": MODELS["eyes"], "messages": [seen]})
    return {"hasText": len(text_of(answer)) > 0}


@check
def thinks():
    thinking = {"type": "enabled", "budget_tokens": 1024}
    message = client.messages.create(**{**CREATE, "model": MODELS["thinker"], "max_tokens": 40}, thinking=thinking)
    return [block.type for block in message.content]


@check
def leaves():
    stream = client.messages.create(**{**CREATE, "max_tokens": 4000}, stream=True)
    kinds = []
    for event in stream:
        kinds.append(event.type)
        if event.type == "content_block_delta":
            break
    stream.close()
    return kinds


@check
def counts():
    """Only a router has an answer."""
    try:
        return client.messages.count_tokens(model=MODELS["chat"], messages=[QUESTION]).input_tokens
    except anthropic.APIStatusError as error:
        return {"status": error.status_code}


@check
def errs():
    create = client.messages.create
    return {
        "unknown": thrown(lambda: create(**{**CREATE, "model": "nobody:1b"})),
        "unknownStream": thrown(lambda: create(**{**CREATE, "model": "nobody:1b"}, stream=True)),
        "bad": thrown(lambda: create(**{**CREATE, "messages": []})),
        "dies": thrown(lambda: list(create(**{**CREATE, "model": MODELS["fragile"]}, stream=True))),
    }


run()
