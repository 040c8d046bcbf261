"""A gateway for texts, calls and faxes: it keeps what it takes, throttles, and calls back, all on loopback.

    gateway.py FOLDER

Its first line is its port. Each message it takes is a file `post-*.json` of FOLDER. What it does stands in the last two digits of
the number: `02` is throttled once, `03` always, `04` is refused, `05` gets no answer once it is taken; anything else is taken. What
became of it is posted to a second server of its own, which keeps each call as a line of FOLDER/calls.jsonl: `06` was not reached.
"""
import http.server
import itertools
import json
import pathlib
import sys
import threading
import urllib.request

FOLDER = pathlib.Path(sys.argv[1])
COUNT = itertools.count(1)
SEEN = set()
LOCK = threading.Lock()


class Quiet(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def body(self):
        return self.rfile.read(int(self.headers["content-length"]))

    def answer(self, status, text):
        bytes_ = text.encode()
        self.send_response(status)
        self.send_header("content-length", str(len(bytes_)))
        self.end_headers()
        self.wfile.write(bytes_)


class Calls(Quiet):
    """Who is called back: what a company's own web server would be."""

    def do_POST(self):
        with LOCK, open(FOLDER / "calls.jsonl", "ab") as calls:
            calls.write(self.body() + b"\n")
        self.answer(204, "")


class Gateway(Quiet):
    def do_POST(self):
        post = json.loads(self.body())
        number = post["to"]
        if self.headers.get("authorization") != "Bearer s3cret":
            return self.answer(401, "no such key")
        ending = number[-2:]
        if ending == "03" or (ending == "02" and number not in SEEN):
            SEEN.add(number)
            return self.answer(429, "slow down")
        if ending == "04":
            return self.answer(400, "no such number")
        with LOCK:
            count = next(COUNT)
            post["key"] = self.headers.get("idempotency-key")
            (FOLDER / f"post-{count:06}.json").write_text(json.dumps(post))
        if ending == "05":
            return self.connection.close()
        self.answer(200, json.dumps({"data": {"id": count}}))
        call = {"data": {"id": count, "status": "UNDELIV" if ending == "06" else "DELIVRD"}, "at": "2025-03-13T10:00:00Z"}
        request = urllib.request.Request(f"http://127.0.0.1:{CALLED}/", json.dumps(call).encode(), method="POST")
        urllib.request.urlopen(request).read()


FOLDER.mkdir(parents=True, exist_ok=True)
called = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Calls)
CALLED = called.server_address[1]
threading.Thread(target=called.serve_forever, daemon=True).start()
gateway = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
threading.Thread(target=gateway.serve_forever, daemon=True).start()
print(gateway.server_address[1], flush=True)
sys.stdin.read()
