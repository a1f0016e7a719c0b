package gongbei.replication.cluster;

import gongbei.replication.cluster.PlainModel.Sheet;
import gongbei.replication.command.MintingSwitch;
import gongbei.replication.machine.Documents;
import gongbei.replication.map.Subject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The switch of minting, the lists of revoked foreign codes and the guardianships, written from
 * their documentation: what may be put, and what counts then.
 */
final class PlainDisplays {
  static final int MINTING = 12;
  static final int REVOCATIONS = 13;
  static final int GUARDIAN = 14;

  private static final String SWITCH = "minting";
  private static final int SWITCH_BYTES = 22;
  private static final int MAX_MARGIN = 3_600;
  private static final int MAX_AHEAD = 60;
  private static final int MAX_WARDS = 8;
  private static final int PAIR = 32;
  private static final long LAST_SECOND = 253_402_300_799L;
  private static final int GUARDIANS = 2;
  private static final int PEOPLE = 14;

  private PlainDisplays() {}

  /**
   * What counts.
   *
   * @param minting since, until, margin, author and revision; nothing where nobody has said any
   * @param lists by name
   * @param wards of each guardian who has any
   */
  record View(List<Long> minting, Map<String, String> lists, Map<String, Set<String>> wards) {
    static final View NOTHING = new View(List.of(), Map.of(), Map.of());
  }

  /** Whether a sheet of one of these kinds can be put at a time. */
  static boolean isOne(int kind, String name, Sheet sheet, long seconds) {
    return switch (kind) {
      case MINTING -> name.equals(SWITCH) && isSwitch(sheet, seconds);
      case REVOCATIONS -> true;
      case GUARDIAN ->
          name.length() == PAIR && (sheet.content().isEmpty() || isLink(name, sheet.content()));
      default -> false;
    };
  }

  private static boolean isSwitch(Sheet sheet, long seconds) {
    final ByteBuffer bytes = bytes(sheet.content());
    if (bytes.capacity() != SWITCH_BYTES || bytes.get() != 1) {
      return false;
    }
    final int author = bytes.get();
    if (author < 1 || author > 2) {
      return false;
    }
    final long since = bytes.getLong();
    final long until = bytes.getLong();
    final int margin = bytes.getInt();
    return since > 0
        && (until == 0 || until >= since)
        && margin >= 0
        && margin <= MAX_MARGIN
        && sheet.revision() > 0
        && Math.max(since, until) <= seconds + MAX_AHEAD;
  }

  private static boolean isLink(String name, String content) {
    return content.length() == Long.BYTES
        && !name.substring(0, Subject.BYTES).equals(name.substring(Subject.BYTES))
        && bytes(content).getLong() >= 0
        && bytes(content).getLong() <= LAST_SECOND;
  }

  /** Whether a link is one more than its guardian may have. */
  static boolean isOverLimit(String name, String content, Map<String, Sheet> sheets) {
    if (content.isEmpty()) {
      return false;
    }
    final Set<String> known =
        view(sheets).wards().getOrDefault(name.substring(0, Subject.BYTES), Set.of());
    return known.size() >= MAX_WARDS && !known.contains(name.substring(Subject.BYTES));
  }

  /** What counts of what has been put. */
  static View view(Map<String, Sheet> sheets) {
    final List<Long> minting = new ArrayList<>();
    final Map<String, String> lists = new TreeMap<>();
    final Map<String, Set<String>> wards = new TreeMap<>();
    sheets.forEach(
        (key, sheet) -> {
          final String name = key.substring(key.indexOf(' ') + 1);
          if (key.startsWith(MINTING + " ")) {
            final ByteBuffer bytes = bytes(sheet.content()).position(1);
            final long author = bytes.get();
            minting.addAll(List.of(bytes.getLong(), bytes.getLong(), (long) bytes.getInt()));
            minting.addAll(List.of(author, sheet.revision()));
          } else if (key.startsWith(REVOCATIONS + " ")) {
            lists.put(name, sheet.content());
          } else if (key.startsWith(GUARDIAN + " ") && !sheet.content().isEmpty()) {
            wards
                .computeIfAbsent(name.substring(0, Subject.BYTES), any -> new TreeSet<>())
                .add(name.substring(Subject.BYTES));
          }
        });
    return new View(minting, lists, wards);
  }

  /** What counts at a node. */
  static View viewOf(Documents documents) {
    final MintingSwitch minting = documents.minting();
    final Map<String, String> lists = new TreeMap<>();
    documents.revocations().forEach((name, content) -> lists.put(name, text(content)));
    final Map<String, Set<String>> wards = new TreeMap<>();
    for (int i = 0; i < PEOPLE; i++) {
      final String ward = person(i);
      for (final Subject guardian : documents.guardians().guardiansOf(subject(ward))) {
        wards.computeIfAbsent(text(guardian.toBytes()), any -> new TreeSet<>()).add(ward);
      }
    }
    for (int i = 0; i < GUARDIANS; i++) {
      final Set<String> known = new TreeSet<>();
      documents
          .guardians()
          .wardsOf(subject(person(i)))
          .forEach(each -> known.add(text(each.toBytes())));
      if (!known.equals(wards.getOrDefault(person(i), Set.of()))) {
        throw new AssertionError("a guardian's wards are not those whose guardian they are");
      }
    }
    return new View(
        minting.revision() == 0
            ? List.of()
            : List.of(
                minting.period().sinceEpochSeconds(),
                minting.period().untilEpochSeconds(),
                (long) minting.period().marginSeconds(),
                minting.author() == MintingSwitch.Author.AUTHORITY ? 1L : 2L,
                minting.revision()),
        lists,
        wards);
  }

  /** A sheet of one of these kinds, mostly one that can be. */
  record Draw(int kind, String name, Sheet sheet) {
    static Draw of(SplittableRandom random, Map<String, Sheet> sheets, long seconds) {
      return switch (random.nextInt(3)) {
        case 0 -> minting(random, sheets.get(MINTING + " " + SWITCH), seconds);
        case 1 -> list(random);
        default -> link(random, seconds);
      };
    }

    private static Draw minting(SplittableRandom random, Sheet before, long seconds) {
      final long since = seconds - random.nextInt(7_200) + (isRare(random) ? 8_000 : 0);
      final long until =
          random.nextBoolean() ? 0 : since + random.nextInt(600) - (isRare(random) ? 600 : 0);
      final byte[] bytes =
          ByteBuffer.allocate(SWITCH_BYTES + (isRare(random) ? 1 : 0))
              .put((byte) (isRare(random) ? 2 : 1))
              .put((byte) (isRare(random) ? random.nextInt(4) : 1 + random.nextInt(2)))
              .putLong(isRare(random) ? 0 : since)
              .putLong(until)
              .putInt(random.nextInt(MAX_MARGIN) + (isRare(random) ? MAX_MARGIN : 0))
              .array();
      final long last = before == null ? 0 : before.revision();
      return new Draw(
          MINTING,
          isRare(random) ? "mint" : SWITCH,
          new Sheet(last + random.nextInt(3), text(bytes)));
    }

    private static Draw list(SplittableRandom random) {
      final byte[] content = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(40)];
      random.nextBytes(content);
      return new Draw(
          REVOCATIONS, "eu." + random.nextInt(5), new Sheet(random.nextInt(-1, 30), text(content)));
    }

    private static Draw link(SplittableRandom random, long seconds) {
      final long consented = seconds - random.nextInt(100);
      final String content =
          isRare(random)
              ? "soon"
              : random.nextInt(5) == 0
                  ? ""
                  : text(
                      ByteBuffer.allocate(Long.BYTES)
                          .putLong(isRare(random) ? -consented : consented)
                          .array());
      final String pair =
          person(random.nextInt(GUARDIANS)) + person(isRare(random) ? 0 : random.nextInt(PEOPLE));
      return new Draw(
          GUARDIAN, isRare(random) ? pair.substring(1) : pair, new Sheet(consented, content));
    }

    /** Links of one guardian to more wards than they may have. */
    static List<Draw> family(long seconds) {
      final List<Draw> links = new ArrayList<>();
      for (int ward = 1; ward < PEOPLE; ward++) {
        links.add(
            new Draw(
                GUARDIAN,
                person(0) + person(ward),
                new Sheet(
                    seconds, text(ByteBuffer.allocate(Long.BYTES).putLong(seconds).array()))));
      }
      return links;
    }

    private static boolean isRare(SplittableRandom random) {
      return random.nextInt(20) == 0;
    }
  }

  private static String person(int number) {
    return text(new Subject(0x7F7F_0000_0000_0001L, number + 1L).toBytes());
  }

  private static Subject subject(String person) {
    return Subject.of(person.getBytes(StandardCharsets.ISO_8859_1), 0);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
