"""The synchronous and the asynchronous client of fal behind the same names, so that each check is written once."""

import asyncio

import fal_client


class Async:
    """`fal_client.AsyncClient`, as it is."""

    name = "async"

    def __init__(self, key=None):
        self.client = fal_client.AsyncClient(key=key)

    def __getattr__(self, name):
        return getattr(self.client, name)

    async def streamed(self, *arguments, **options):
        return [event async for event in self.client.stream(*arguments, **options)]

    async def events(self, handle, **options):
        return [event async for event in handle.iter_events(**options)]

    async def handled(self, handle, method, **options):
        return await getattr(handle, method)(**options)

    async def talk(self, application, messages, **options):
        async with self.client.realtime(application, **options) as connection:
            answers = []
            for message in messages:
                await connection.send(message)
                answers.append(await connection.recv())
            return answers

    async def raw(self, application, messages, **options):
        async with self.client.ws_connect(application, **options) as socket:
            answers = []
            for message in messages:
                await socket.send(message)
                answers.append(await socket.recv())
            return answers


class Sync:
    """`fal_client.SyncClient` on threads."""

    name = "sync"

    def __init__(self, key=None):
        self.client = fal_client.SyncClient(key=key)

    def __getattr__(self, name):
        method = getattr(self.client, name)

        async def call(*arguments, **options):
            return await asyncio.to_thread(method, *arguments, **options)

        return call

    async def streamed(self, *arguments, **options):
        return await asyncio.to_thread(lambda: list(self.client.stream(*arguments, **options)))

    async def events(self, handle, **options):
        return await asyncio.to_thread(lambda: list(handle.iter_events(**options)))

    async def handled(self, handle, method, **options):
        return await asyncio.to_thread(getattr(handle, method), **options)

    async def talk(self, application, messages, **options):
        def body():
            with self.client.realtime(application, **options) as connection:
                answers = []
                for message in messages:
                    connection.send(message)
                    answers.append(connection.recv())
                return answers

        return await asyncio.to_thread(body)

    async def raw(self, application, messages, **options):
        def body():
            with self.client.ws_connect(application, **options) as socket:
                answers = []
                for message in messages:
                    socket.send(message)
                    answers.append(socket.recv())
                return answers

        return await asyncio.to_thread(body)
