package gongbei.verifier.cli.code;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.trust.Certificates;
import gongbei.codec.trust.KeyFile;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustList;
import gongbei.verifier.cli.input.CodeInput;
import gongbei.verifier.scan.Scan;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the lines of {@code verify --jsonl}. Anchors that come again are remembered. */
final class VerifyLine {
  private static final int MAX_REMEMBERED = 1_024;

  private final ObjectMapper mapper;
  private final Map<String, Anchor> remembered =
      new LinkedHashMap<>(MAX_REMEMBERED, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Anchor> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };

  VerifyLine(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  /**
   * What one line asks.
   *
   * @param anchor what the line names as the only trust anchor, or null where it names none
   * @param atEpochSeconds when to judge, or {@link Scan#NOW} where the line does not say
   */
  record Question(String code, Anchor anchor, long atEpochSeconds) {}

  /**
   * The only trust anchor of a line.
   *
   * @param trusted the anchor's key alone, or nobody where there is a fault
   * @param fault why the certificate can't be an anchor, or null where it is one
   */
  record Anchor(TrustList trusted, String fault) {}

  /** A line that can't be read: which field, and why. */
  static final class FaultException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String field;

    FaultException(String field, String reason) {
      super(field + " " + reason);
      this.field = field;
    }

    String field() {
      return field;
    }
  }

  Question read(String line) throws FaultException {
    if (line.length() > CodeInput.MAX_LINE_CHARACTERS) {
      throw new FaultException("line", "is longer than 262144 characters");
    }
    final JsonNode object;
    try {
      object = mapper.readTree(line);
    } catch (JsonProcessingException e) {
      throw new FaultException("line", "is not JSON");
    }
    if (!object.isObject()) {
      throw new FaultException("line", "is not a JSON object");
    }
    if (!object.path("code").isTextual()) {
      throw new FaultException("code", "is not text");
    }
    return new Question(object.get("code").textValue(), anchor(object), at(object));
  }

  private Anchor anchor(JsonNode object) throws FaultException {
    final JsonNode node = object.path("certificate");
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    if (!node.isTextual()) {
      throw new FaultException("certificate", "is not text");
    }
    return remembered.computeIfAbsent(node.textValue(), VerifyLine::anchor);
  }

  /** A certificate as base64, or as a whole PEM block, which many put in its place. */
  private static Anchor anchor(String text) {
    try {
      return new Anchor(Certificates.anchors("certificate", der(text)), null);
    } catch (IllegalArgumentException e) {
      return new Anchor(TrustList.EMPTY, "is not base64");
    } catch (TrustException e) {
      return new Anchor(TrustList.EMPTY, e.getMessage().replaceFirst("^certificate:? ", ""));
    }
  }

  private static byte[] der(String text) throws TrustException {
    if (!text.contains("-----BEGIN ")) {
      return Base64.getMimeDecoder().decode(text);
    }
    // Where a block was made one line of JSON, its first and last line are lines again.
    final String lines =
        text.replaceAll("(-----BEGIN [A-Z0-9 ]+-----)\\s*", "$1\n")
            .replaceAll("\\s*(-----END [A-Z0-9 ]+-----)\\s*", "\n$1\n");
    final List<byte[]> certificates =
        KeyFile.of("certificate", lines.getBytes(StandardCharsets.UTF_8)).certificates();
    if (certificates.size() != 1) {
      throw new TrustException("certificate holds " + certificates.size() + " of them, not one");
    }
    return certificates.get(0);
  }

  private static long at(JsonNode object) throws FaultException {
    final JsonNode node = object.path("at");
    if (node.isMissingNode() || node.isNull()) {
      return Scan.NOW;
    }
    if (!node.isTextual()) {
      throw new FaultException("at", "is not text");
    }
    try {
      return CodeInput.epochSeconds(node.textValue());
    } catch (IllegalArgumentException e) {
      throw new FaultException("at", e.getMessage());
    }
  }
}
