"""Those whose dialects of environment files `mitori run --env-file` reads, asked what they make of a file. Each answer is
a dictionary of what the file sets, or a Refusal with their words."""

import ctypes
import glob
import http.server
import json
import os
import pathlib
import shutil
import socketserver
import subprocess
import threading

import harness

PEERS = pathlib.Path(__file__).resolve().parents[4] / "build/peers/node_modules"
SHARED = "/usr/lib/*/systemd/libsystemd-shared-*.so"


class Refusal(str):
    pass


class Docker:
    """The client reads the file, an engine only gets the list; so ours is a page of a server that writes it down."""

    @staticmethod
    def why_not_here():
        return None if shutil.which("docker") else "docker's client is not installed"

    def __init__(self, folder):
        self.asked = []
        self.home = folder / "home"
        self.home.mkdir()
        self.address = folder / "engine"
        asked = self.asked

        class Engine(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def address_string(self):
                return "client"

            def log_message(self, *_):
                pass

            def answer(self, status, body):
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Api-Version", "1.43")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(data)

            def do_HEAD(self):
                self.answer(200, "OK")

            do_GET = do_HEAD

            def do_POST(self):
                asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.answer(201, {"Id": "0" * 64, "Warnings": []})

        class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
            daemon_threads = True

        self.server = Server(str(self.address), Engine)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def read(self, path, environment):
        del self.asked[:]
        answer = subprocess.run(["docker", "-H", f"unix://{self.address}", "create", "--env-file", str(path), "image"],
                                env={**environment, "HOME": str(self.home), "PATH": harness.ENVIRONMENT["PATH"]},
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=harness.LIMIT)
        if answer.returncode:
            return Refusal(answer.stderr.strip())
        # What the engine makes of a bare NAME is to take it out, if the image has it.
        return dict(entry.split("=", 1) for entry in self.asked[0]["Env"] or [] if "=" in entry)


class Systemd:
    """The function that EnvironmentFile= is read with, out of systemd's own library."""

    @staticmethod
    def why_not_here():
        return None if glob.glob(SHARED) else f"no {SHARED}"

    def __init__(self):
        self.library = ctypes.CDLL(glob.glob(SHARED)[0])
        self.library.load_env_file.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p)]
        self.library.env_assignment_is_valid.argtypes = [ctypes.c_char_p]
        self.library.log_set_max_level(0)

    def read(self, path):
        words = ctypes.c_void_p()
        status = self.library.load_env_file(None, str(path).encode(), ctypes.byref(words))
        if status < 0:
            return Refusal(os.strerror(-status))
        found = {}
        entries = ctypes.cast(words, ctypes.POINTER(ctypes.c_char_p))
        for word in iter_until_null(entries) if words else ():
            # The manager drops the others with a warning.
            if self.library.env_assignment_is_valid(word) & 0xFF:
                name, value = word.split(b"=", 1)
                found[name.decode()] = value.decode()
        return found


def iter_until_null(entries):
    number = 0
    while entries[number] is not None:
        yield entries[number]
        number += 1


class Foreman:
    """lib/envs.js of npm's foreman."""

    SCRIPT = """
        const { keyValue } = require(process.argv[1]);
        const fs = require('fs');
        const answers = process.argv.slice(2).map(path => {
            try { return keyValue(fs.readFileSync(path)); } catch (error) { return String(error); }
        });
        console.log(JSON.stringify(answers));
    """

    @staticmethod
    def why_not_here():
        if (PEERS / "foreman/lib/envs.js").exists() and shutil.which("node"):
            return None
        return "npm's foreman is not here: tools/install-deps test installs it where npm is"

    @classmethod
    def read_all(cls, paths):
        answer = subprocess.run(["node", "-e", cls.SCRIPT, str(PEERS / "foreman/lib/envs.js"), *map(str, paths)],
                                capture_output=True, text=True, timeout=harness.LIMIT, check=True)
        return [Refusal(one) if isinstance(one, str) else one for one in json.loads(answer.stdout)]
