package gongbei.verifier.limits;

/**
 * Every bound that a client of a node keeps or relies on, in one place; those of a code are in
 * CodeLimits, those of a node alone in Limits.
 */
public final class ClientLimits {
  /** The most bytes of one ruleset file. */
  public static final int MAX_RULESET_BYTES = 64 * 1024;

  /** The most rulesets that a node holds. */
  public static final int MAX_RULESETS = 64;

  /** The most characters of a checkpoint's name. */
  public static final int MAX_CHECKPOINT_CHARACTERS = 64;

  /** The greatest {@code testWithinHours} of a ruleset: 30 days. */
  public static final int MAX_TEST_WITHIN_HOURS = 720;

  /** The greatest {@code staleAfterSeconds} of a ruleset: a day. */
  public static final int MAX_STALE_AFTER_SECONDS = 86_400;

  /** How far ahead of a node's clock an issuer's may be, in seconds. */
  public static final int CLOCK_SKEW_SECONDS = 5;

  /** The most bytes of one frame of the scanner protocol, its length prefix not counted. */
  public static final int MAX_FRAME_BYTES = 128 * 1024;

  /** The most bytes of one frame from the server to a device, its length prefix not counted. */
  public static final int MAX_DEVICE_ANSWER_BYTES = 8 * 1024;

  /** How long a device may take to say Hello, in seconds. */
  public static final int HELLO_SECONDS = 10;

  /** How long a frame may take from its first byte to its last, in seconds. */
  public static final int FRAME_SECONDS = 10;

  /** The most characters of a device's id. */
  public static final int MAX_DEVICE_ID_CHARACTERS = 64;

  /** The most bytes of revoked foreign codes in an offline pack: some 4,000,000. */
  public static final int MAX_PACK_REVOCATION_BYTES = 64 << 20;

  /** The most bytes of an offline pack: room for 50,000,000 holders and for revoked codes. */
  public static final int MAX_PACK_BYTES = (64 << 20) + MAX_PACK_REVOCATION_BYTES;

  /** How long a device waits for a connection, in milliseconds, unless told otherwise. */
  public static final int DEVICE_CONNECT_MILLIS = 5_000;

  /** How long a device waits for an answer, in milliseconds, unless told otherwise. */
  public static final int DEVICE_ANSWER_MILLIS = 10_000;

  /** After what silence a device sends a Ping, in milliseconds, unless told otherwise. */
  public static final int DEVICE_HEARTBEAT_MILLIS = 10_000;

  /** After what silence upon a Ping a device takes its connection for lost, in milliseconds. */
  public static final int DEVICE_HEARTBEAT_TIMEOUT_MILLIS = 5_000;

  /** The first bound of a device's wait before it connects again, in milliseconds. */
  public static final int DEVICE_MIN_BACKOFF_MILLIS = 100;

  /** The last bound of a device's wait before it connects again, in milliseconds. */
  public static final int DEVICE_MAX_BACKOFF_MILLIS = 30_000;

  /** How many times a device sends a scan again that was shed, unless told otherwise. */
  public static final int DEVICE_BUSY_RETRIES = 3;

  /** The measurements of the server's clock that a device keeps. */
  public static final int DEVICE_CLOCK_SAMPLES = 8;

  /** The most national rules, all countries and versions together. */
  public static final int MAX_NATIONAL_RULES = 2_000;

  /** The most countries whose rules a ruleset refers to. */
  public static final int MAX_FOREIGN_RULES = 8;

  /** The most languages that a national rule says what it says in. */
  public static final int MAX_RULE_LANGUAGES = 40;

  /** The most characters of what a national rule says in one language. */
  public static final int MAX_RULE_TEXT_CHARACTERS = 1_000;

  /** The most fields that a national rule names as affected. */
  public static final int MAX_AFFECTED_FIELDS = 256;

  /** The most value sets. */
  public static final int MAX_VALUE_SETS = 64;

  /** The most values of one set. */
  public static final int MAX_VALUES_A_SET = 4_096;

  /** The most bytes of a country's rules, or of the value sets, as JSON. */
  public static final int MAX_NATIONAL_RULES_BYTES = 512 * 1024;

  /** The most reserve codes that a checkpoint without a network remembers to have let pass. */
  public static final int MAX_USED_RESERVES = 65_536;

  /** The most bytes of one revocation list as it is kept: some 3,700 hashes. */
  public static final int MAX_REVOCATION_LIST_BYTES = 60_000;

  /** The most revocation lists of all sources. */
  public static final int MAX_REVOCATION_LISTS = 1 << 20;

  private ClientLimits() {}
}
