package gongbei.verifier.http;

import gongbei.testing.Patience;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Speaks HTTP byte by byte, right or wrong. */
public final class RawHttp implements AutoCloseable {

  private final Socket socket;
  private final InputStream input;

  public RawHttp(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** Speaks over a connection that is there. */
  public RawHttp(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(Patience.MILLIS);
    input = new BufferedInputStream(socket.getInputStream());
  }

  /** An answer as it came. */
  public record Answer(int status, Map<String, String> headers, String body) {}

  public static String post(String path, String body) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  public static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  }

  public RawHttp send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  public RawHttp send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** The next answer; one to HEAD has no body. */
  public Answer read(boolean toHead) throws IOException {
    final String first = line();
    final Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      final int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    final int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    final byte[] body = toHead ? new byte[0] : input.readNBytes(length);
    return new Answer(
        Integer.parseInt(first.substring(9, 12)),
        headers,
        new String(body, StandardCharsets.UTF_8));
  }

  public Answer read() throws IOException {
    return read(false);
  }

  /** Whether the server has hung up after what has been read. */
  public boolean isAtEnd() throws IOException {
    return input.read() < 0;
  }

  public byte[] readAll() throws IOException {
    return input.readAllBytes();
  }

  private String line() throws IOException {
    final StringBuilder line = new StringBuilder();
    while (true) {
      final int octet = input.read();
      if (octet < 0) {
        throw new EOFException("the server hung up after \"" + line + "\"");
      }
      if (octet == '\n') {
        return line.toString().stripTrailing();
      }
      line.append((char) octet);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
