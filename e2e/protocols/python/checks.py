"""What the programs of this folder share: each runs its checks and prints one JSON line for each."""

import json
import sys
import traceback

URL = sys.argv[1]
"""Of the router or the node, without a slash at the end."""

MODELS = json.loads(sys.argv[2])
"""Names: `chat`, `eyes`, `thinker`, `embedder`, and `fragile`, whose runner dies in the middle of its answers."""

PIXEL = sys.argv[3]
"""A picture in base64."""

QUESTION = {"role": "user", "content": "Why is the sky blue?"}
TOOL_QUESTION = {"role": "user", "content": "Use weather, please"}
WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = {"type": "function", "function": {"name": "weather", "description": "Tells it", "parameters": WEATHER}}
COLOUR = {
    "type": "object",
    "properties": {"colour": {"type": "string"}},
    "required": ["colour"],
    "additionalProperties": False,
}

_checks = []


def check(function):
    """Marks a check. What it returns is printed."""
    _checks.append(function)
    return function


def thrown(call):
    """What a call throws: the class, its status and its words; None when it throws nothing."""
    try:
        call()
    except Exception as error:
        return {"class": type(error).__name__, "status": getattr(error, "status_code", None), "says": str(error)}
    return None


def run():
    """Runs every check; one that fails tells where."""
    for function in _checks:
        try:
            line = {"check": function.__name__, "result": function()}
        except Exception:
            line = {"check": function.__name__, "failed": traceback.format_exc()}
        print(json.dumps(line), flush=True)
