package gongbei.verifier.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.model.Region;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustList;
import gongbei.verifier.audit.AuditException.Reason;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads an audit log and tells whether it is whole: by its files and the trusted keys alone, so
 * that either side can. For one thread.
 */
public final class AuditCheck {
  private static final Pattern KID = Pattern.compile("[0-9a-f]{16}");
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final int SIGNATURE_BYTES = 64;

  private final Optional<TrustList> trust;
  private final boolean mayBeginAnywhere;
  private final BouncyCastleEngine engine = new BouncyCastleEngine();
  private long line;
  private long bytes;
  private long bytesToHead;
  private long receipts;
  private long lookups;
  private long heads;
  private long firstNumber = -1;
  private long number = -1;
  private byte[] digest;
  private long headNumber = -1;
  private byte[] headDigest;
  private String region;

  /**
   * What is in a log that is whole.
   *
   * @param region whose log it is, or null in an excerpt
   * @param receipts how many receipts
   * @param lookups how many lookups
   * @param heads how many signed heads
   * @param firstNumber the number of the first line
   * @param lastNumber the number of the last head
   * @param lastDigest the SM3 of the last head's line, by which a later copy can be held to this;
   *     null in a log that is empty
   * @param bytes the bytes of the last file up to the end of the last head
   */
  public record Summary(
      String region,
      long receipts,
      long lookups,
      long heads,
      long firstNumber,
      long lastNumber,
      byte[] lastDigest,
      long bytes) {
    /** {@link #lastDigest} as 64 hexadecimal digits; empty where there is no head. */
    public String lastDigestHex() {
      return lastDigest == null ? "" : AuditLines.hex(lastDigest);
    }

    /** Whether nothing has been written yet but, perhaps, the line that opens the log. */
    public boolean isEmpty() {
      return heads == 0;
    }
  }

  /**
   * @param trust whose heads are believed; without it none is looked at
   * @param mayBeginAnywhere whether the first line may be any; a log that is gone on with may begin
   *     where another file ends
   */
  private AuditCheck(Optional<TrustList> trust, boolean mayBeginAnywhere) {
    this.trust = trust;
    this.mayBeginAnywhere = mayBeginAnywhere;
  }

  /**
   * Checks a whole log or a part of one. A log of which nothing has been written yet is whole.
   *
   * @param trust whose heads are believed
   * @param excerpt whether it may begin anywhere
   * @param expectedHead the digest of a head that must be there, 64 hexadecimal digits, or null:
   *     whoever has seen a head before can so tell that nothing up to it was cut off or replaced
   * @throws AuditException when it is not whole: which line, and why
   */
  public static Summary check(Path file, TrustList trust, boolean excerpt, String expectedHead)
      throws AuditException {
    return check(List.of(file), trust, excerpt, expectedHead);
  }

  /**
   * Checks a log that is in several files, as one that was rotated is, each of which must follow
   * the one before: see {@link #check(Path, TrustList, boolean, String)}.
   *
   * @param files one or more, the oldest first
   */
  public static Summary check(
      List<Path> files, TrustList trust, boolean excerpt, String expectedHead)
      throws AuditException {
    final AuditCheck check = new AuditCheck(Optional.of(trust), excerpt);
    final byte[] expected = expectedHead == null ? null : HexFormat.of().parseHex(expectedHead);
    boolean found = expected == null;
    for (final Path file : files) {
      try {
        found |= check.readFile(file, expected);
      } catch (AuditException e) {
        throw files.size() == 1 || e.reason() == Reason.UNREADABLE ? e : e.in(file);
      }
    }
    if (!found) {
      throw new AuditException(
          Reason.MISSING_HEAD, 0, "head", "no head in the log has the digest that was expected");
    }
    return check.summary();
  }

  /** Reads one file to its end, and tells whether the head that is expected is in it. */
  private boolean readFile(Path file, byte[] expected) throws AuditException {
    line = 0;
    bytes = 0;
    boolean found = false;
    try (InputStream input = new BufferedInputStream(Files.newInputStream(file))) {
      String text;
      while ((text = readLine(input)) != null) {
        onLine(text);
        found |= headNumber == number && Arrays.equals(digest, expected);
      }
    } catch (IOException e) {
      throw AuditLog.unreadable(file, e);
    }
    if (headNumber != number && !isEmpty()) {
      throw new AuditException(
          Reason.UNSIGNED_END, line, "kind", "line " + line + " is the last, and no signed head");
    }
    return found;
  }

  /** Whether there is no line, or the one alone that opens a log. */
  private boolean isEmpty() {
    return number < 0 || (number == 0 && region != null);
  }

  /** The chain of a log to be gone on with, up to its last head. */
  static Summary resume(Path file) throws AuditException {
    final AuditCheck check = new AuditCheck(Optional.empty(), false);
    try {
      check.readFile(file, null);
    } catch (AuditException e) {
      if (e.reason() != Reason.UNSIGNED_END) {
        throw e;
      }
    }
    return check.summary();
  }

  private Summary summary() {
    return new Summary(
        region, receipts, lookups, heads, firstNumber, headNumber, headDigest, bytesToHead);
  }

  /** A line without its end, or null where there is none; half a line is an unsigned end. */
  private String readLine(InputStream input) throws IOException, AuditException {
    final ByteArrayOutputStream text = new ByteArrayOutputStream();
    int octet;
    while ((octet = input.read()) != '\n') {
      if (octet < 0) {
        if (text.size() == 0) {
          return null;
        }
        throw new AuditException(
            Reason.UNSIGNED_END, line + 1, null, "line " + (line + 1) + " is cut short");
      }
      text.write(octet);
      if (text.size() > AuditLines.MAX_LINE_BYTES) {
        throw malformed(line + 1, null, "is longer than " + AuditLines.MAX_LINE_BYTES + " bytes");
      }
    }
    bytes += text.size() + 1;
    line++;
    return text.toString(StandardCharsets.UTF_8);
  }

  private void onLine(String text) throws AuditException {
    final JsonNode node;
    try {
      node = AuditLines.read(text);
    } catch (JsonProcessingException e) {
      throw malformed(line, null, "is not JSON");
    }
    final String kind = node.path("kind").asText();
    if (!node.path("n").canConvertToLong() || !node.path("n").isIntegralNumber()) {
      throw malformed(line, "n", "is not a whole number");
    }
    final long own = node.path("n").longValue();
    if (number < 0) {
      begin(node, kind, own);
    } else if (own != number + 1) {
      throw new AuditException(
          Reason.TAMPERED_RECEIPT,
          line,
          "n",
          "line " + line + ": n is " + own + ", not " + (number + 1) + " as it should be");
    } else if (!node.path("previous").asText().equals(AuditLines.hex(digest))) {
      throw new AuditException(
          Reason.TAMPERED_RECEIPT,
          line - 1,
          "previous",
          "line " + (line - 1) + " is not the one that line " + line + " was made for");
    }
    number = own;
    digest = AuditLines.digest(text);
    switch (kind) {
      case AuditLines.START -> {
        if (line != 1) {
          throw malformed(line, "kind", "is start, which only the first may be");
        }
      }
      case AuditLines.CONTINUE -> {
        // The first of a file, which stands in the middle of an exported part or of joined files.
        if (line != 1 && headNumber != own - 1) {
          throw malformed(line, "kind", "is continue, which only what follows a head may be");
        }
      }
      case AuditLines.RECEIPT -> onReceipt(node);
      case AuditLines.LOOKUP -> onLookup(node);
      case AuditLines.HEAD -> onHead(node);
      default ->
          throw malformed(line, "kind", "is none of start, continue, receipt, lookup and head");
    }
  }

  private void begin(JsonNode node, String kind, long own) throws AuditException {
    if (kind.equals(AuditLines.START)) {
      if (own != 0) {
        throw malformed(line, "n", "of the start is not 0");
      }
      region = node.path("region").asText();
    } else if (kind.equals(AuditLines.CONTINUE) && (mayBeginAnywhere || trust.isEmpty())) {
      region = node.path("region").asText();
    } else if (kind.equals(AuditLines.CONTINUE)) {
      throw new AuditException(
          Reason.TAMPERED_RECEIPT,
          line,
          "kind",
          "line 1 goes on from another file: name that one before it, or check an excerpt");
    } else if (!mayBeginAnywhere) {
      throw new AuditException(
          Reason.TAMPERED_RECEIPT, line, "kind", "line 1 is no start: what came first is missing");
    }
    firstNumber = own;
  }

  private void onReceipt(JsonNode node) throws AuditException {
    if (!DIGEST.matcher(node.path("source").asText()).matches()) {
      throw malformed(line, "source", "is not 64 hexadecimal digits");
    }
    if (node.path("outcome").asText().isEmpty()) {
      throw malformed(line, "outcome", "is missing");
    }
    receipts++;
  }

  private void onLookup(JsonNode node) throws AuditException {
    if (!KID.matcher(node.path("key").asText()).matches()) {
      throw malformed(line, "key", "is not 16 hexadecimal digits");
    }
    if (node.path("outcome").asText().isEmpty()) {
      throw malformed(line, "outcome", "is missing");
    }
    lookups++;
  }

  private void onHead(JsonNode node) throws AuditException {
    final String kid = node.path("kid").asText();
    if (!KID.matcher(kid).matches()) {
      throw malformed(line, "kid", "is not 16 hexadecimal digits");
    }
    if (trust.isPresent()) {
      requireSigned(node, kid, trust.get());
    }
    heads++;
    headNumber = number;
    headDigest = digest;
    bytesToHead = bytes;
  }

  private void requireSigned(JsonNode node, String kid, TrustList believed) throws AuditException {
    final IssuerKey key = believed.find(Long.parseUnsignedLong(kid, 16));
    if (key == null) {
      throw new AuditException(
          Reason.UNKNOWN_KEY, line, "kid", "line " + line + ": kid names no key that is trusted");
    }
    if (region != null && Region.ofWireName(region).filter(key::signsFor).isEmpty()) {
      throw new AuditException(
          Reason.UNKNOWN_KEY,
          line,
          "kid",
          "line " + line + ": kid names a key of " + key.issuer() + ", not of " + region);
    }
    final byte[] signed =
        AuditLines.signedByHead(
            node.path("n").longValue(), node.path("previous").asText(), node.path("at").asText());
    byte[] signature;
    try {
      signature = Base64.getDecoder().decode(node.path("signature").asText());
    } catch (IllegalArgumentException e) {
      throw malformed(line, "signature", "is not base64");
    }
    if (signature.length != SIGNATURE_BYTES
        || !engine.verify(key, signed, 0, signed.length, signature, 0, signature.length)) {
      throw new AuditException(
          Reason.BAD_SIGNATURE,
          line,
          "signature",
          "line " + line + ": signature is not that of key " + kid);
    }
  }

  private static AuditException malformed(long line, String field, String fault) {
    return new AuditException(
        Reason.MALFORMED_LINE,
        line,
        field,
        "line " + line + (field == null ? " " : ": " + field + " ") + fault);
  }
}
