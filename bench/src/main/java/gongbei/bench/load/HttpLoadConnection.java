package gongbei.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * A kept-alive HTTP/1.1 connection that asks {@code POST /v1/scans}, one question at a time or some
 * pipelined. As much of HTTP as the servers that are measured speak: a length or chunks. For one
 * thread.
 */
class HttpLoadConnection extends LoadConnection {
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CHUNKED =
      "transfer-encoding: chunked".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LAST_CHUNK = "\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] RETRY_AFTER = "retry-after:".getBytes(StandardCharsets.US_ASCII);

  /** Room for a question of common size, and for its answer. */
  private static final int USUAL_BYTES = 1_024;

  private static final int STATUS_AT = 9;
  private static final int UNAVAILABLE = 503;

  private final byte[] head;
  private final byte[] bodyStart;
  private final byte[] bodyEnd;
  private final int mostBytes;
  private byte[] code = new byte[512];
  private final long[] asked;
  private int first;
  private int inFlight;

  /**
   * Connects to ask {@code POST /v1/scans}.
   *
   * @param most how many scans are on their way at most
   */
  HttpLoadConnection(InetSocketAddress server, int most) throws IOException {
    this(
        server,
        most,
        2 * MAX_QUESTION_BYTES + most * USUAL_BYTES,
        "/v1/scans",
        new Body("{\"checkpoint\":\"metro/load\",\"code\":\"", "\"}", MAX_QUESTION_BYTES));
  }

  /**
   * What stands around a question.
   *
   * @param start what stands before it
   * @param end what stands after it
   * @param mostBytes what the longest question takes, its header included
   */
  record Body(String start, String end, int mostBytes) {}

  /**
   * @param most how many questions are on their way at most
   * @param bufferBytes room for what they take, and for their answers
   */
  HttpLoadConnection(InetSocketAddress server, int most, int bufferBytes, String path, Body around)
      throws IOException {
    super(server, bufferBytes);
    asked = new long[most];
    bodyStart = around.start().getBytes(StandardCharsets.US_ASCII);
    bodyEnd = around.end().getBytes(StandardCharsets.US_ASCII);
    mostBytes = around.mostBytes();
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
    return inFlight < asked.length && out.remaining() >= mostBytes;
  }

  @Override
  void ask(long id, Questions questions) {
    asked[(first + inFlight++) % asked.length] = id;
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
    while (inFlight > 0 && takeAnswer(answers)) {
      first = (first + 1) % asked.length;
      inFlight--;
    }
  }

  /** Takes the next answer, to the question that was asked first; false where it is not whole. */
  private boolean takeAnswer(Answers answers) throws IOException {
    final int headEnd = find(HEAD_END, in.position(), in.limit());
    if (headEnd < 0) {
      return false;
    }
    final int body = headEnd + HEAD_END.length;
    final int end = end(headEnd, body);
    if (end < 0 || end > in.limit()) {
      return false;
    }
    final int start = in.position();
    final int status = number(start + STATUS_AT);
    in.position(end);
    if (status == UNAVAILABLE) {
      final int retry = find(RETRY_AFTER, start, headEnd);
      if (retry < 0) {
        throw new IOException("an answer of 503 does not say when to come again");
      }
      answers.onShed(
          asked[first], TimeUnit.SECONDS.toNanos(number(after(retry + RETRY_AFTER.length))));
      answered();
    } else {
      answers.onAnswer(asked[first], answer(status, body, end));
    }
    return true;
  }

  /** Passes the question over that was asked first, which has its answer. */
  void answered() {}

  /** Returns what an answer says, as {@link Answers} has it; its body is in {@link #in}. */
  int answer(int status, int body, int end) {
    return status == 200 ? VerdictReason.of(in, body, end) : 0;
  }

  /** Where the answer ends, or -1 where that has not come yet. */
  private int end(int headEnd, int body) throws IOException {
    final int length = find(LENGTH, in.position(), headEnd);
    if (length >= 0) {
      return body + number(after(length + LENGTH.length));
    }
    if (find(CHUNKED, in.position(), headEnd) < 0) {
      throw new IOException("an answer has neither a length nor chunks");
    }
    final int last = find(LAST_CHUNK, body, in.limit());
    return last < 0 ? -1 : last + LAST_CHUNK.length;
  }

  /** Where what follows blanks stands. */
  private int after(int blanks) {
    int at = blanks;
    while (in.get(at) == ' ') {
      at++;
    }
    return at;
  }

  private int number(int at) {
    int number = 0;
    int next = at;
    while (in.get(next) >= '0' && in.get(next) <= '9') {
      number = 10 * number + in.get(next++) - '0';
    }
    return number;
  }

  /** Where bytes stand, upper and lower case being the same; -1 where they don't. */
  final int find(byte[] sought, int from, int to) {
    final byte small = lower(sought[0]);
    final byte capital = small >= 'a' && small <= 'z' ? (byte) (small - 'a' + 'A') : small;
    for (int at = from; at <= to - sought.length; at++) {
      final byte sign = in.get(at);
      if ((sign == small || sign == capital) && isAt(at, sought)) {
        return at;
      }
    }
    return -1;
  }

  private boolean isAt(int at, byte[] sought) {
    int same = 1;
    while (same < sought.length && lower(in.get(at + same)) == lower(sought[same])) {
      same++;
    }
    return same == sought.length;
  }

  private static byte lower(byte character) {
    return character >= 'A' && character <= 'Z' ? (byte) (character + 'a' - 'A') : character;
  }
}
