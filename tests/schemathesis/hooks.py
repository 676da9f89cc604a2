"""What schemathesis does not know of itself: our media types, and identifiers of things that are there."""
import json
import os
import zlib

import schemathesis

THERE = json.loads(os.environ["HOICHO_THERE"])


@schemathesis.serializer("application/jsonl")
def jsonl(ctx, value):
    return json.dumps(value).encode()


@schemathesis.deserializer("image/png")
def png(ctx, response):
    return "a picture"


@schemathesis.hook
def map_path_parameters(ctx, path_parameters):
    """Three times of four a thing that is there; else whatever was made up."""
    for name, value in (path_parameters or {}).items():
        if name in THERE and zlib.crc32(str(value).encode()) % 4:
            path_parameters[name] = THERE[name]
    return path_parameters


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """Only the edition that the test changes has events: the stream of another one, whose identifier was in a response, never ends."""
    parameters = case.path_parameters or {}
    if case.operation.path == "/api/v1/editions/{edition}/events" and len(str(parameters.get("edition", ""))) == 36:
        parameters["edition"] = THERE["edition"]


@schemathesis.hook
def after_call(ctx, case, response):
    """The document describes an event stream as text, not each of its events: only status and headers are compared."""
    if response.headers.get("content-type", [""])[0].startswith("text/event-stream"):
        response.content = b""
