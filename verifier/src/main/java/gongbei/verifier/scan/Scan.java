package gongbei.verifier.scan;

import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.CodeText;
import gongbei.codec.code.HealthCode;
import gongbei.codec.trust.IssuerKey;
import gongbei.verifier.national.NationalRule;
import gongbei.verifier.rules.ForeignFinding;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.Verdict;

/**
 * One scan on its way through the pipeline: the question as whoever asks has copied it in, and the
 * answer as a worker has found it. Pre-allocated, one for each place in the ring buffer. Owned by
 * the thread that claimed it until it is published, then by its worker.
 */
public final class Scan {
  /** {@link #atEpochSeconds} where the node's own clock decides. */
  public static final long NOW = Long.MIN_VALUE;

  /** {@link #colour} where the map has not been asked or does not know. */
  public static final int COLOUR_UNKNOWN = -1;

  private final byte[] text = new byte[CodeLimits.MAX_TEXT_CHARACTERS];
  private int length;
  private boolean overlong;
  private Ruleset ruleset;
  private long atEpochSeconds;
  private long correlationId;
  private long connectionId;
  private long acceptedNanos;
  private final PlaceHash placeHash = new PlaceHash();
  private int place;
  private ScanListener listener;
  private String languages = "";

  private HealthCode code;
  private IssuerKey issuerKey;
  private int signatureIndex;
  private Verdict verdict;
  private Reason reason;
  private String field;
  private String explanation;
  private int colour;
  private long mapVersion;
  private long dataAgeMillis;
  private boolean stale;
  private GroupFindings group;
  private NationalRule rule;
  private boolean isGroup;

  /** Copies the code's characters in; what is longer than any QR code is kept as that fact. */
  public Scan text(byte[] source, int offset, int characters) {
    overlong = characters > CodeLimits.MAX_TEXT_CHARACTERS;
    length = overlong ? 0 : characters;
    System.arraycopy(source, offset, text, 0, length);
    return this;
  }

  /** Copies a code's own characters in; one outside ASCII becomes one that no code has. */
  public Scan text(String source) {
    final byte[] bytes = CodeText.bytes(source);
    return text(bytes, 0, bytes.length);
  }

  /**
   * The buffer of the code's characters, to be filled in place; then {@link #length(int)} says how
   * many there are.
   */
  public byte[] text() {
    return text;
  }

  /** How many characters {@link #text()} holds. */
  public int length() {
    return length;
  }

  /** Says how many characters have been put into {@link #text()}. */
  public Scan length(int characters) {
    overlong = characters > CodeLimits.MAX_TEXT_CHARACTERS;
    length = overlong ? 0 : characters;
    return this;
  }

  boolean isOverlong() {
    return overlong;
  }

  /** The rules to evaluate by, or null to verify signature and time alone. */
  public Ruleset ruleset() {
    return ruleset;
  }

  /** Sets the rules to evaluate by; null verifies signature and time alone. */
  public Scan ruleset(Ruleset rules) {
    ruleset = rules;
    return this;
  }

  /** The second that the code is judged at, or {@link #NOW}. */
  public long atEpochSeconds() {
    return atEpochSeconds;
  }

  /** Sets the second that the code is judged at, or {@link #NOW}. */
  public Scan atEpochSeconds(long epochSeconds) {
    atEpochSeconds = epochSeconds;
    return this;
  }

  /** The asker's own number for this scan. */
  public long correlationId() {
    return correlationId;
  }

  /** Sets the asker's own number for this scan. */
  public Scan correlationId(long id) {
    correlationId = id;
    return this;
  }

  /** Where the scan's answer goes, by the listener's own numbering. */
  public long connectionId() {
    return connectionId;
  }

  /** Sets where the scan's answer goes, by the listener's own numbering. */
  public Scan connectionId(long id) {
    connectionId = id;
    return this;
  }

  /** {@link System#nanoTime} when the scan was accepted. */
  public long acceptedNanos() {
    return acceptedNanos;
  }

  /** Sets {@link System#nanoTime} of the acceptance. */
  public Scan acceptedNanos(long nanos) {
    acceptedNanos = nanos;
    return this;
  }

  /** A keyed hash of the checkpoint where the code is shown, the same for this process alone. */
  int place() {
    return place;
  }

  /** Sets where the code is shown, by the ASCII of the checkpoint's name. */
  public Scan place(byte[] checkpoint, int offset, int characters) {
    place = placeHash.of(checkpoint, offset, characters);
    return this;
  }

  /** Sets where the code is shown, by the checkpoint's name. */
  public Scan place(String checkpoint) {
    place = placeHash.of(checkpoint);
    return this;
  }

  /** Who is told the verdict. */
  public ScanListener listener() {
    return listener;
  }

  /** Sets who is told the verdict. */
  public Scan listener(ScanListener asker) {
    listener = asker;
    return this;
  }

  /** The languages that the asker prefers, as in Accept-Language; may be empty. */
  public String languages() {
    return languages;
  }

  /** Sets the languages that the asker prefers, as in Accept-Language. */
  public Scan languages(String preferred) {
    languages = preferred;
    return this;
  }

  /** What the checkpoint should do. */
  public Verdict verdict() {
    return verdict;
  }

  /** The one reason of the verdict. */
  public Reason reason() {
    return reason;
  }

  /** The field at fault, a constant, or null where none is. */
  public String field() {
    return field;
  }

  /** What is wrong with the field, a constant, or null. */
  public String explanation() {
    return explanation;
  }

  /** The map's colour: 0 green, 1 yellow, 2 red, or {@link #COLOUR_UNKNOWN}. */
  public int colour() {
    return colour;
  }

  /** The version of the status map that was asked. */
  public long mapVersion() {
    return mapVersion;
  }

  /** How old the map's data may be. */
  public long dataAgeMillis() {
    return dataAgeMillis;
  }

  /** Whether that age is over the ruleset's bound. */
  public boolean stale() {
    return stale;
  }

  /** What was found of the members of a group, or null where the code is none's. */
  public GroupFindings group() {
    return isGroup ? group : null;
  }

  /** The entry rule that a foreign certificate does not keep, or null. */
  public NationalRule rule() {
    return rule;
  }

  /** The code as decoded. */
  public HealthCode code() {
    return code;
  }

  /** The key whose signature the code carries, or null where none was found. */
  public IssuerKey issuerKey() {
    return issuerKey;
  }

  void open(HealthCode slot) {
    code = slot;
    issuerKey = null;
    verdict = null;
    reason = null;
    field = null;
    explanation = null;
    colour = COLOUR_UNKNOWN;
    mapVersion = 0;
    dataAgeMillis = 0;
    stale = false;
    isGroup = false;
    rule = null;
  }

  GroupFindings openGroup() {
    if (group == null) {
      group = new GroupFindings();
    }
    isGroup = true;
    group.reset();
    return group;
  }

  boolean isDecided() {
    return reason != null;
  }

  void decide(Reason why) {
    decide(why, why.verdict());
  }

  void decide(Reason why, Verdict what) {
    reason = why;
    verdict = what;
  }

  void decide(ForeignFinding finding, Verdict what) {
    decide(finding.reason(), finding.field(), finding.explanation());
    verdict = what;
  }

  /** Decides by an entry rule, whose name is the field at fault. */
  void decide(NationalRule broken) {
    decide(Reason.RULE, broken.identifier(), broken.texts().english().text());
    rule = broken;
  }

  void decide(Reason why, String where, String explained) {
    decide(why);
    field = where;
    explanation = explained;
  }

  void signatureIndex(int index) {
    signatureIndex = index;
  }

  int signatureIndex() {
    return signatureIndex;
  }

  void issuerKey(IssuerKey key) {
    issuerKey = key;
  }

  void found(int mapColour) {
    colour = mapColour;
  }

  void data(long version, long ageMillis, boolean isStale) {
    mapVersion = version;
    dataAgeMillis = ageMillis;
    stale = isStale;
  }

  void release() {
    listener = null;
    code = null;
    ruleset = null;
    issuerKey = null;
    reason = null;
    verdict = null;
    isGroup = false;
    rule = null;
    languages = "";
  }
}
