package gongbei.verifier.tcp;

import gongbei.codec.time.Rfc3339;
import gongbei.verifier.protocol.DeviceId;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One scanner device as the file of devices has it: a line of its id, {@code enrolled} or {@code
 * revoked}, since when, a salt, and the HMAC-SHA-256 (RFC 2104) of its credential under that salt.
 * A credential is of 256 random bits, so that one fast HMAC keeps it: there is nothing to guess.
 *
 * @param deviceId see {@link DeviceId}
 * @param revoked whether the credential was taken back
 * @param since when it came to be so, to the second
 * @param salt 16 bytes in lower-case hexadecimal, random
 * @param mac 32 bytes in lower-case hexadecimal
 */
public record Enrolment(String deviceId, boolean revoked, Instant since, String salt, String mac) {
  /** The bytes of a credential that {@link #newCredential} makes. */
  public static final int CREDENTIAL_BYTES = 32;

  private static final int SALT_BYTES = 16;
  private static final String MAC_ALGORITHM = "HmacSHA256";
  private static final Pattern SALT = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern MAC = Pattern.compile("[0-9a-f]{64}");
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A credential that nobody can guess. */
  public static byte[] newCredential() {
    final byte[] credential = new byte[CREDENTIAL_BYTES];
    RANDOM.nextBytes(credential);
    return credential;
  }

  /** Enrols a device by its credential, of which only the HMAC is kept. */
  public static Enrolment of(String deviceId, byte[] credential, Instant now) {
    final byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    final HexFormat hex = HexFormat.of();
    return new Enrolment(
        deviceId,
        false,
        now.truncatedTo(ChronoUnit.SECONDS),
        hex.formatHex(salt),
        hex.formatHex(macOf(salt, credential)));
  }

  /**
   * Reads a line of the file.
   *
   * @throws IllegalArgumentException when it is none; the message says what is wrong with it
   */
  static Enrolment parse(String line) {
    final String[] parts = line.split(" +", -1);
    if (parts.length != 5) {
      throw new IllegalArgumentException("is not an id, a state, a time, a salt and an HMAC");
    }
    final String state = parts[1].toLowerCase(Locale.ROOT);
    if (!DeviceId.isValid(parts[0])) {
      throw new IllegalArgumentException("has a device id that " + DeviceId.FAULT);
    }
    if (!state.equals("enrolled") && !state.equals("revoked")) {
      throw new IllegalArgumentException("says neither enrolled nor revoked");
    }
    if (!SALT.matcher(parts[3]).matches() || !MAC.matcher(parts[4]).matches()) {
      throw new IllegalArgumentException("has no salt and HMAC in hexadecimal");
    }
    try {
      return new Enrolment(
          parts[0], state.equals("revoked"), Rfc3339.instant(parts[2]), parts[3], parts[4]);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("has no time", e);
    }
  }

  /** The same, revoked. */
  Enrolment revokedAt(Instant now) {
    return new Enrolment(deviceId, true, now.truncatedTo(ChronoUnit.SECONDS), salt, mac);
  }

  /** Whether that is the device's credential; takes as long where it is not. */
  boolean isCredential(byte[] credential) {
    final HexFormat hex = HexFormat.of();
    return MessageDigest.isEqual(hex.parseHex(mac), macOf(hex.parseHex(salt), credential));
  }

  /** The line of the file. */
  String line() {
    return String.join(
        " ", deviceId, revoked ? "revoked" : "enrolled", since.toString(), salt, mac);
  }

  private static byte[] macOf(byte[] salt, byte[] credential) {
    try {
      final Mac mac = Mac.getInstance(MAC_ALGORITHM);
      mac.init(new SecretKeySpec(salt, MAC_ALGORITHM));
      return mac.doFinal(credential);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
