#!/usr/bin/env python3
"""Has one code judged by a Gongbei server, by the scanner protocol.

    scan.py HOST PORT DEVICE CREDENTIAL-FILE CHECKPOINT CODE

CREDENTIAL-FILE holds what "gongbei device enrol" showed, in hexadecimal; "-" stands for none.
Prints the verdict, its reason, the field at fault, and whether the server's data was old.

Exit code: 0 pass; 1 hold, refuse, or the scan is rejected; 2 usage; 3 the server can't be
reached, does not answer in time, or refuses the device.

Python 3.8 or later, its standard library alone. The messages are those of
verifier/docs/reference/scanner-protocol.md.
"""

import random
import re
import socket
import struct
import sys
import time

PASS, NOT_PASS, USAGE, UNREACHABLE = 0, 1, 2, 3

SCHEMA_ID, SCHEMA_VERSION = 7460, 3
HELLO, WELCOME, SCAN, VERDICT, BUSY, REJECTED, GOODBYE = 1, 2, 3, 5, 6, 7, 10
HEADER = struct.Struct("<HHHH")  # blockLength, templateId, schemaId, version
SCAN_BLOCK = struct.Struct("<qq")  # correlationId, atEpochSeconds
VERDICT_BLOCK = struct.Struct("<qqqiBBBB")
BUSY_BLOCK = struct.Struct("<qi")
REJECTED_BLOCK = struct.Struct("<qB")
GOODBYE_BLOCK = struct.Struct("<B")
WELCOME_BLOCK = struct.Struct("<qiiii")
SERVERS_CLOCK = -(2**63)
GOODBYE_NORMAL = 1

MAX_ANSWER_BYTES = 8192
MAX_CODE_BYTES = 4296
MAX_BUSY_RETRIES = 3
MAX_RETRY_MILLIS = 1000
TIMEOUT_SECONDS = 5.0

DEVICE_ID = re.compile(r"[A-Za-z0-9._:/@-]{1,64}")
VERDICTS = {1: "pass", 2: "hold", 3: "refuse"}
REASONS = (
    "? malformed unsupported-format unknown-issuer bad-signature not-yet-valid expired revoked"
    " unknown-subject positive-test red yellow test-missing test-too-old stale ok busy replayed"
    " rule reserve-not-in-force reserve-used"
).split()
GOODBYES = {4: ", bad credential", 12: ", revoked"}


class UsageError(Exception):
    """What was asked for can't be meant."""


class DeviceError(Exception):
    """The server can't be reached, does not answer, or refuses the device."""


def data(content):
    """Returns data as a message holds it: its length and its bytes."""
    if len(content) > 0xFFFF:
        raise UsageError("what is to be sent is too long")
    return struct.pack("<H", len(content)) + content


def frame(template_id, block, rest=b""):
    """Returns a message in its frame."""
    body = HEADER.pack(len(block), template_id, SCHEMA_ID, SCHEMA_VERSION) + block + rest
    return struct.pack("<i", len(body)) + body


class Message:
    """A message that was received."""

    def __init__(self, body):
        block_bytes, self.template_id, schema_id, _ = HEADER.unpack_from(body)
        if schema_id != SCHEMA_ID:
            raise DeviceError("the server speaks another protocol")
        end = HEADER.size + block_bytes
        if end > len(body):
            raise DeviceError("the server's message does not fit its frame")
        self.block = body[HEADER.size : end]
        self.rest = body[end:]

    def fields(self, block):
        """Reads the fixed part: a newer server's may be longer than what is known, never shorter."""
        if len(self.block) < block.size:
            raise DeviceError("the server's message does not fit its frame")
        return block.unpack_from(self.block)

    def text(self):
        """Reads the first data behind the fixed part."""
        if len(self.rest) < 2:
            raise DeviceError("the server's message does not fit its frame")
        (length,) = struct.unpack_from("<H", self.rest)
        if length > len(self.rest) - 2:
            raise DeviceError("the server's message does not fit its frame")
        return self.rest[2 : 2 + length].decode("ascii", "replace")


class Device:
    """One connection of one device; `with` it, and it says goodbye at the end."""

    def __init__(self, address, device_id, credential):
        if not DEVICE_ID.fullmatch(device_id):
            raise UsageError("deviceId is not 1 to 64 letters, digits and . _ : / @ -")
        self.next_id = 1
        self.held = b""
        try:
            self.socket = socket.create_connection(address, TIMEOUT_SECONDS)
        except OSError as fault:
            raise DeviceError(f"{address[0]} port {address[1]}: {fault}") from fault
        try:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.send(frame(HELLO, b"", data(device_id.encode("ascii")) + data(credential)))
            answer = self.receive(time.monotonic() + TIMEOUT_SECONDS)
            if answer.template_id != WELCOME:
                raise DeviceError("the server did not say Welcome")
            answer.fields(WELCOME_BLOCK)
        except BaseException:
            self.socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.send(frame(GOODBYE, GOODBYE_BLOCK.pack(GOODBYE_NORMAL)))
        except DeviceError:
            pass  # what was judged is judged
        self.socket.close()

    def send(self, content):
        try:
            self.socket.settimeout(TIMEOUT_SECONDS)
            self.socket.sendall(content)
        except OSError as fault:
            raise DeviceError(f"the connection was lost: {fault}") from fault

    def collect(self, count, deadline):
        """Takes so many bytes; one read may bring fewer than a field."""
        while len(self.held) < count:
            left = deadline - time.monotonic()
            try:
                if left <= 0:
                    raise socket.timeout
                self.socket.settimeout(left)
                some = self.socket.recv(65536)
            except socket.timeout as fault:
                raise DeviceError(
                    f"the server does not answer within {int(TIMEOUT_SECONDS * 1000)} ms"
                ) from fault
            except OSError as fault:
                raise DeviceError(f"the connection was lost: {fault}") from fault
            if not some:
                raise DeviceError("the server closed the connection")
            self.held += some
        taken, self.held = self.held[:count], self.held[count:]
        return taken

    def receive(self, deadline):
        (length,) = struct.unpack("<i", self.collect(4, deadline))
        if not HEADER.size <= length <= MAX_ANSWER_BYTES:
            raise DeviceError(f"the server's frame is of {length} bytes")
        message = Message(self.collect(length, deadline))
        if message.template_id == GOODBYE:
            (reason,) = message.fields(GOODBYE_BLOCK)
            why = GOODBYES.get(reason, "")
            raise DeviceError(f"the server said goodbye: reason {reason}{why}")
        return message

    def scan(self, checkpoint, code):
        """Has a code judged; returns whether it passes, and the words. Asks again when busy."""
        if len(code) > MAX_CODE_BYTES:
            raise UsageError(f"code is over {MAX_CODE_BYTES} characters")
        for _ in range(1 + MAX_BUSY_RETRIES):
            number, self.next_id = self.next_id, self.next_id + 1
            block = SCAN_BLOCK.pack(number, SERVERS_CLOCK)
            self.send(frame(SCAN, block, data(checkpoint) + data(code)))
            deadline = time.monotonic() + TIMEOUT_SECONDS
            while True:
                answer = self.receive(deadline)
                if answer.template_id == VERDICT:
                    asked, _, _, _, verdict, reason, _, stale = answer.fields(VERDICT_BLOCK)
                    if asked == number:
                        return verdict == 1, words(verdict, reason, answer.text(), stale)
                elif answer.template_id == REJECTED:
                    asked, rejection = answer.fields(REJECTED_BLOCK)
                    if asked == number:
                        return False, f"rejected: {rejection}"
                elif answer.template_id == BUSY:
                    asked, hint = answer.fields(BUSY_BLOCK)
                    if asked == number:
                        hint = min(max(hint, 1), MAX_RETRY_MILLIS)
                        time.sleep((hint + random.uniform(0, hint)) / 1000)
                        break
                # Anything else is of a newer server, or a group's findings before its verdict.
        return False, "hold: busy"


def words(verdict, reason, field, stale):
    """Says a verdict; one that is not known here is for a person to look at."""
    said = REASONS[reason] if reason < len(REASONS) else "?"
    return (
        f"{VERDICTS.get(verdict, 'hold')}: {said}"
        + (f", {field}" if field else "")
        + (" (old data)" if stale == 1 else "")
    )


def credential_of(file):
    if file == "-":
        return b""
    try:
        with open(file, encoding="ascii") as stream:
            credential = bytes.fromhex(stream.read().strip())
    except OSError as fault:
        raise UsageError(f"{file}: {fault.strerror}") from fault
    except ValueError as fault:
        raise UsageError(f"{file} holds no hexadecimal") from fault
    if not credential:
        raise UsageError(f"{file} holds no hexadecimal")
    return credential


def main(arguments):
    if len(arguments) != 6:
        print("usage: scan.py HOST PORT DEVICE CREDENTIAL-FILE CHECKPOINT CODE", file=sys.stderr)
        return USAGE
    host, port, device_id, file, checkpoint, code = arguments
    try:
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise UsageError("PORT is not from 1 to 65535")
        with Device((host, int(port)), device_id, credential_of(file)) as device:
            passes, said = device.scan(checkpoint.encode("utf-8", "surrogateescape"), code.encode("utf-8", "surrogateescape"))
    except UsageError as fault:
        print(f"scan: {fault}", file=sys.stderr)
        return USAGE
    except DeviceError as fault:
        print(f"scan: {fault}", file=sys.stderr)
        return UNREACHABLE
    print(said)
    return PASS if passes else NOT_PASS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
