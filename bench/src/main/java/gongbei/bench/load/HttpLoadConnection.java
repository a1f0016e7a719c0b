package gongbei.bench.load;

import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.rules.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * A kept-alive HTTP/1.1 connection that asks {@code POST /v1/scans}, one question at a time. As
 * much of HTTP as the servers that are measured speak: a length or chunks. For one thread.
 */
class HttpLoadConnection extends LoadConnection {
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CHUNKED =
      "transfer-encoding: chunked".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LAST_CHUNK = "\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] REASON = "\"reason\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final int BUFFER_BYTES = 2 * MAX_QUESTION_BYTES;
  private static final int STATUS_AT = 9;
  private static final int UNAVAILABLE = 503;
  private static final Map<String, Integer> REASONS = new HashMap<>();

  static {
    for (final Reason reason : Reason.values()) {
      REASONS.put(reason.wireName(), (int) ReasonCode.valueOf(reason.name()).value());
    }
  }

  private final byte[] head;
  private final byte[] bodyStart;
  private final byte[] bodyEnd;
  private final byte[] reason = new byte[32];
  private byte[] code = new byte[512];
  private long asked;
  private boolean isIdle = true;

  /** Connects to ask {@code POST /v1/scans}. */
  HttpLoadConnection(InetSocketAddress server) throws IOException {
    this(server, BUFFER_BYTES, "/v1/scans", "{\"checkpoint\":\"metro/load\",\"code\":\"", "\"}");
  }

  /**
   * @param bodyStart what stands before the question
   * @param bodyEnd what stands after it
   */
  HttpLoadConnection(
      InetSocketAddress server, int bufferBytes, String path, String bodyStart, String bodyEnd)
      throws IOException {
    super(server, bufferBytes);
    this.bodyStart = bodyStart.getBytes(StandardCharsets.US_ASCII);
    this.bodyEnd = bodyEnd.getBytes(StandardCharsets.US_ASCII);
    head =
        ("POST "
                + path
                + " HTTP/1.1\r\nHost: "
                + server.getHostString()
                + ":"
                + server.getPort()
                + "\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
                + "Content-Length: ")
            .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  boolean hasRoom() {
    return isIdle;
  }

  @Override
  void ask(long id, Questions questions) {
    isIdle = false;
    asked = id;
    final int length = questions.length();
    if (code.length < length) {
      code = new byte[2 * length];
    }
    questions.copyTo(code, 0);
    out.put(head);
    putNumber(bodyStart.length + length + bodyEnd.length);
    out.put(HEAD_END).put(bodyStart).put(code, 0, length).put(bodyEnd);
  }

  private void putNumber(int number) {
    int divisor = 1;
    while (number / divisor >= 10) {
      divisor *= 10;
    }
    for (; divisor > 0; divisor /= 10) {
      out.put((byte) ('0' + number / divisor % 10));
    }
  }

  @Override
  void takeAnswers(Answers answers) throws IOException {
    final int headEnd = find(HEAD_END, in.position(), in.limit());
    if (headEnd < 0) {
      return;
    }
    final int body = headEnd + HEAD_END.length;
    final int end = end(headEnd, body);
    if (end < 0 || end > in.limit()) {
      return;
    }
    final int status = number(in.position() + STATUS_AT);
    final int found = status == UNAVAILABLE ? ReasonCode.BUSY.value() : answer(status, body, end);
    in.position(end);
    isIdle = true;
    answers.onAnswer(asked, found);
  }

  /** Returns what an answer says, as {@link Answers} has it; its body is in {@link #in}. */
  int answer(int status, int body, int end) {
    return status == 200 ? reason(body, end) : 0;
  }

  /** Where the answer ends, or -1 where that has not come yet. */
  private int end(int headEnd, int body) throws IOException {
    final int length = find(LENGTH, in.position(), headEnd);
    if (length >= 0) {
      int at = length + LENGTH.length;
      while (in.get(at) == ' ') {
        at++;
      }
      return body + number(at);
    }
    if (find(CHUNKED, in.position(), headEnd) < 0) {
      throw new IOException("an answer has neither a length nor chunks");
    }
    final int last = find(LAST_CHUNK, body, in.limit());
    return last < 0 ? -1 : last + LAST_CHUNK.length;
  }

  private int number(int at) {
    int number = 0;
    int next = at;
    while (in.get(next) >= '0' && in.get(next) <= '9') {
      number = 10 * number + in.get(next++) - '0';
    }
    return number;
  }

  private int reason(int from, int to) {
    final int start = find(REASON, from, to);
    if (start < 0) {
      return 0;
    }
    int length = 0;
    while (length < reason.length && in.get(start + REASON.length + length) != '"') {
      reason[length] = in.get(start + REASON.length + length);
      length++;
    }
    return REASONS.getOrDefault(new String(reason, 0, length, StandardCharsets.US_ASCII), 0);
  }

  /** Where bytes stand, upper and lower case being the same; -1 where they don't. */
  final int find(byte[] sought, int from, int to) {
    for (int at = from; at <= to - sought.length; at++) {
      int same = 0;
      while (same < sought.length && lower(in.get(at + same)) == lower(sought[same])) {
        same++;
      }
      if (same == sought.length) {
        return at;
      }
    }
    return -1;
  }

  private static int lower(byte character) {
    return character >= 'A' && character <= 'Z' ? character + 'a' - 'A' : character;
  }
}
