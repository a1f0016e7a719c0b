package gongbei.codec.transparency;

import gongbei.codec.model.Region;
import gongbei.codec.transparency.TransparencyException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * What a node says its history's tree is: the text of a checkpoint (C2SP tlog-checkpoint), lines of
 * origin, size, root in base64, and one extension line, when that was said.
 *
 * @param origin names the log: {@link #originOf}
 * @param size how many entries
 * @param root 32 bytes
 * @param epochSeconds when it was said
 */
public record TreeHead(String origin, long size, byte[] root, long epochSeconds) {
  private static final String ORIGIN = "gongbei-history/";
  private static final String TIME = "time ";
  private static final int LINES = 4;
  private static final int MAX_SIZE_DIGITS = 18;

  /** The origin of a region's history. */
  public static String originOf(Region region) {
    return ORIGIN + region.wireName();
  }

  /** Whose history it is; empty where it is of no region that is known. */
  public Optional<Region> region() {
    return Region.ofWireName(origin.substring(ORIGIN.length()));
  }

  /** The text, every line with its end. */
  public String text() {
    return origin
        + "\n"
        + size
        + "\n"
        + Base64.getEncoder().encodeToString(root)
        + "\n"
        + TIME
        + Instant.ofEpochSecond(epochSeconds)
        + "\n";
  }

  /**
   * Reads a text.
   *
   * @throws TransparencyException where it is none, or not written as {@link #text} writes it
   */
  static TreeHead of(String text) throws TransparencyException {
    final String[] lines = text.split("\n", -1);
    if (lines.length != LINES + 1
        || !lines[0].startsWith(ORIGIN)
        || lines[1].length() > MAX_SIZE_DIGITS
        || !lines[3].startsWith(TIME)) {
      throw malformed("has not the four lines of one");
    }
    final TreeHead head;
    try {
      head =
          new TreeHead(
              lines[0],
              Long.parseLong(lines[1]),
              Base64.getDecoder().decode(lines[2]),
              Instant.parse(lines[3].substring(TIME.length())).getEpochSecond());
    } catch (IllegalArgumentException | DateTimeException e) {
      throw malformed("has a line that can't be read");
    }
    if (head.size < 0 || head.root.length != TreeHash.BYTES || !head.text().equals(text)) {
      throw malformed("is not written as heads are");
    }
    return head;
  }

  static TransparencyException malformed(String fault) {
    return new TransparencyException(Reason.HEAD_MALFORMED, "the signed head " + fault);
  }

  byte[] signedBytes() {
    return text().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TreeHead head && text().equals(head.text());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(root);
  }

  @Override
  public String toString() {
    return "TreeHead[" + origin + ", " + size + "]";
  }
}
