"""What fal's own client, unmodified, must get from a server: one check a function, each for both of its clients."""

import asyncio
import base64
import hashlib
import io
import json
import os
import tempfile
import time

import fal_client
import httpx
import websockets
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fal_client import Completed, FalClientHTTPError, FalClientTimeoutError, InProgress, Queued, StorageSettings
from PIL import Image

OWNER = os.environ["CHECK_OWNER"]
CALLS, SINGLE, HASTY, OPEN, PROGRAM = (f"{OWNER}/{name}" for name in ("calls", "single", "hasty", "open", "program"))
NOBODY = "00000000-0000-0000-0000-000000000000:wrong"
CHECKS = []


def check(*groups):
    """`proxied`: one of the few that tell whether a client without any setting of ours gets through."""

    def add(body):
        CHECKS.append((groups, body.__name__.replace("_", " "), body))
        return body

    return add


def equal(found, wanted):
    assert found == wanted, f"{found!r} is not {wanted!r}"


async def refused(call, status, message=None, error_type=None):
    """The error that the call must end with."""
    try:
        answer = await call
    except httpx.HTTPStatusError as error:
        # The client's own calls for tokens raise it as it comes.
        equal(error.response.status_code, status)
        return error
    except FalClientHTTPError as error:
        equal(error.status_code, status)
        assert message is None or message in str(error.message), f"{error.message!r} does not say {message!r}"
        assert error_type is None or error.error_type == error_type, f"the error's type is {error.error_type!r}"
        return error
    raise AssertionError(f"it answered {answer!r}")


# MARK: Direct calls


@check("run", "proxied")
async def run_answers_what_the_app_returns(fal, new):
    equal(await fal.run(CALLS, {"a": [1, "ä", {"b": "c"}]}), {"echo": {"a": [1, "ä", {"b": "c"}]}})
    equal(await fal.run(CALLS, {"text": "moon"}, path="/shout"), {"text": "MOON"})
    equal(await fal.run(CALLS + "/shout", {"text": "moon"}), {"text": "MOON"})


@check("run")
async def run_reaches_a_program(fal, new):
    answer = await fal.run(PROGRAM, {"a": 1}, path="some/path", headers={"X-Custom": "yes"}, hint="warm")
    equal((answer["method"], answer["path"], answer["body"]), ("POST", "/some/path", {"a": 1}))
    equal(answer["headers"]["x-custom"], "yes")
    assert "authorization" not in answer["headers"], "the program sees the key"
    equal(await fal.run(PROGRAM, {}, method="GET", path="/x"), {"method": "GET", "path": "/x"})


@check("run")
async def run_takes_a_start_timeout(fal, new):
    equal(await fal.run(CALLS, {"seconds": 0.1}, path="/slow", start_timeout=5), {"slept": 0.1})


@check("run")
async def fifty_runs_at_once(fal, new):
    answers = await asyncio.gather(*(fal.run(CALLS, {"n": n}) for n in range(50)))
    equal(answers, [{"echo": {"n": n}} for n in range(50)])


@check("run")
async def a_public_app_is_open_to_all(fal, new):
    equal(await fal.run(OPEN, {}), {"open": True})


# MARK: Streams


@check("stream", "proxied")
async def stream_gives_each_event(fal, new):
    equal(await fal.streamed(CALLS, {"count": 3}), [{"number": n} for n in (1, 2, 3)])
    equal(await fal.streamed(PROGRAM, {"count": 200}), [{"number": n} for n in range(1, 201)])


@check("stream")
async def events_come_as_they_are_sent(fal, new):
    begin, first = time.monotonic(), None
    async for _ in fal_client.AsyncClient().stream(CALLS, {"count": 4, "pause": 0.3}):
        first = first or time.monotonic() - begin
    assert time.monotonic() - begin - first > 0.6, "all events came at once"


# MARK: Errors


@check("errors")
async def a_refusal_of_the_app_keeps_status_and_detail(fal, new):
    await refused(fal.run(CALLS, {"reason": "text is missing"}, path="/refuse"), 422, "text is missing")
    await refused(fal.run(PROGRAM, {"status": 418, "reason": "a teapot"}, path="/refuse"), 418, "a teapot")


@check("errors")
async def a_broken_handler_is_a_500(fal, new):
    error = await refused(fal.run(CALLS, {}, path="/break"), 500)
    assert error.response_headers.get("x-fal-request-id"), "the answer has no x-fal-request-id"


@check("errors")
async def a_request_that_takes_too_long_is_a_504(fal, new):
    await refused(fal.run(HASTY, {"seconds": 5}), 504, error_type="request_timeout")


@check("errors")
async def unknown_apps_and_paths_are_a_404(fal, new):
    await refused(fal.run(f"{OWNER}/nosuch", {}), 404, "not found")
    await refused(fal.run(CALLS, {}, path="/nosuch"), 404)


@check("errors", "proxied")
async def a_wrong_key_is_a_401(fal, new):
    for app in (CALLS, f"{OWNER}/nosuch"):
        await refused(new(NOBODY).run(app, {}), 401, "Cannot access application")


# MARK: Files


async def fetched(url):
    async with httpx.AsyncClient() as client:
        answer = await client.get(url)
        equal(answer.status_code, 200)
        return answer


@check("upload", "proxied")
async def bytes_come_back_with_their_type(fal, new):
    data = os.urandom(100_000)
    url = await fal.upload(data, "application/x-moon", file_name="moon rock.bin")
    answer = await fetched(url)
    equal((answer.content == data, answer.headers["content-type"]), (True, "application/x-moon"))


@check("upload")
async def a_file_comes_back(fal, new):
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        file.write(b"a small text\n")
        file.flush()
        answer = await fetched(await fal.upload_file(file.name, lifecycle=StorageSettings(expires_in="1h")))
    equal((answer.content, answer.headers["content-type"].split(";")[0]), (b"a small text\n", "text/plain"))


@check("upload")
async def an_image_comes_back(fal, new):
    image = Image.new("RGB", (32, 16), (200, 40, 10))
    answer = await fetched(await fal.upload_image(image, "png"))
    found = Image.open(io.BytesIO(answer.content))
    equal((found.size, found.getpixel((5, 5)), answer.headers["content-type"]), ((32, 16), (200, 40, 10), "image/png"))


@check("upload")
async def the_older_way_works_too(fal, new):
    url = await fal.upload(b"older", "text/plain", repository="fal", fallback_repository=[])
    equal((await fetched(url)).content, b"older")


@check("upload", "proxied")
async def a_file_above_100_MiB_goes_in_parts(fal, new):
    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        digest = hashlib.sha256()
        for _ in range(101):
            piece = os.urandom(65_536) * 16
            digest.update(piece)
            file.write(piece)
        file.flush()
        url = await fal.upload_file(file.name, fallback_repository=[])
    equal(hashlib.sha256((await fetched(url)).content).hexdigest(), digest.hexdigest())


@check("upload")
async def a_wrong_key_may_not_upload(fal, new):
    await refused(new(NOBODY).upload(b"x", "text/plain", fallback_repository=[]), 401)


# MARK: The queue


@check("queue")
async def a_submitted_request_is_followed_to_its_result(fal, new):
    handle = await fal.submit(CALLS, {"seconds": 0.4}, path="/slow")
    again = await fal.get_handle(CALLS, handle.request_id)
    for name in ("request_id", "response_url", "status_url", "cancel_url"):
        equal(getattr(handle, name), getattr(again, name))
    events = await fal.events(handle, with_logs=True)
    assert all(isinstance(event, (Queued, InProgress, Completed)) for event in events), events
    last = events[-1]
    assert isinstance(last, Completed) and last.error is None, last
    assert last.metrics["inference_time"] >= 0.3, last.metrics
    messages = [line["message"] for line in last.logs]
    assert "before the sleep" in messages and "after the sleep" in messages, last.logs
    assert all(set(line) >= {"timestamp", "level", "source", "message", "labels"} for line in last.logs), last.logs
    equal(await fal.handled(handle, "get"), {"slept": 0.4})
    equal(await fal.result(CALLS, handle.request_id), {"slept": 0.4})
    assert isinstance(await fal.status(CALLS, handle.request_id), Completed)


@check("queue", "proxied")
async def subscribe_tells_each_state_and_ends_with_the_result(fal, new):
    ids, states = [], []
    answer = await fal.subscribe(
        CALLS, {"seconds": 0.4}, path="/slow", with_logs=True, on_enqueue=ids.append, on_queue_update=states.append,
        priority="low")
    equal(answer, {"slept": 0.4})
    assert len(ids) == 1 and isinstance(states[-1], Completed), (ids, states)
    running = [state for state in states if isinstance(state, InProgress)]
    assert running and any(state.logs for state in running), "no log came while it ran"


@check("queue")
async def subscribe_reaches_a_program(fal, new):
    answer = await fal.subscribe(PROGRAM, {"a": 1}, path="/deep/er", headers={"X-Custom": "yes"})
    equal((answer["path"], answer["body"], answer["headers"]["x-custom"]), ("/deep/er", {"a": 1}, "yes"))


@check("queue")
async def those_that_wait_know_their_place(fal, new):
    first = await fal.submit(SINGLE, {"seconds": 3, "number": 0})
    while not isinstance(await fal.handled(first, "status"), InProgress):
        await asyncio.sleep(0.02)
    later = [await fal.submit(SINGLE, {"number": n}) for n in (1, 2, 3)]
    places = [await fal.handled(handle, "status") for handle in later]
    equal([place.position for place in places if isinstance(place, Queued)], [0, 1, 2])
    equal([(await fal.handled(handle, "get"))["number"] for handle in [first, *later]], [0, 1, 2, 3])


@check("queue")
async def a_waiting_request_is_cancelled(fal, new):
    first = await fal.submit(SINGLE, {"seconds": 2})
    waiting = await fal.submit(SINGLE, {"number": 7})
    await fal.handled(waiting, "cancel")
    await refused(fal.handled(waiting, "get"), 499)
    await fal.handled(first, "get")


@check("queue")
async def a_running_request_is_cancelled(fal, new):
    handle = await fal.submit(CALLS, {"seconds": 60}, path="/slow")
    while not isinstance(await fal.handled(handle, "status"), InProgress):
        await asyncio.sleep(0.02)
    begin = time.monotonic()
    await fal.cancel(CALLS, handle.request_id)
    await refused(fal.handled(handle, "get"), 499)
    assert time.monotonic() - begin < 20, "it ran on"


@check("queue")
async def what_is_over_cannot_be_cancelled(fal, new):
    handle = await fal.submit(CALLS, {})
    await fal.handled(handle, "get")
    error = await refused(fal.handled(handle, "cancel"), 400)
    equal(error.response.json()["status"], "ALREADY_COMPLETED")


@check("queue")
async def a_failed_request_gives_the_apps_own_error(fal, new):
    handle = await fal.submit(CALLS, {"reason": "text is missing"}, path="/refuse")
    await refused(fal.handled(handle, "get"), 422, "text is missing")
    last = await fal.handled(handle, "status", with_logs=True)
    assert isinstance(last, Completed) and last.error, last
    await refused(fal.subscribe(CALLS, {"reason": "again"}, path="/refuse"), 422, "again")


@check("queue")
async def a_client_timeout_cancels(fal, new):
    try:
        await fal.subscribe(CALLS, {"seconds": 60}, path="/slow", client_timeout=2)
    except FalClientTimeoutError as error:
        assert error.request_id, "it was not even submitted"
        await refused(fal.result(CALLS, error.request_id), 499)
        return
    raise AssertionError("it did not time out")


@check("queue", "proxied")
async def nobody_knows_an_unknown_request(fal, new):
    await refused(fal.status(CALLS, "3fa85f64-5717-4562-b3fc-2c963f66afa6"), 404)
    await refused(fal.cancel(CALLS, "3fa85f64-5717-4562-b3fc-2c963f66afa6"), 404)


@check("queue")
async def a_wrong_key_may_not_submit_or_look(fal, new):
    handle = await fal.submit(CALLS, {})
    await refused(new(NOBODY).submit(CALLS, {}), 401, "Cannot access application")
    await refused(new(NOBODY).status(CALLS, handle.request_id), 401)


@check("queue")
async def two_hundred_requests_each_get_their_own_result(fal, new):
    handles = await asyncio.gather(*(fal.submit(CALLS, {"n": n}) for n in range(200)))
    equal(len({handle.request_id for handle in handles}), 200)
    answers = await asyncio.gather(*(fal.handled(handle, "get") for handle in handles))
    equal(answers, [{"echo": {"n": n}} for n in range(200)])


@check("webhook", "proxied")
async def the_result_is_brought_and_signed(fal, new):
    arrived = asyncio.get_running_loop().create_future()

    async def serve(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
        body = await reader.readexactly(int(headers["content-length"]))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        if not arrived.done():
            arrived.set_result((headers, body))

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        handle = await fal.submit(CALLS, {"a": 1}, webhook_url=f"http://127.0.0.1:{port}/hook?to=me")
        headers, body = await asyncio.wait_for(arrived, 30)
    told = json.loads(body)
    equal((told["request_id"], told["status"], told["payload"]), (handle.request_id, "OK", {"echo": {"a": 1}}))
    sign = {name: headers[f"x-fal-webhook-{name}"] for name in ("request-id", "user-id", "timestamp", "signature")}
    equal(sign["request-id"], handle.request_id)
    text = "\n".join([sign["request-id"], sign["user-id"], sign["timestamp"], hashlib.sha256(body).hexdigest()])
    keys = (await fetched("https://rest.fal.ai/.well-known/jwks.json")).json()["keys"]
    public = [base64.urlsafe_b64decode(key["x"] + "=" * (-len(key["x"]) % 4)) for key in keys]
    assert any(signed(key, bytes.fromhex(sign["signature"]), text.encode()) for key in public), "nobody's signature"


def signed(key, signature, text):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text)
        return True
    except InvalidSignature:
        return False


# MARK: WebSockets


MESSAGES = [{"n": 1}, {"text": "ä", "list": [1.5, None, True]}, {"long": "x" * 100_000}]


@check("realtime", "proxied")
async def messages_go_both_ways_with_a_token(fal, new):
    equal(await fal.talk(PROGRAM, MESSAGES), MESSAGES)


@check("socket", "proxied")
async def messages_go_both_ways_with_a_key(fal, new):
    equal(await fal.talk(PROGRAM, MESSAGES, use_jwt=False), MESSAGES)


@check("realtime")
async def a_raw_socket_reaches_any_path_with_a_token(fal, new):
    equal(await fal.raw(PROGRAM, ["a text", b"\x00\x01"], path="/some/socket"), ["a text", b"\x00\x01"])


@check("socket")
async def a_raw_socket_reaches_any_path_with_a_key(fal, new):
    equal(await fal.raw(PROGRAM, ["a text", b"\x00\x01"], path="/some/socket", use_jwt=False), ["a text", b"\x00\x01"])


@check("realtime")
async def a_wrong_key_gets_no_token(fal, new):
    await refused(new(NOBODY).talk(PROGRAM, [{}]), 401)


@check("socket")
async def a_wrong_key_opens_no_socket(fal, new):
    try:
        await new(NOBODY).talk(PROGRAM, [{}], use_jwt=False)
    except websockets.exceptions.InvalidStatus as error:
        equal(error.response.status_code, 401)
        return
    raise AssertionError("it opened")


@check("realtime")
async def a_lua_app_answers_each_message_with_a_token_and_with_a_key(fal, new):
    messages = [{"n": 1}, {"text": "ä", "list": [1.5, None, True]}, {"image": b"\xff\x00\x01"}, {"long": "x" * 100_000}]
    wanted = [{"echo": message, "count": index + 1} for index, message in enumerate(messages)]
    for use_jwt in (True, False):
        equal(await fal.talk(CALLS, messages, use_jwt=use_jwt, max_buffering=8), wanted)


@check("realtime")
async def an_error_of_a_lua_app_is_one_of_its_message(fal, new):
    try:
        await fal.talk(CALLS, [{"n": 1}, {"refuse": "no moon"}])
    except fal_client.client.RealtimeError as error:
        equal((error.error, error.reason), ("INTERNAL_ERROR", "no moon"))
        return
    raise AssertionError("it answered")


@check("realtime")
async def a_token_opens_its_app_only(fal, new):
    client = fal_client.SyncClient()
    token = await asyncio.to_thread(client._get_realtime_token, CALLS)
    url = fal_client.client._build_realtime_url(PROGRAM, token, None)
    try:
        async with websockets.connect(url):
            pass
    except websockets.exceptions.InvalidStatus as error:
        equal(error.response.status_code, 401)
        return
    raise AssertionError("it opened")
