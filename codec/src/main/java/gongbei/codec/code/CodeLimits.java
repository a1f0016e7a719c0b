package gongbei.codec.code;

/** Every bound that the decoding of a code keeps, in one place. */
public final class CodeLimits {
  /** The most characters that a QR code holds in alphanumeric mode (version 40-L). */
  public static final int MAX_TEXT_CHARACTERS = 4_296;

  /** The most bytes that Base45 text of the greatest length decodes to. */
  public static final int MAX_DECODED_BYTES = (MAX_TEXT_CHARACTERS / 3) * 2;

  /** The most bytes that an {@code HC1} or {@code SHC} code may inflate to. */
  public static final int MAX_INFLATED_BYTES = 64 * 1024;

  /** The deepest nesting of CBOR arrays, maps and tags. */
  public static final int MAX_CBOR_DEPTH = 16;

  /** The most pairs in one CBOR map; bounds the search for duplicate keys. */
  public static final int MAX_CBOR_MAP_PAIRS = 64;

  /** The deepest nesting of JSON arrays and objects. */
  public static final int MAX_JSON_DEPTH = 16;

  /** The most members of one JSON object; bounds the search for duplicate names. */
  public static final int MAX_JSON_MEMBERS = 64;

  /** The most entries of the bundle in a SMART Health Card. */
  public static final int MAX_BUNDLE_ENTRIES = 256;

  /** The most different days of vaccination that a code's doses are counted by. */
  public static final int MAX_VACCINATION_DAYS = 32;

  /** The most parts that a SMART Health Card may be cut into. */
  public static final int MAX_HEALTH_CARD_PARTS = 99;

  /** The most characters of an issuer's address in a SMART Health Card. */
  public static final int MAX_ISSUER_CHARACTERS = 512;

  /** The most characters of the identifier by which a SMART Health Card is revoked. */
  public static final int MAX_RID_CHARACTERS = 24;

  /** The most characters of a Guangdong or Macau person code: QR version 9 at level M. */
  public static final int MAX_PERSON_CODE_CHARACTERS = 262;

  /** The most bytes of a key identifier in a COSE header. */
  public static final int MAX_KID_BYTES = 64;

  /** The length of a subject, in bytes. */
  public static final int SUBJECT_BYTES = 16;

  /** The length of a code's serial, in bytes. */
  public static final int SERIAL_BYTES = 8;

  /** The length of a group's digest, in bytes: SM3. */
  public static final int GROUP_DIGEST_BYTES = 32;

  /** The most members of a group. */
  public static final int MAX_GROUP_SIZE = 500;

  /** The most vaccine doses that a code may claim. */
  public static final int MAX_DOSES = 99;

  /** The most bytes of the names of a venue's kind of checkpoint and of its ruleset, in ASCII. */
  public static final int MAX_VENUE_NAME_BYTES = 32;

  /** The most bytes of the name of a venue's place, in UTF-8. */
  public static final int MAX_PLACE_BYTES = 80;

  /** The length of the digest of a venue's PIN, in bytes. */
  public static final int PIN_DIGEST_BYTES = 8;

  /** How far ahead of the time that counts a sample may have been taken, in minutes. */
  public static final int SAMPLE_SKEW_MINUTES = 5;

  /** The last second that a claim may name: 9999-12-31T23:59:59Z. */
  public static final long MAX_EPOCH_SECONDS = 253_402_300_799L;

  private CodeLimits() {}
}
