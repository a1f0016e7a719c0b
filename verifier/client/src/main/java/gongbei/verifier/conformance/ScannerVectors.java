package gongbei.verifier.conformance;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;

/**
 * The conformance vectors of the scanner protocol: the resource that vendors run against their own
 * code, and {@link ScannerConformance} against a server. What the notation means is in it.
 *
 * @param protocol what they are vectors of
 * @param schemaId the SBE schema's id
 * @param schemaVersion the SBE schema's version that they were made for
 * @param notation what the vectors are written in, in words
 * @param examples frames and what they hold
 * @param exchanges what a device sends, and what a server answers
 * @param streams what a server may send, and what a device makes of it
 */
public record ScannerVectors(
    String protocol,
    int schemaId,
    int schemaVersion,
    Map<String, String> notation,
    List<Example> examples,
    List<Exchange> exchanges,
    List<Stream> streams) {

  private static final String RESOURCE = "/gongbei/conformance/scanner-vectors.json";

  /** The vectors that Gongbei ships. */
  public static ScannerVectors shipped() {
    try (InputStream json = ScannerVectors.class.getResourceAsStream(RESOURCE)) {
      return new ObjectMapper().readValue(json, ScannerVectors.class);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The example of a name. */
  public Example example(String name) {
    return examples.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  /**
   * One frame.
   *
   * @param message the message that it holds
   * @param from who sends it: device, server or either
   * @param fields the message's fields
   * @param frame hexadecimal, the length prefix included
   */
  public record Example(
      String name, String message, String from, String about, JsonNode fields, String frame) {}

  /**
   * What a device sends and what comes back.
   *
   * @param begin {@code connected} before Hello, {@code welcomed} after Welcome
   */
  public record Exchange(String name, String about, String begin, List<Step> steps) {}

  /**
   * One step of an exchange; only one of its parts is there.
   *
   * @param send what the device sends, piece by piece
   * @param receive the next frame is one of these
   * @param receiveInAnyOrder the next frames are these
   * @param closed the server closes the connection
   */
  public record Step(
      List<String> send,
      List<String> receive,
      List<String> receiveInAnyOrder,
      @JsonProperty("closed") Boolean closed) {}

  /**
   * What a server sends, as TCP may deliver it.
   *
   * @param pieces segments
   * @param messages the names of the examples that they hold
   * @param end {@code open}, {@code goodbye}, {@code fault} or {@code cut-off}
   */
  public record Stream(
      String name, String about, List<String> pieces, List<String> messages, String end) {}
}
