package gongbei.verifier.conformance;

import gongbei.verifier.protocol.WelcomeDecoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Replays the exchanges of the {@link ScannerVectors} against a server. For one thread. */
final class VectorReplay {
  private static final int PIECE_MILLIS = 20;
  private static final String HELLO = "{hello}";
  private static final String WELCOME = "{welcome}";

  private final byte[] hello;
  private final Connecting connecting;

  /** Connects to the server. */
  interface Connecting {
    /**
     * Makes a connection.
     *
     * @param isWelcomed whether Hello and Welcome are behind it
     */
    DeviceSocket connect(boolean isWelcomed) throws IOException, Violation;
  }

  /**
   * Makes a replay.
   *
   * @param hello the frame that stands for the vectors' {@value #HELLO}
   */
  VectorReplay(byte[] hello, Connecting connecting) {
    this.hello = hello;
    this.connecting = connecting;
  }

  /** Replays an exchange; returns nothing in words. */
  String replay(ScannerVectors.Exchange exchange)
      throws IOException, Violation, InterruptedException {
    try (DeviceSocket socket = connecting.connect(exchange.begin().equals("welcomed"))) {
      for (final ScannerVectors.Step step : exchange.steps()) {
        if (step.send() != null) {
          sendPieces(socket, step.send());
        } else if (step.receive() != null) {
          expectOneOf(socket.receive(), step.receive());
        } else if (step.receiveInAnyOrder() != null) {
          final List<String> awaited = new ArrayList<>(step.receiveInAnyOrder());
          while (!awaited.isEmpty()) {
            awaited.remove(expectOneOf(socket.receive(), awaited));
          }
        } else {
          final byte[] more = socket.receive();
          if (more != null) {
            throw new Violation("the connection goes on with " + ConformanceFrames.told(more));
          }
        }
      }
    }
    return "";
  }

  private void sendPieces(DeviceSocket socket, List<String> pieces)
      throws IOException, InterruptedException {
    for (int i = 0; i < pieces.size(); i++) {
      if (i > 0) {
        TimeUnit.MILLISECONDS.sleep(PIECE_MILLIS);
      }
      final String piece = pieces.get(i);
      socket.send(piece.equals(HELLO) ? hello : HexFormat.of().parseHex(piece));
    }
  }

  private static String expectOneOf(byte[] frame, List<String> patterns) throws Violation {
    for (final String pattern : patterns) {
      if (frame != null
          && (pattern.equals(WELCOME)
              ? DeviceSocket.template(frame) == WelcomeDecoder.TEMPLATE_ID
              : FramePattern.matches(pattern, frame))) {
        return pattern;
      }
    }
    throw new Violation(
        "expected " + String.join(" or ", patterns) + ", got " + ConformanceFrames.told(frame));
  }
}
