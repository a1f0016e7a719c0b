package gongbei.verifier.config;

import gongbei.codec.certlogic.CertLogicLimits;
import gongbei.codec.curve.FixedBaseTable;
import gongbei.codec.signature.KeyTables;

/**
 * Every bound that the verifier keeps, in one place; those of a code are in CodeLimits, those that
 * a client knows too in ClientLimits.
 */
public final class Limits {
  /** The most characters of a token's label (PKCS#11 v2.40, {@code CK_TOKEN_INFO}). */
  public static final int MAX_TOKEN_LABEL_CHARACTERS = 32;

  /** The most keys of a token that a node signs by. */
  public static final int MAX_TOKEN_KEYS = 16;

  /** The most bytes of a token's PIN. */
  public static final int MAX_PIN_BYTES = 1_024;

  /** The most bytes of a node's configuration file. */
  public static final int MAX_CONFIG_BYTES = 64 * 1024;

  /** How old a code may be by which a holder proves who they are, in seconds. */
  public static final int HOLDER_CODE_SECONDS = 120;

  /** How long one response goes on with events before its client must ask anew, in seconds. */
  public static final int EVENT_STREAM_SECONDS = 3_600;

  /** How often a response that goes on with events shows that it is alive, in seconds. */
  public static final int EVENT_HEARTBEAT_SECONDS = 15;

  /** How long an authority has to decide an appeal unless told otherwise, in hours. */
  public static final int DEFAULT_APPEAL_HOURS = 72;

  /** The longest that an authority may be given to decide an appeal, in hours: 30 days. */
  public static final int MAX_APPEAL_HOURS = 720;

  /** The most changes of one holder that are told together, each with its proof. */
  public static final int MAX_CHANGES_TOLD = 16;

  /** How long a holder's newest change is waited for to be in the history, in milliseconds. */
  public static final int HISTORY_WAIT_MILLIS = 500;

  /** The most appeals that are listed together. */
  public static final int MAX_APPEALS_A_PAGE = 100;

  /** The most holders that a map may be sized for: ten times the planet's largest province. */
  public static final long MAX_SUBJECTS = 1_500_000_000L;

  /** The holders that a map is sized for unless told otherwise. */
  public static final long DEFAULT_SUBJECTS = 1_000_000L;

  /** How often keys, rulesets and devices are looked at, unless told otherwise. */
  public static final int DEFAULT_RELOAD_SECONDS = 5;

  /** The rarest that keys, rulesets and devices may be looked at. */
  public static final int MAX_RELOAD_SECONDS = 3_600;

  /** The greatest clock skew that may be configured. */
  public static final int MAX_CLOCK_SKEW_SECONDS = 300;

  /** Where HTTP is served unless told otherwise. */
  public static final int DEFAULT_HTTP_PORT = 8080;

  /** Where scanner devices connect unless told otherwise. */
  public static final int DEFAULT_TCP_PORT = 9700;

  /**
   * Places in the ring buffer for each worker unless told otherwise: what one evaluates in 10 ms,
   * so that the last in the queue of an overloaded node is answered soon, or told that it is busy.
   */
  public static final int DEFAULT_PLACES_A_WORKER = 1_024;

  /** The most places in the ring buffer. */
  public static final int MAX_RING_CAPACITY = 1 << 20;

  /** The most workers. */
  public static final int MAX_WORKERS = 256;

  /** Scans evaluated together unless told otherwise. */
  public static final int DEFAULT_BATCH = 64;

  /** The most scans evaluated together. */
  public static final int MAX_BATCH = 1_024;

  /** How long a worker waits for a batch to fill unless told otherwise, in microseconds. */
  public static final int DEFAULT_GATHER_MICROS = 1_000;

  /** The longest that a worker may be told to wait for a batch to fill, in microseconds. */
  public static final int MAX_GATHER_MICROS = 10_000;

  /** How often an event loop may wake, on average, while a worker gathers a batch. */
  public static final int PASSES_A_GATHERING = 4;

  /** How many times as long as for scans a worker waits for a batch of codes to fill. */
  public static final int MINT_GATHER_FACTOR = 4;

  /** The longest that codes which wait to be signed leave the processors to scans, each batch. */
  public static final int MAX_MINT_REST_MICROS = 20_000;

  /** How often a node looks whether its workers answer. */
  public static final int WORKER_LOOK_MILLIS = 1_000;

  /** The most scans in one batch, over TCP or HTTP. */
  public static final int MAX_SCANS_A_BATCH = 1_000;

  /** The most scans of one TCP connection that wait for an answer. */
  public static final int MAX_IN_FLIGHT = 4_096;

  /** The most TCP connections. */
  public static final int MAX_TCP_CONNECTIONS = 50_000;

  /** How long a device may say nothing, in seconds. */
  public static final int TCP_IDLE_SECONDS = 120;

  /** The most bytes of a file of scanner devices: room for some 50,000. */
  public static final int MAX_DEVICE_FILE_BYTES = 16 << 20;

  /** How often the file of scanner devices is looked at, so that revoking works at once. */
  public static final int DEVICE_RELOAD_MILLIS = 250;

  /** The most scanner devices that metrics count by themselves. */
  public static final int MAX_COUNTED_DEVICES = 1_000;

  /** The most scans of the devices of one event loop that are evaluated, or whose answers wait. */
  public static final int MAX_REPLIES_WAITING = 1 << 16;

  /** The most characters of an Accept-Language that is gone by. */
  public static final int MAX_LANGUAGES_CHARACTERS = 256;

  /** The most bytes of a file of national rules, of their tests or of value sets. */
  public static final int MAX_RULE_FILE_BYTES = 16 << 20;

  /** The most bytes of a file of revocation lists, and of what an archive of slices holds. */
  public static final int MAX_REVOCATION_FILE_BYTES = 256 << 20;

  /** The most entries of one batch of the EU gateway's revocation list. */
  public static final int MAX_REVOCATION_BATCH = 1_000;

  /** The most bytes of an HTTP request's body. */
  public static final int MAX_HTTP_BODY_BYTES = 1 << 20;

  /** The most bytes of the bodies that all HTTP connections hold together. */
  public static final long MAX_HTTP_BODIES_BYTES = 64L << 20;

  /** The most bytes of a body that is parsed on an event loop; longer ones go to a thread. */
  public static final int MAX_EVENT_LOOP_BODY_BYTES = 32 * 1024;

  /** The most bytes that are read from an HTTP connection at a time. */
  public static final int MAX_HTTP_READ_BYTES = 16 * 1024;

  /** The most bytes of an HTTP request's first line. */
  public static final int MAX_HTTP_LINE_BYTES = 4 * 1024;

  /** The most bytes of an HTTP request's header fields together. */
  public static final int MAX_HTTP_HEADER_BYTES = 16 * 1024;

  /** What a header field takes besides its name and value while it is held, in bytes. */
  public static final int HTTP_FIELD_BYTES = 192;

  /** The most HTTP connections. */
  public static final int MAX_HTTP_CONNECTIONS = 20_000;

  /** The most HTTP requests of one connection that wait for the one before. */
  public static final int MAX_HTTP_PIPELINED = 1_024;

  /** The most scans of one HTTP connection that are evaluated at a time. */
  public static final int MAX_HTTP_SCANS_IN_FLIGHT = 256;

  /** How long an HTTP request may take from its first byte to its last, in seconds. */
  public static final int HTTP_REQUEST_SECONDS = 10;

  /**
   * How long an HTTP connection may be idle between requests, in seconds: a wallet that refreshes
   * each minute keeps its own.
   */
  public static final int HTTP_IDLE_SECONDS = 120;

  /** How long a client that was refused may go on sending before it is cut off. */
  public static final int HTTP_LINGER_MILLIS = 2_000;

  /** How long a node that stops still tells clients so who ask on a connection that was idle. */
  public static final int HTTP_STOP_GRACE_MILLIS = 200;

  /** How long a node that stops waits for the answers that it owes, unless told otherwise. */
  public static final int DEFAULT_DRAIN_SECONDS = 5;

  /** The longest that a node may be told to wait for the answers that it owes, in seconds. */
  public static final int MAX_DRAIN_SECONDS = 300;

  /** The deepest nesting of JSON in a request. */
  public static final int MAX_JSON_DEPTH = 8;

  /** The deepest nesting of JSON in a request that puts rules: of an expression two levels each. */
  public static final int MAX_RULES_JSON_DEPTH = 4 + 2 * CertLogicLimits.MAX_DEPTH;

  /** The most characters of a field's name in a request's JSON. */
  public static final int MAX_JSON_NAME_CHARACTERS = 128;

  /** The most changes of status in one request. */
  public static final int MAX_CHANGES_A_REQUEST = 5_000;

  /** How long a change waits for somebody to lead, in milliseconds, before it is refused. */
  public static final int CHANGE_LEADER_MILLIS = 2_000;

  /** How often a change that waits for somebody to lead looks whether one does. */
  public static final int CHANGE_LOOK_MILLIS = 50;

  /** How long a change waits for a leader's answer, in milliseconds, before it is given up. */
  public static final int CHANGE_ANSWER_MILLIS = 8_000;

  /** How old, or how far ahead, an authority's signature may be, in seconds. */
  public static final int SIGNATURE_WINDOW_SECONDS = 300;

  /**
   * The most seconds that an authority's clock may be ahead of a node's; they are part of {@link
   * #SIGNATURE_WINDOW_SECONDS}.
   */
  public static final int SIGNATURE_AHEAD_SECONDS = 60;

  /** The most signatures of one key that a node remembers against replay. */
  public static final int MAX_NONCES_OF_SIGNER = 20_000;

  /** The life of a dynamic code unless told otherwise, in seconds. */
  public static final int DEFAULT_CODE_SECONDS = 60;

  /** The longest life of a code on a screen that is asked for over HTTP: a day. */
  public static final int MAX_CODE_SECONDS = 86_400;

  /** The most reserve codes of one strip. */
  public static final int MAX_RESERVE_CODES = 96;

  /** The life of a reserve code unless told otherwise, in seconds. */
  public static final int DEFAULT_RESERVE_SECONDS = 600;

  /** The shortest life of a reserve code, in seconds. */
  public static final int MIN_RESERVE_SECONDS = 10;

  /** The longest life of a reserve code, in seconds. */
  public static final int MAX_RESERVE_SECONDS = 900;

  /** How many reserve codes a key may ask a node for in a second: under half a core's time. */
  public static final int KEY_RESERVES_PER_SECOND = 20_000;

  /** How many reserve codes an address may ask a node for in a second that shows no key. */
  public static final int ADDRESS_RESERVES_PER_SECOND = 500;

  /** After how long a wallet asks again for a strip that was left out, in seconds. */
  public static final int RESERVE_RETRY_SECONDS = 60;

  /** For how long minting fails before a node says so, or works, unless told otherwise. */
  public static final int DEFAULT_MINTING_SWITCH_SECONDS = 6;

  /** The longest that minting fails before a node says so, in seconds. */
  public static final int MAX_MINTING_SWITCH_SECONDS = 3_600;

  /** How long reserve codes count after minting was restored unless told otherwise, in seconds. */
  public static final int DEFAULT_RESERVE_MARGIN_SECONDS = 120;

  /** For how long a pack's word counts that minting is degraded unless told otherwise. */
  public static final int DEFAULT_MINTING_PACK_SECONDS = 900;

  /** The longest that a pack's word counts that minting is degraded: four hours. */
  public static final int MAX_MINTING_PACK_SECONDS = 14_400;

  /** The most minting nodes that a node watches. */
  public static final int MAX_WATCHED_NODES = 64;

  /** How often a node looks at minting, in milliseconds. */
  public static final int MINTING_LOOK_MILLIS = 1_000;

  /** How long a minting node that is watched may take to answer, in milliseconds. */
  public static final int MINTING_PROBE_MILLIS = 2_000;

  /** The life of a code on paper unless told otherwise: 30 days. */
  public static final int DEFAULT_PAPER_CODE_SECONDS = 30 * 86_400;

  /** The longest life of a code on paper that is asked for over HTTP: 366 days. */
  public static final int MAX_PAPER_CODE_SECONDS = 366 * 86_400;

  /** The narrowest windows of tables of multiples, in bits: 65 kB a key. */
  public static final int MIN_TABLE_BITS = FixedBaseTable.MIN_WINDOW_BITS;

  /** The widest windows of tables of multiples, in bits: 34 MB a key. */
  public static final int MAX_TABLE_BITS = FixedBaseTable.MAX_WINDOW_BITS;

  /** The windows of regions' keys unless told otherwise, in bits. */
  public static final int DEFAULT_WIDE_TABLE_BITS = KeyTables.DEFAULT_WIDE_BITS;

  /** The windows of other issuers' keys unless told otherwise, in bits. */
  public static final int DEFAULT_NARROW_TABLE_BITS = KeyTables.DEFAULT_NARROW_BITS;

  /** The memory of all keys' tables unless told otherwise, in MiB. */
  public static final int DEFAULT_TABLE_MEBIBYTES = (int) (KeyTables.DEFAULT_MAX_BYTES >> 20);

  /** The most memory of all keys' tables that may be configured, in MiB: 16 GiB. */
  public static final int MAX_TABLE_MEBIBYTES = 16 * 1024;

  /** The most codes that wait to be translated, or to be recorded once they are. */
  public static final int MAX_TRANSLATIONS_WAITING = 4_096;

  /**
   * The most codes whose translation or refusal a node remembers, so that the same code gets the
   * same answer: some 30 MB.
   */
  public static final int MAX_TRANSLATIONS_REMEMBERED = 32_768;

  /** The most bytes of a translation table's file. */
  public static final int MAX_TRANSLATION_TABLE_BYTES = 64 * 1024;

  /** The most bytes of a table of grounds as it is written, YAML or JSON. */
  public static final int MAX_GROUND_TABLE_BYTES = 256 * 1024;

  /** The refusals and translations that are remembered so that each leaves one receipt: 12 MiB. */
  public static final int MAX_RECEIPTS_REMEMBERED = 1 << 16;

  /** The most that the receipts take of a disk unless told otherwise, in MiB: 16 GiB. */
  public static final int DEFAULT_AUDIT_MEBIBYTES = 16 * 1024;

  /** The most that may be configured, in MiB: a petabyte. */
  public static final int MAX_AUDIT_MEBIBYTES = 1 << 30;

  /** The size from which on an audit file is closed and another begun, in MiB. */
  public static final int DEFAULT_AUDIT_FILE_MEBIBYTES = 256;

  /** An audit file is closed once it has this share of what all of them may take, at the latest. */
  public static final int AUDIT_FILES_AT_LEAST = 4;

  /** The room on a disk that the log needs which receipts leave alone: so many times its own. */
  public static final int AUDIT_LEAVES_LOW_STORAGES = 2;

  /** The most of one outcome that a device tells of the time it had no network. */
  public static final long MAX_OFFLINE_COUNT = 1_000_000_000L;

  /** The most lines of the audit log that HTTP shows, the last ones. */
  public static final int MAX_AUDIT_LINES_SHOWN = 1_000;

  /** The life of a group's code unless told otherwise, and the longest: a day. */
  public static final int MAX_GROUP_CODE_SECONDS = 86_400;

  /** The most codes whose place is remembered against replays, a power of two: 20 MiB. */
  public static final int MAX_SEEN_CODES = 1 << 20;

  /** The most holders who are not green in an offline pack; their filter takes 9.84 bits each. */
  public static final int MAX_PACK_HOLDERS = 50_000_000;

  /** The most holders in each list of a delta to an offline pack. */
  public static final int MAX_DELTA_HOLDERS = 1_000_000;

  /** For how long an offline pack may be used unless told otherwise: a day. */
  public static final int DEFAULT_PACK_SECONDS = 86_400;

  /** The longest that an offline pack may be used: a week. */
  public static final int MAX_PACK_SECONDS = 7 * 86_400;

  /** The most bytes of a device's frame before Welcome, its length prefix counted. */
  public static final int MAX_FIRST_FRAME_BYTES = 512;

  /**
   * The bytes of a frame that is not whole which a device's connection holds whatever others do.
   */
  public static final int OWN_FRAME_INPUT_BYTES = 512;

  /** The same of an HTTP request's first line and header fields. */
  public static final int OWN_HTTP_INPUT_BYTES = 2_048;

  /** The same of TLS records, and of a handshake. */
  public static final int OWN_TLS_INPUT_BYTES = 2_048;

  /** What the connections of one address to one server hold besides of what is not whole. */
  public static final long MAX_INPUT_BYTES_PER_ADDRESS = 8L << 20;

  /** What all connections to one server hold besides of what is not whole. */
  public static final long MAX_INPUT_BYTES = 64L << 20;

  /** The most bytes that a client sends in a TLS handshake before no more of it is read. */
  public static final int MAX_TLS_HANDSHAKE_BYTES = 16 * 1024;

  /** What may have been read by then of what follows a handshake; whoever sends more is cut off. */
  public static final int MAX_TLS_READ_AHEAD_BYTES = 64 * 1024;

  /** The most TLS handshakes of one server that are under way. */
  public static final int MAX_HANDSHAKES = 4_096;

  /** The most steps of one server's handshakes that wait for the threads that do them. */
  public static final int MAX_HANDSHAKE_STEPS_QUEUED = 1_024;

  /** How long a thread of handshakes waits for another step before it ends. */
  public static final int HANDSHAKE_THREAD_IDLE_SECONDS = 60;

  /** The TLS handshakes that one address may begin in a second unless told otherwise. */
  public static final int DEFAULT_HANDSHAKES_PER_SECOND = 100;

  /** The most threads of one server, for its event loops or for its handshakes. */
  public static final int MAX_SERVER_THREADS = 256;

  /** The most event loops of one server unless told otherwise. */
  public static final int MAX_DEFAULT_EVENT_LOOPS = 8;

  /** What a device may have translated in a second unless told otherwise. */
  public static final int DEFAULT_DEVICE_TRANSLATIONS_PER_SECOND = 200;

  /** How long a TLS handshake may take, in milliseconds. */
  public static final int TLS_HANDSHAKE_MILLIS = 10_000;

  /** The most connections that are told why there is no room for them, at a time. */
  public static final int MAX_CONNECTIONS_TOLD = 1_000;

  /** The most connections of one address to one server, unless told otherwise. */
  public static final int DEFAULT_CONNECTIONS_PER_ADDRESS = 256;

  /** The same of a server in plain text on the loopback, where all addresses are this machine. */
  public static final int DEFAULT_LOOPBACK_CONNECTIONS_PER_ADDRESS = 10_000;

  /** The most names by which clients may know a node. */
  public static final int MAX_HOSTS = 64;

  /** What a key may ask for in a second unless told otherwise. */
  public static final int DEFAULT_KEY_REQUESTS_PER_SECOND = 5_000;

  /** What an address without a key may ask for in a second beyond the loopback's plain text. */
  public static final int DEFAULT_ADDRESS_REQUESTS_PER_SECOND = 100;

  /** The most that one request costs of its caller's rate; a scan costs 1. */
  public static final int MAX_REQUEST_UNITS = 4_096;

  /** How many holders a key may look up by document in a minute unless told otherwise. */
  public static final int DEFAULT_LOOKUPS_PER_MINUTE = 60;

  /** How many lookups of a key in an hour may find nobody unless told otherwise. */
  public static final int DEFAULT_UNKNOWN_LOOKUPS_PER_HOUR = 120;

  /** The most lookups of a key that may be configured for a minute or an hour. */
  public static final int MAX_LOOKUPS_PER_PERIOD = 1_000_000;

  /** The greatest rate that may be configured, in requests a second. */
  public static final int MAX_REQUESTS_PER_SECOND = 10_000_000;

  /** The most spans that are created in a second, of all clients together. */
  public static final int MAX_SPANS_A_SECOND = 100;

  /** The most callers whose rates are told apart: 10 MiB; the rest share one. */
  public static final int MAX_RATE_BUCKETS = 100_000;

  /** The most bytes of a file of keys for HTTP. */
  public static final int MAX_API_KEY_FILE_BYTES = 16 << 20;

  /** How long the answer to a write with an Idempotency-Key is kept, in seconds: an hour. */
  public static final int IDEMPOTENCY_SECONDS = 3_600;

  /** The most writes with an Idempotency-Key whose answers are kept; the oldest give way. */
  public static final int MAX_IDEMPOTENCY_KEYS = 100_000;

  /** The most bytes of those answers; the oldest give way. */
  public static final long MAX_IDEMPOTENCY_BYTES = 64L << 20;

  /** How long the pack that is got is kept whatever changes, in seconds. */
  public static final int PACK_KEPT_SECONDS = 60;

  /** The most pairs of an authority and a ground that oversight tells apart; a power of two. */
  public static final int MAX_OVERSIGHT_SERIES = 512;

  /** How often a node writes down what oversight has counted: as much a crash may cost. */
  public static final int OVERSIGHT_SAVE_MILLIS = 60_000;

  /** The most holders whose changes are remembered while colours are recounted. */
  public static final int MAX_RECOUNT_CHANGES = 1 << 20;

  /** After how many days entries of the history are purged unless told otherwise. */
  public static final int DEFAULT_HISTORY_DAYS = 400;

  /** The most days that entries of the history are kept for before they are purged. */
  public static final int MAX_HISTORY_DAYS = 36_500;

  /** The entries of a file of the history unless told otherwise: 54 MiB. */
  public static final int DEFAULT_HISTORY_SEGMENT = 1 << 20;

  /** The most entries of a file of the history: 864 MiB. */
  public static final int MAX_HISTORY_SEGMENT = 1 << 24;

  /** The most entries of the history in one answer. */
  public static final int MAX_HISTORY_ENTRIES = 256;

  /** How long what never changes of the history may be kept by whoever has it, in seconds. */
  public static final int HISTORY_CACHE_SECONDS = 31_536_000;

  private Limits() {}
}
