package gongbei.verifier.access;

import gongbei.codec.time.Rfc3339;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is kept of a key: its id, its roles and the SHA-256 of its text. A key is {@code
 * gbk-ID-SECRET}, its secret 256 random bits in base64url, so that one fast hash keeps it: there is
 * nothing to guess.
 *
 * @param id 8 lower-case hexadecimal digits
 * @param roles one at least
 * @param expires when it ends, or null for never
 * @param hash the SHA-256 of the key's text, 64 lower-case hexadecimal digits
 * @param name whose it is, for people: 1 to 64 printable characters of ASCII
 */
public record ApiKey(String id, Set<Role> roles, Instant expires, String hash, String name) {
  private static final Pattern TEXT = Pattern.compile("gbk-([0-9a-f]{8})-[A-Za-z0-9_-]{43}");
  private static final Pattern NAME =
      Pattern.compile("[\\x21-\\x7e](?:[\\x20-\\x7e]{0,62}[\\x21-\\x7e])?");
  private static final Pattern LINE =
      Pattern.compile(
          "([0-9a-f]{8}) ([a-z,]{1,64}) (-|[0-9T:Z.-]{20,32}) ([0-9a-f]{64}) (.{1,64})");
  private static final int ID_BYTES = 4;
  private static final int SECRET_BYTES = 32;
  private static final String NEVER = "-";

  public ApiKey {
    roles = Set.copyOf(roles);
    if (roles.isEmpty()) {
      throw new IllegalArgumentException("has no role");
    }
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "name is not 1 to 64 printable characters of ASCII, no blank first or last");
    }
  }

  /**
   * A new key and its text, which nobody keeps.
   *
   * @param text what is shown to who shall have it, once
   */
  public record Made(ApiKey key, String text) {
    /** Names the key, and does not show it. */
    @Override
    public String toString() {
      return "Made[" + key.id() + "]";
    }
  }

  /** Makes a key. */
  public static Made make(String name, Set<Role> roles, Instant expires) {
    final SecureRandom random = new SecureRandom();
    final byte[] id = new byte[ID_BYTES];
    final byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(id);
    random.nextBytes(secret);
    final String idHex = HexFormat.of().formatHex(id);
    final String text =
        "gbk-" + idHex + "-" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    final String hash = HexFormat.of().formatHex(hashOf(text));
    return new Made(new ApiKey(idHex, roles, expires, hash, name), text);
  }

  /** The id in a key's text, or null where it is no key's. */
  static String idIn(String text) {
    final Matcher matcher = TEXT.matcher(text);
    return matcher.matches() ? matcher.group(1) : null;
  }

  static byte[] hashOf(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether it has ended at a time. */
  public boolean hasExpired(Instant now) {
    return expires != null && !now.isBefore(expires);
  }

  /** The line of a file: id, roles, end or a hyphen, hash, name. */
  String line() {
    final List<String> names = new ArrayList<>();
    EnumSet.copyOf(roles).forEach(role -> names.add(role.wireName()));
    return String.join(
        " ", id, String.join(",", names), expires == null ? NEVER : expires.toString(), hash, name);
  }

  /**
   * Reads a line of a file.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static ApiKey parse(String line) {
    final Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "is not an id, roles, an end or a hyphen, a SHA-256 and a name");
    }
    final EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    for (final String role : matcher.group(2).split(",", -1)) {
      roles.add(Role.ofWireName(role));
    }
    Instant expires = null;
    if (!matcher.group(3).equals(NEVER)) {
      try {
        expires = Rfc3339.instant(matcher.group(3));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("has an end that is no time (RFC 3339, UTC)", e);
      }
    }
    return new ApiKey(matcher.group(1), roles, expires, matcher.group(4), matcher.group(5));
  }
}
