package gongbei.codec.trust;

import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.HealthCode;
import gongbei.codec.file.PrivateFiles;
import gongbei.codec.model.DocumentType;
import gongbei.codec.model.Region;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * A region's secret, by which a document becomes a subject: the first 16 bytes of HMAC-SM3 (RFC
 * 2104 with GB/T 32905) over one byte for the type of document and its number. Who lacks the secret
 * can neither find the document nor link the subjects of two regions. Its text never shows it. For
 * any thread.
 */
public final class SubjectSecret {
  private static final int SECRET_BYTES = 32;

  /** The most characters of a document's number, once it is plain. */
  public static final int MAX_NUMBER_CHARACTERS = 64;

  private static final Pattern WHITE_SPACE = Pattern.compile("\\s");

  /** What the HMAC sees before a visitor's subject, where a document has its type. */
  private static final byte VISITOR = 0;

  private static final byte[] SERIAL_LABEL =
      "gongbei translated serial".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] VENUE_LABEL = "gongbei venue".getBytes(StandardCharsets.US_ASCII);

  private final byte[] secret;

  private SubjectSecret(byte[] secret) {
    this.secret = secret;
  }

  /** A new secret. */
  public static SubjectSecret generate() {
    final byte[] secret = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    return new SubjectSecret(secret);
  }

  /** Reads a file of 64 hexadecimal digits. */
  public static SubjectSecret read(Path file) throws TrustException {
    try {
      PrivateFiles.requireSecret(file);
      if (Files.size(file) > 4L * SECRET_BYTES) {
        throw new TrustException(file + " is not a secret of 64 hexadecimal digits");
      }
      final byte[] secret = HexFormat.of().parseHex(TextFile.read(file).strip());
      if (secret.length == SECRET_BYTES) {
        return new SubjectSecret(secret);
      }
    } catch (IOException e) {
      throw new TrustException(file + " " + FileFault.reasonOf(e));
    } catch (IllegalArgumentException e) {
      throw new TrustException(file + " is not a secret of 64 hexadecimal digits");
    }
    throw new TrustException(file + " is not a secret of 64 hexadecimal digits");
  }

  /** Writes the secret to a new file that only its owner may read. */
  public void write(Path file) throws IOException {
    KeyGeneration.writeSecret(file, HexFormat.of().formatHex(secret) + "\n");
  }

  /**
   * The subject of a document.
   *
   * @param number the document's number; white space is dropped, letters are raised, and what is
   *     full-width is made plain (Unicode NFKC), so that one document has one subject
   * @return 16 bytes
   */
  public byte[] subject(DocumentType type, String number) {
    return new Documents(hmac()).subject(type, number);
  }

  /** What gives one document after the other its subject. */
  public Documents documents() {
    return new Documents(hmac());
  }

  /** Gives documents their subjects, with the secret taken in once. For one thread. */
  public static final class Documents {
    private final HMac hmac;

    private Documents(HMac hmac) {
      this.hmac = hmac;
    }

    /**
     * As {@link SubjectSecret#subject}.
     *
     * @throws IllegalArgumentException where the number is not one; the message shows nothing of it
     */
    public byte[] subject(DocumentType type, String number) {
      final String plain = plain(number);
      if (plain.isEmpty() || plain.length() > MAX_NUMBER_CHARACTERS) {
        throw new IllegalArgumentException("document number is not 1 to 64 characters");
      }
      final byte[] text = plain.getBytes(StandardCharsets.UTF_8);
      hmac.update((byte) type.number());
      hmac.update(text, 0, text.length);
      return subjectOf(hmac);
    }
  }

  /** A document's number as the HMAC sees it. */
  public static String plain(String number) {
    return WHITE_SPACE
        .matcher(Normalizer.normalize(number, Normalizer.Form.NFKC))
        .replaceAll("")
        .toUpperCase(Locale.ROOT);
  }

  /**
   * The subject of a visitor, who is known by another region's subject alone: the first 16 bytes of
   * HMAC-SM3 over a zero byte, the region's two letters and its subject. Without this secret nobody
   * can tell that the two are one person.
   *
   * @param region the region that the visitor is from
   * @param buffer holds that region's subject at the offset
   * @return 16 bytes
   */
  public byte[] visitor(Region region, byte[] buffer, int offset) {
    return new Visitors(hmac()).subject(region, buffer, offset);
  }

  /** What gives one visitor after the other their subject. */
  public Visitors visitors() {
    return new Visitors(hmac());
  }

  /** Gives visitors their subjects, with the secret taken in once. For one thread. */
  public static final class Visitors {
    private final HMac hmac;

    private Visitors(HMac hmac) {
      this.hmac = hmac;
    }

    /** As {@link SubjectSecret#visitor}. */
    public byte[] subject(Region region, byte[] buffer, int offset) {
      final byte[] letters = region.wireName().getBytes(StandardCharsets.US_ASCII);
      hmac.update(VISITOR);
      hmac.update(letters, 0, letters.length);
      hmac.update(buffer, offset, CodeLimits.SUBJECT_BYTES);
      return subjectOf(hmac);
    }
  }

  /** What gives translated codes their serials. */
  public Serials serials() {
    return new Serials(hmac(derived(SERIAL_LABEL)));
  }

  /** A key for what venues show and ask, of 32 bytes: HKDF with the label {@code gongbei venue}. */
  public byte[] venueKey() {
    return derived(VENUE_LABEL);
  }

  /** A key of its own for a purpose: HKDF (RFC 5869, with SM3) of the secret and a label. */
  private byte[] derived(byte[] label) {
    final HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new SM3Digest());
    hkdf.init(new HKDFParameters(secret, null, label));
    final byte[] key = new byte[SECRET_BYTES];
    hkdf.generateBytes(key, 0, key.length);
    return key;
  }

  /**
   * Gives translated codes their serials: the first 8 bytes of HMAC-SM3 over the source's region,
   * subject, serial and {@code iat}, under a key that HKDF (RFC 5869, with SM3) derives from the
   * secret and the label {@code gongbei translated serial}. So one code has one serial however
   * often, and at whatever node, it is translated, and nobody without the secret can tell which
   * codes belong together. For one thread.
   */
  public static final class Serials {
    private final HMac hmac;

    private Serials(HMac hmac) {
      this.hmac = hmac;
    }

    /**
     * The serial of the code that is made from a source.
     *
     * @return 8 bytes
     */
    public byte[] serial(HealthCode source) {
      final byte[] letters = source.format().issuer().getBytes(StandardCharsets.US_ASCII);
      hmac.update(letters, 0, letters.length);
      hmac.update(source.buffer(), source.region().subjectOffset(), CodeLimits.SUBJECT_BYTES);
      hmac.update(source.buffer(), source.region().serialOffset(), CodeLimits.SERIAL_BYTES);
      hmac.update(
          ByteBuffer.allocate(Long.BYTES).putLong(source.cwt().issuedAtEpochSeconds()).array(),
          0,
          Long.BYTES);
      return first(hmac, CodeLimits.SERIAL_BYTES);
    }
  }

  private HMac hmac() {
    return hmac(secret);
  }

  private static HMac hmac(byte[] key) {
    final HMac hmac = new HMac(new SM3Digest());
    hmac.init(new KeyParameter(key));
    return hmac;
  }

  private static byte[] subjectOf(HMac hmac) {
    return first(hmac, CodeLimits.SUBJECT_BYTES);
  }

  private static byte[] first(HMac hmac, int bytes) {
    final byte[] mac = new byte[hmac.getMacSize()];
    hmac.doFinal(mac, 0);
    return Arrays.copyOf(mac, bytes);
  }
}
