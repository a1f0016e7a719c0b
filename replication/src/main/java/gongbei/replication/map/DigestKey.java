package gongbei.replication.map;

import gongbei.codec.trust.KeyGeneration;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keys the digest of a status map before anybody is shown it: the first 8 bytes of HMAC-SHA256 over
 * version and digest. Nodes that share the key show the same at the same version; who lacks it
 * can't test a guess of what the map holds, and can't tell from two digests what lies between them.
 * For any thread.
 */
public final class DigestKey {
  private static final String FILE = "digest.key";
  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;
  private static final int ID_BYTES = 4;
  private static final byte[] PURPOSE = "gongbei map digest".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NAME = "gongbei digest key".getBytes(StandardCharsets.US_ASCII);

  private final SecretKeySpec key;
  private final int id;

  private DigestKey(byte[] key) {
    this.key = new SecretKeySpec(key, ALGORITHM);
    this.id = ByteBuffer.wrap(mac(this.key, NAME), 0, ID_BYTES).getInt();
  }

  /** The key that follows from a secret which serves other ends too. */
  public static DigestKey of(byte[] secret) {
    return new DigestKey(mac(new SecretKeySpec(secret, ALGORITHM), PURPOSE));
  }

  /** A key that nobody else has. */
  public static DigestKey random() {
    final byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return new DigestKey(key);
  }

  /** The key that a node alone keeps in its data directory, made where it has none. */
  public static DigestKey kept(Path directory) throws IOException {
    final Path file = directory.resolve(FILE);
    try {
      final byte[] key = HexFormat.of().parseHex(Files.readString(file).strip());
      if (key.length == KEY_BYTES) {
        return new DigestKey(key);
      }
    } catch (NoSuchFileException e) {
      // The first start.
    } catch (IllegalArgumentException e) {
      // Cut short by a full disk or a power cut. It ties nothing together but digests of this node.
    }
    final byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    Files.deleteIfExists(file);
    KeyGeneration.writeSecret(file, HexFormat.of().formatHex(key) + "\n");
    return new DigestKey(key);
  }

  /** What tells keys apart, as 32 bits: only digests of one key can be compared. */
  public int id() {
    return id;
  }

  /** {@link #id} as 8 hexadecimal digits. */
  public String idHex() {
    return HexFormat.of().toHexDigits(id);
  }

  /** What is shown of the digest of a moment. */
  public long of(StatusMap.Mark mark) {
    final byte[] moment =
        ByteBuffer.allocate(2 * Long.BYTES).putLong(mark.version()).putLong(mark.digest()).array();
    return ByteBuffer.wrap(mac(key, moment)).getLong();
  }

  private static byte[] mac(SecretKeySpec key, byte[] text) {
    try {
      final Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Names the key, and does not show it. */
  @Override
  public String toString() {
    return "DigestKey[" + idHex() + "]";
  }
}
