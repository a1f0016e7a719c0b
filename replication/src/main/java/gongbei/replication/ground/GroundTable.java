package gongbei.replication.ground;

import gongbei.codec.model.Colour;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * The grounds on which colours may be changed. Until the log holds one, {@link #DEFAULT} counts;
 * its numbers keep their names in every table. Immutable.
 *
 * <p>In the log it is the document {@link #NAME}: ASCII, a line of {@link #MAGIC}, a line of the
 * names of the columns, then one line for each ground in the order of their numbers, the columns
 * with one space between them, a line feed behind each line. A table of which a ground needs
 * something begins with {@link #NEEDS_MAGIC}, and has a column for it. There is one way to write a
 * table, and what is written otherwise is refused. That a table has no ground {@link #REGISTRY},
 * {@link #LAB_RESULT} or {@link #TRANSLATION} refuses the changes that state none and count as of
 * it.
 */
public final class GroundTable {
  /** The name of the document. */
  public static final String NAME = "grounds";

  /** The name of the ground of what was changed before there were grounds: number 0. */
  public static final String BEFORE_HISTORY = "before-history";

  /** What a change of status and a revocation count as that state no ground, as initial loads. */
  public static final int REGISTRY = 1;

  /** What a test result alone counts as. */
  public static final int LAB_RESULT = 2;

  public static final int CLOSE_CONTACT = 3;
  public static final int AREA = 4;
  public static final int SELF_REPORT = 5;
  public static final int RECOVERY = 6;
  public static final int CORRECTION = 7;
  public static final int APPEAL = 8;

  /** What a translated code of the other region counts as: its key is the authority. */
  public static final int TRANSLATION = 9;

  /** The most grounds of a table. */
  public static final int MAX_GROUNDS = 256;

  static final String MAGIC = "gongbei-grounds 1";
  static final String COLUMNS =
      "number name colours longest missing hourly daily first signatures authorities";

  /** How a table begins in which a ground needs something: that column is the last but one. */
  static final String NEEDS_MAGIC = "gongbei-grounds 2";

  static final String NEEDS_COLUMNS =
      "number name colours longest missing hourly daily first signatures needs authorities";

  private static final int NEEDS_COLUMN = 9;
  private static final int HEADER_LINES = 2;
  private static final String ALL = "*";

  /** The table that counts until the log holds one: revision 0. */
  public static final GroundTable DEFAULT = new GroundTable(0, ShippedGrounds.ofToday());

  /** The one that counted instead for messages of version 7 of the log's protocol. */
  public static final GroundTable OF_VERSION_7 = new GroundTable(0, ShippedGrounds.ofVersion7());

  private final long revision;
  private final List<Ground> grounds;
  private final Int2ObjectHashMap<Ground> byNumber = new Int2ObjectHashMap<>();

  private GroundTable(long revision, List<Ground> grounds) {
    this.revision = revision;
    this.grounds = grounds;
    grounds.forEach(ground -> byNumber.put(ground.number(), ground));
  }

  /**
   * Makes a table.
   *
   * @param revision its author's number, from 1
   * @throws IllegalArgumentException where it may not be put; the message says why
   */
  public static GroundTable of(long revision, List<Ground> grounds) {
    Ground.requireRange("revision", revision, 1, Long.MAX_VALUE);
    Ground.requireRange("grounds", grounds.size(), 1, MAX_GROUNDS);
    final List<Ground> sorted =
        grounds.stream().sorted(Comparator.comparingInt(Ground::number)).toList();
    final Set<String> names = new HashSet<>();
    int before = 0;
    for (final Ground ground : sorted) {
      if (ground.number() == before || !names.add(ground.name())) {
        throw new IllegalArgumentException(
            "ground "
                + ground.number()
                + " "
                + ground.name()
                + " is given twice, by number or name");
      }
      before = ground.number();
    }
    final GroundTable table = new GroundTable(revision, sorted);
    table.requireNamesOf(DEFAULT);
    return table;
  }

  /**
   * Requires that no number has another name than in a table before, so that the history goes on
   * saying what it said.
   *
   * @throws IllegalArgumentException where one has
   */
  public void requireNamesOf(GroundTable earlier) {
    for (final Ground ground : grounds) {
      final Ground was = earlier.byNumber.get(ground.number());
      if (was != null && !was.name().equals(ground.name())) {
        throw new IllegalArgumentException(
            "ground "
                + ground.number()
                + " is "
                + was.name()
                + " for ever, and can't be "
                + ground.name());
      }
    }
  }

  /** Its author's number: 0 of {@link #DEFAULT}. */
  public long revision() {
    return revision;
  }

  /** The grounds in the order of their numbers. */
  public List<Ground> grounds() {
    return grounds;
  }

  /** The ground of a number, or null where there is none. Allocates nothing. */
  public Ground find(int number) {
    return byNumber.get(number);
  }

  /** The ground of a name; empty where there is none. */
  public Optional<Ground> ofName(String name) {
    return grounds.stream().filter(ground -> ground.name().equals(name)).findFirst();
  }

  /**
   * The name of a ground as the history has it: also of one that only {@link #DEFAULT} still names,
   * {@link #BEFORE_HISTORY} of 0, and the number itself where nothing names it.
   */
  public String nameOf(int number) {
    final Ground ground = find(number);
    if (ground != null) {
      return ground.name();
    }
    if (number == 0) {
      return BEFORE_HISTORY;
    }
    final Ground shipped = DEFAULT.find(number);
    return shipped == null ? Integer.toString(number) : shipped.name();
  }

  /** Whether a ground needs something, which logs know since version 8 of their protocol. */
  public boolean hasNeeds() {
    return grounds.stream().anyMatch(ground -> ground.term().needs() != Ground.Evidence.NOTHING);
  }

  /** The document's content. */
  public byte[] toBytes() {
    final boolean hasNeeds = hasNeeds();
    final StringBuilder text =
        new StringBuilder(hasNeeds ? NEEDS_MAGIC : MAGIC)
            .append('\n')
            .append(hasNeeds ? NEEDS_COLUMNS : COLUMNS)
            .append('\n');
    for (final Ground ground : grounds) {
      text.append(ground.number())
          .append(' ')
          .append(ground.name())
          .append(' ')
          .append(String.join(",", ground.colours().stream().map(Colour::wireName).toList()))
          .append(' ')
          .append(ground.term().longestMinutes())
          .append(ground.term().fills() ? " fill " : " refuse ")
          .append(ground.ceiling().hourly())
          .append(' ')
          .append(ground.ceiling().daily())
          .append(ground.ceiling().countsFirst() ? " counts " : " free ")
          .append(ground.signers().wantsSecond() ? "2 " : "1 ")
          .append(hasNeeds ? ground.term().needs().wireName() + " " : "")
          .append(authorities(ground.signers()))
          .append('\n');
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static String authorities(Signers signers) {
    return signers.authorities().isEmpty()
        ? ALL
        : String.join(
            ",", signers.authorities().stream().map(id -> HexFormat.of().toHexDigits(id)).toList());
  }

  /**
   * Reads a document's content.
   *
   * @param revision the document's
   * @throws IllegalArgumentException where it is none, or not written as {@link #toBytes} writes
   *     it; the message names line and field
   */
  public static GroundTable parse(byte[] content, long revision) {
    final String[] lines = new String(content, StandardCharsets.ISO_8859_1).split("\n", -1);
    final boolean hasNeeds = lines[0].equals(NEEDS_MAGIC);
    if (lines.length <= HEADER_LINES
        || !(hasNeeds || lines[0].equals(MAGIC))
        || !lines[1].equals(hasNeeds ? NEEDS_COLUMNS : COLUMNS)) {
      throw new IllegalArgumentException("does not begin as a table of grounds does: " + MAGIC);
    }
    Ground.requireRange("grounds", lines.length - HEADER_LINES - 1, 1, MAX_GROUNDS);
    final List<Ground> grounds = new ArrayList<>();
    for (int i = HEADER_LINES; i < lines.length - 1; i++) {
      try {
        grounds.add(ground(lines[i].split(" ", -1), hasNeeds));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("line " + (i + 1) + ": " + e.getMessage(), e);
      }
    }
    final GroundTable table = of(revision, grounds);
    if (!Arrays.equals(table.toBytes(), content)) {
      throw new IllegalArgumentException("is not written as a table of grounds is");
    }
    return table;
  }

  private static Ground ground(String[] columns, boolean hasNeeds) {
    final int due = NEEDS_COLUMN + (hasNeeds ? 2 : 1);
    if (columns.length != due) {
      throw new IllegalArgumentException("has " + columns.length + " columns, not " + due);
    }
    final Set<Colour> colours = EnumSet.noneOf(Colour.class);
    for (final String name : columns[2].split(",", -1)) {
      colours.add(
          Colour.ofWireName(name)
              .orElseThrow(() -> new IllegalArgumentException("colours holds other than colours")));
    }
    final List<Long> authorities = new ArrayList<>();
    final String ids = columns[due - 1];
    if (!ids.equals(ALL)) {
      for (final String id : ids.split(",", -1)) {
        authorities.add(number("authorities", id, 16));
      }
    }
    return new Ground(
        whole("number", columns[0]),
        columns[1],
        colours,
        new Ground.Term(
            whole("longest", columns[3]),
            columns[4].equals("fill"),
            hasNeeds ? evidence(columns[NEEDS_COLUMN]) : Ground.Evidence.NOTHING),
        Signers.of(authorities, columns[8].equals("2")),
        new Ground.Ceiling(
            whole("hourly", columns[5]), whole("daily", columns[6]), columns[7].equals("counts")));
  }

  private static Ground.Evidence evidence(String name) {
    return Ground.Evidence.ofWireName(name)
        .orElseThrow(() -> new IllegalArgumentException("needs is nothing that there is"));
  }

  private static int whole(String field, String text) {
    final long value = number(field, text, 10);
    Ground.requireRange(field, value, 0, Integer.MAX_VALUE);
    return (int) value;
  }

  private static long number(String field, String text, int radix) {
    try {
      return Long.parseUnsignedLong(text, radix);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(field + " is not a whole number", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GroundTable table
        && revision == table.revision
        && grounds.equals(table.grounds);
  }

  @Override
  public int hashCode() {
    return grounds.hashCode() + Long.hashCode(revision);
  }

  @Override
  public String toString() {
    return "GroundTable[revision=" + revision + ", " + grounds.size() + " grounds]";
  }
}
