"""A FastCGI client of one request: fastcgi.py SOCKET SCRIPT prints what the script answered.

The protocol: a record is version, type, request, length of the content, length of the padding, and then these.
"""

import socket
import struct
import sys

BEGIN, END, PARAMS, STDIN, STDOUT, STDERR = 1, 3, 4, 5, 6, 7
RESPONDER = 1


def record(kind, content=b""):
    return struct.pack("!BBHHBx", 1, kind, 1, len(content), 0) + content


def parameter(name, value):
    return struct.pack("!BB", len(name), len(value)) + name.encode() + value.encode()


def exactly(stream, length):
    content = stream.read(length)
    if len(content) != length:
        sys.exit("the server hung up")
    return content


path, script = sys.argv[1:]
parameters = {"SCRIPT_FILENAME": script, "SCRIPT_NAME": script, "REQUEST_METHOD": "GET", "REQUEST_URI": script,
              "SERVER_PROTOCOL": "HTTP/1.1", "GATEWAY_INTERFACE": "CGI/1.1", "QUERY_STRING": ""}
with socket.socket(socket.AF_UNIX) as connection:
    connection.settimeout(20)
    connection.connect(path)
    connection.sendall(record(BEGIN, struct.pack("!HB5x", RESPONDER, 0))
                       + record(PARAMS, b"".join(parameter(*pair) for pair in parameters.items()))
                       + record(PARAMS) + record(STDIN))
    stream = connection.makefile("rb")
    kind = None
    while kind != END:
        _, kind, _, length, padding = struct.unpack("!BBHHBx", exactly(stream, 8))
        content = exactly(stream, length)
        exactly(stream, padding)
        if kind in (STDOUT, STDERR):
            (sys.stdout if kind == STDOUT else sys.stderr).write(content.decode(errors="replace"))
