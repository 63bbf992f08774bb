"""A small HTTP server for the tests of HTTPTransport: HTTP/1.1, and HTTP/2 with --http2 (needs the package h2).

Prints "READY <port> <control port>" once it listens and ends when its standard input closes. The control port speaks
plain HTTP/1.1 and answers GET /stats with counters as "name value" lines; nothing there is counted.

With --pods it is an API server too, of so many pods with annotations of --pod-bytes each, which are made while they are
sent: a list of them is one page whatever `limit` says, and a watch of them brings nothing. It serves nothing else.
"""

import argparse
import asyncio
import collections
import contextlib
import os
import socket
import ssl
import sys
import threading

counters = collections.Counter()
pods = {"count": 0, "size": 0}
chunk = b"x" * 16384


class Reply:
    """What a handler sends: head, then chunks, over either protocol; over HTTP/2 also all of it in one write."""

    def __init__(self, send_head, send_data, send_burst=None):
        self.head = send_head
        self.data = send_data
        self.burst = send_burst


def varint(number):
    groups = []
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(groups + [number])


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def pod_start(number, size):
    """A pod but for the bytes of its annotation, with which it ends: apimachinery's ObjectMeta, annotations are 12."""
    entry = field(1, b"padding") + varint(2 << 3 | 2) + varint(size)
    names = field(1, b"pod-%d" % number) + field(3, b"default") + field(5, b"uid-%d" % number)
    meta = names + varint(12 << 3 | 2) + varint(len(entry) + size) + entry
    pod = varint(1 << 3 | 2) + varint(len(meta) + size) + meta
    return varint(2 << 3 | 2) + varint(len(pod) + size) + pod


async def send_pods(reply, common, count, size):
    """A PodList in its envelope (runtime.Unknown): magic, type, and the list with its metadata."""
    await reply.head(200, common + [("content-type", "application/vnd.kubernetes.protobuf")])
    list_meta = field(1, field(2, b"5000"))
    length = len(list_meta) + sum(len(pod_start(number, size)) + size for number in range(count))
    type_meta = field(1, b"v1") + field(2, b"PodList")
    await reply.data(b"k8s\0" + field(1, type_meta) + varint(2 << 3 | 2) + varint(length) + list_meta, False)
    for number in range(count):
        await reply.data(pod_start(number, size), False)
        for start in range(0, size, len(chunk)):
            await reply.data(chunk[: min(len(chunk), size - start)], False)
    await reply.data(b"\x1a\0\x22\0", True)


async def handle(method, path, fields, body, reply, peer):
    """Answers one request; `fields` is a list of (name, value), names in lower case."""
    route, _, query = path.partition("?")
    counters["requests"] += 1
    counters["requests:" + route] += 1
    common = [("x-connection", str(peer["port"])), ("x-sni", peer.get("sni") or "-")]
    if pods["count"] and route.startswith("/api"):
        if route == "/api/v1/pods" and "limit=" in query:
            await send_pods(reply, common, pods["count"], pods["size"])
        elif route == "/api/v1/pods":
            await reply.head(200, common)
            await asyncio.Event().wait()
        else:
            await reply.head(404, common + [("content-length", "0")])
            await reply.data(b"", True)
    elif route == "/echo":
        text = f"{method} {path}\n" + "".join(f"{n}: {v}\n" for n, v in fields) + "\n"
        answer = text.encode() + body
        await reply.head(200, common + [("content-length", str(len(answer)))])
        await reply.data(answer, True)
    elif route == "/chunks":
        await reply.head(200, common)
        count = int(query)
        for number in range(count):
            await reply.data(b"chunk %d\n" % number, False)
            await asyncio.sleep(0)
        await reply.data(b"", True)
    elif route == "/size":
        left = int(query)
        await reply.head(200, common + [("content-length", str(left))])
        while left:
            part = chunk[: min(left, len(chunk))]
            left -= len(part)
            await reply.data(part, left == 0)
    elif route == "/burst":
        await reply.burst(common, [b"%0999d\n" % number for number in range(int(query))])
    elif route == "/hang":
        await asyncio.Event().wait()
    elif route == "/watch":
        await reply.head(200, common)
        await reply.data(b"first\n", False)
        await asyncio.Event().wait()
    elif route == "/redirect":
        await reply.head(302, common + [("location", query), ("content-length", "0")])
        await reply.data(b"", True)
    elif route == "/bighead":
        await reply.head(200, common + [(f"x-{n}", "y" * 8000) for n in range(int(query))])
        await reply.data(b"", True)
    elif route == "/empty":
        await reply.head(204, common)
        await reply.data(b"", True)
    else:
        answer = b"hello\n"
        await reply.head(200, common + [("content-length", str(len(answer))), ("content-type", "text/plain")])
        await reply.data(answer, True)


# HTTP/1.1


async def read_request(reader):
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = lines[0].split(" ", 2)
    fields = [(n.strip().lower(), v.strip()) for n, _, v in (line.partition(":") for line in lines[1:] if line)]
    length = int(dict(fields).get("content-length", "0"))
    return method, path, fields, await reader.readexactly(length)


async def tunnel(reader, writer, authority):
    host, _, port = authority.rpartition(":")
    far_reader, far_writer = await asyncio.open_connection(host.strip("[]"), int(port))
    writer.write(b"HTTP/1.1 200 Connection established\r\nX-From-Proxy: yes\r\n\r\n")

    async def copy(source, sink):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
        sink.close()

    await asyncio.gather(copy(reader, far_writer), copy(far_reader, writer), return_exceptions=True)


async def serve_http1(reader, writer, peer):
    while True:
        try:
            method, path, fields, body = await read_request(reader)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        if method == "CONNECT":
            counters["tunnels"] += 1
            counters["tunnels with token"] += any(name == "authorization" for name, _ in fields)
            return await tunnel(reader, writer, path)
        if path == "/cut":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npartial")
            await writer.drain()
            return
        if path == "/informational":
            writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            continue
        state = {"chunked": False, "done": False}

        async def send_head(status, head):
            state["chunked"] = status != 204 and not any(name == "content-length" for name, _ in head)
            lines = [f"HTTP/1.1 {status} Status"] + [f"{name}: {value}" for name, value in head]
            if state["chunked"]:
                lines.append("transfer-encoding: chunked")
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
            await writer.drain()

        async def send_data(data, is_last):
            if state["chunked"]:
                if data:
                    writer.write(b"%x\r\n%s\r\n" % (len(data), data))
                if is_last:
                    writer.write(b"0\r\n\r\n")
            else:
                writer.write(data)
            state["done"] = is_last
            await writer.drain()

        task = asyncio.ensure_future(handle(method, path, fields, body, Reply(send_head, send_data), peer))
        gone = asyncio.ensure_future(reader.read(1))
        await asyncio.wait([task, gone], return_when=asyncio.FIRST_COMPLETED)
        if not task.done() or task.exception():
            task.cancel()
            gone.cancel()
            counters["aborted"] += 1
            return
        if gone.done():
            return
        gone.cancel()
        try:
            await gone
        except asyncio.CancelledError:
            pass


# HTTP/2


async def serve_http2(reader, writer, peer, stream_limit):
    import h2.config
    import h2.connection
    import h2.events
    import h2.exceptions
    import h2.settings

    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
    connection.initiate_connection()
    connection.update_settings({h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: stream_limit})
    writer.write(connection.data_to_send())
    tasks, requests, window = {}, {}, asyncio.Condition()

    async def flush():
        if data := connection.data_to_send():
            writer.write(data)
            await writer.drain()

    async def wake():
        async with window:
            window.notify_all()

    async def answer(stream):
        fields, body = requests.pop(stream)
        named = dict(fields)

        async def send_head(status, head):
            connection.send_headers(stream, [(":status", str(status))] + head)
            await flush()

        async def send_data(data, is_last):
            while data or is_last:
                room = min(connection.local_flow_control_window(stream), connection.max_outbound_frame_size)
                if data and room <= 0:
                    async with window:
                        await window.wait()
                    continue
                part, data = data[:room] if data else b"", data[room:] if data else b""
                connection.send_data(stream, part, end_stream=is_last and not data)
                await flush()
                if not data:
                    return

        async def send_burst(head, frames):
            connection.send_headers(stream, [(":status", "200")] + head)
            for number, frame in enumerate(frames):
                connection.send_data(stream, frame, end_stream=number == len(frames) - 1)
            await flush()

        reply = Reply(send_head, send_data, send_burst)
        await handle(named[":method"], named[":path"], fields, bytes(body), reply, peer)
        tasks.pop(stream, None)
        counters["streams open"] -= 1

    def end(stream):
        if task := tasks.pop(stream, None):
            task.cancel()
            counters["aborted"] += 1
            counters["streams open"] -= 1

    try:
        while data := await reader.read(65536):
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    requests[event.stream_id] = (event.headers, bytearray())
                elif isinstance(event, h2.events.DataReceived):
                    requests[event.stream_id][1].extend(event.data)
                    connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    counters["streams open"] += 1
                    counters["most streams"] = max(counters["most streams"], counters["streams open"])
                    tasks[event.stream_id] = asyncio.ensure_future(answer(event.stream_id))
                elif isinstance(event, h2.events.StreamReset):
                    end(event.stream_id)
                elif isinstance(event, h2.events.WindowUpdated):
                    await wake()
            await flush()
    except ConnectionError:
        pass
    except h2.exceptions.ProtocolError:
        counters["protocol errors"] += 1
    for stream in list(tasks):
        end(stream)


# Listening


async def control(reader, writer):
    try:
        await read_request(reader)
        text = "".join(f"{name} {value}\n" for name, value in sorted(counters.items())).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))
        await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()


def serve_certificates(listener, context):
    """Answers only who shows a certificate. Apart from asyncio, which closes without sending the TLS alert."""

    def serve(plain):
        with context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False) as secure:
            try:
                secure.do_handshake()
                while b"\r\n\r\n" not in (data := secure.recv(65536)):
                    if not data:
                        return
                secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n")
            except OSError:
                # What the client has sent is read first: closing over it would reset the connection and lose the alert.
                with contextlib.suppress(OSError):
                    secure.shutdown(socket.SHUT_WR)
                    while socket.socket.recv(secure, 65536):
                        pass

    while True:
        plain, _ = listener.accept()
        threading.Thread(target=serve, args=(plain,), daemon=True).start()


def make_context(arguments, names):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(arguments.certificate, arguments.key)
    if arguments.client_ca:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(arguments.client_ca)
    if arguments.http2:
        context.set_alpn_protocols(["h2", "http/1.1"])

    def note_name(socket, name, _):
        names[id(socket)] = name

    context.sni_callback = note_name
    return context


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--client-ca")
    parser.add_argument("--http2", type=int, metavar="STREAM_LIMIT")
    parser.add_argument("--silent", action="store_true", help="accept and never say a word")
    parser.add_argument("--pods", type=int, default=0)
    parser.add_argument("--pod-bytes", type=int, default=0)
    arguments = parser.parse_args()
    pods.update(count=arguments.pods, size=arguments.pod_bytes)
    names = {}

    async def accept(reader, writer):
        counters["connections"] += 1
        counters["connections open"] += 1
        peer = {"port": writer.get_extra_info("peername")[1]}
        secure = writer.get_extra_info("ssl_object")
        if secure:
            peer["sni"] = names.pop(id(secure), None)
        try:
            if arguments.silent:
                while await reader.read(65536):
                    pass
            elif secure and secure.selected_alpn_protocol() == "h2":
                await serve_http2(reader, writer, peer, arguments.http2)
            else:
                await serve_http1(reader, writer, peer)
        except (ConnectionError, ssl.SSLError):
            pass
        finally:
            counters["connections open"] -= 1
            writer.close()

    context = make_context(arguments, names) if arguments.certificate else None
    if arguments.client_ca:
        listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        threading.Thread(target=serve_certificates, args=(listener, context), daemon=True).start()
    else:
        server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context, backlog=512)
        listener = server.sockets[0]
    controller = await asyncio.start_server(control, "127.0.0.1", 0)
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    ports = [each.getsockname()[1] for each in (listener, controller.sockets[0])]
    print("READY", *ports, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
