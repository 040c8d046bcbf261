"""A mail server that keeps what it gets, and can refuse, delay and drop: aiosmtpd on loopback.

    server.py FOLDER [NAME PASSWORD]

Its first line is its port. Each message it takes is a file of FOLDER, its recipient in the first line. What it does with a
message stands in the recipient's name: `refused…` never, `later…` not the first time, `full…` never for the moment,
`dropped…` hangs up once it has the bytes, `rejected…` refuses the bytes, `slow…` takes its time. It ends with its standard input.
"""
import asyncio
import pathlib
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name.startswith("refused"):
            return "550 5.1.1 nobody of that name"
        if name.startswith("full") or (name.startswith("later") and address not in self.seen):
            self.seen.add(address)
            return "451 4.2.1 not now"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name.startswith("slow"):
            await asyncio.sleep(0.03)
        if name.startswith("rejected"):
            return "554 5.7.1 refused for what it says"
        self.count += 1
        text = envelope.rcpt_tos[0].encode() + b"\n" + envelope.original_content
        # whoever looks sees a message whole or not at all
        begun = self.folder.with_name(f"{self.folder.name}-{self.count:06}.part")
        begun.write_bytes(text)
        begun.rename(self.folder / f"{self.count:06}.eml")
        if name.startswith("dropped"):
            server.transport.abort()
            return None
        return f"250 2.0.0 taken as {self.count}"


async def serve(folder, credentials):
    folder.mkdir(parents=True, exist_ok=True)
    more = {}
    if credentials:
        expected = tuple(text.encode() for text in credentials)

        def authenticate(server, session, envelope, mechanism, data):
            return AuthResult(success=(data.login, data.password) == expected, handled=False)

        more = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False}
    loop = asyncio.get_running_loop()
    handler = Handler(folder)
    server = await loop.create_server(lambda: SMTP(handler, hostname="mail.example", loop=loop, **more), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(pathlib.Path(sys.argv[1]), sys.argv[2:]))
