package gongbei.replication.cluster;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Tables of grounds as their documentation describes them, sharing no code with what reads them:
 * the one that ships, and others that are drawn and written down for a simulation.
 */
final class PlainGrounds {
  private static final String[] COLOURS = {"green", "yellow", "red"};
  private static final String[] NAMES = {
    "",
    "registry",
    "lab-result",
    "close-contact",
    "area",
    "self-report",
    "recovery",
    "correction",
    "appeal",
    "translation"
  };
  private static final int DAY = 1_440;

  private final Map<String, Map<Integer, Ground>> drawn = new HashMap<>();
  private Map<Integer, Ground> counting = shippedBefore();
  private boolean isShipped = true;

  /** One ground; of authorities that may use it, none are all. */
  record Ground(
      TreeSet<Integer> colours,
      int longest,
      boolean fills,
      int hourly,
      int daily,
      boolean first,
      boolean two,
      boolean needsTest,
      TreeSet<Long> authorities) {
    boolean allows(long authority) {
      return authorities.isEmpty() || authorities.contains(authority);
    }
  }

  /** The one that ships, from now on where no other has been put. */
  void upgrade() {
    if (isShipped) {
      counting = shipped();
    }
  }

  private static Map<Integer, Ground> shipped() {
    final Map<Integer, Ground> table = shippedBefore();
    table.put(1, ground(List.of(0, 1, 2), 14 * DAY, true, 100, 200, false, false));
    final Ground lab = ground(List.of(0, 1, 2), 14 * DAY, true, 1_000, 5_000, true, false);
    table.put(
        2,
        new Ground(
            lab.colours(),
            lab.longest(),
            true,
            lab.hourly(),
            lab.daily(),
            true,
            false,
            true,
            lab.authorities()));
    table.put(5, ground(List.of(1), 7 * DAY, true, 100, 200, true, false));
    table.put(6, ground(List.of(0), 0, false, 50, 100, true, false));
    table.put(7, ground(List.of(0, 1), 14 * DAY, false, 50, 100, true, false));
    table.put(8, ground(List.of(0, 1), 14 * DAY, false, 50, 100, true, false));
    return table;
  }

  /** The one that shipped before whatever stops a holder counted. */
  private static Map<Integer, Ground> shippedBefore() {
    final Map<Integer, Ground> table = new TreeMap<>();
    table.put(1, ground(List.of(0, 1, 2), 14 * DAY, true, 1_000, 5_000, false, false));
    table.put(2, ground(List.of(0, 1, 2), 14 * DAY, true, 5_000, 20_000, true, false));
    table.put(3, ground(List.of(1, 2), 14 * DAY, false, 200, 500, true, false));
    table.put(4, ground(List.of(1), 14 * DAY, false, 1_000, 5_000, true, true));
    table.put(5, ground(List.of(1), 7 * DAY, true, 200, 500, true, false));
    table.put(6, ground(List.of(0), 0, false, 0, 0, true, false));
    table.put(7, ground(List.of(0, 1), 14 * DAY, false, 200, 500, true, false));
    table.put(8, ground(List.of(0, 1), 14 * DAY, false, 200, 500, true, false));
    table.put(9, ground(List.of(0, 1, 2), 14 * DAY, true, 0, 0, true, false));
    return table;
  }

  private static Ground ground(
      List<Integer> colours,
      int longest,
      boolean fills,
      int hourly,
      int daily,
      boolean first,
      boolean two) {
    return new Ground(
        new TreeSet<>(colours), longest, fills, hourly, daily, first, two, false, new TreeSet<>());
  }

  Ground find(int number) {
    return counting.get(number);
  }

  /**
   * Whether it is a table that was drawn here.
   *
   * @param isOfToday whether grounds may need a test
   */
  boolean isOne(String content, boolean isOfToday) {
    return drawn.containsKey(content)
        && (isOfToday || drawn.get(content).values().stream().noneMatch(Ground::needsTest));
  }

  /** Has a table count from now on. */
  void putDown(String content) {
    counting = drawn.get(content);
    isShipped = false;
  }

  /** Draws a table and writes it down; one in eight says something that no table may. */
  String draw(SplittableRandom random) {
    final Map<Integer, Ground> table = new TreeMap<>();
    for (int number = 1; number < NAMES.length + 2; number++) {
      if (random.nextInt(8) != 0) {
        table.put(number, draw(random, number));
      }
    }
    if (table.isEmpty()) {
      return draw(random);
    }
    final String content = write(table);
    if (random.nextInt(8) == 0) {
      return spoilt(random, content);
    }
    drawn.put(content, table);
    return content;
  }

  private static Ground draw(SplittableRandom random, int number) {
    final TreeSet<Integer> colours = new TreeSet<>();
    for (int colour = 0; colour < COLOURS.length; colour++) {
      if (number == 1 || random.nextInt(6) != 0) {
        colours.add(colour);
      }
    }
    if (colours.isEmpty()) {
      colours.add(0);
    }
    final boolean isGreenAlone = colours.last() == 0;
    final int hourly = random.nextInt(3) == 0 ? 1 + random.nextInt(6) : 0;
    final int daily = random.nextInt(3) == 0 ? 6 + random.nextInt(8) : 0;
    final TreeSet<Long> authorities = new TreeSet<>();
    if (random.nextInt(4) == 0) {
      authorities.add(1L);
      authorities.add(2L + random.nextInt(3));
    }
    return new Ground(
        colours,
        isGreenAlone ? 0 : 1 + random.nextInt(20 * DAY),
        random.nextInt(4) != 0,
        hourly,
        daily,
        random.nextBoolean(),
        random.nextInt(6) == 0,
        !isGreenAlone && random.nextInt(12) == 0,
        authorities);
  }

  private static String name(int number) {
    return number < NAMES.length ? NAMES[number] : "local-" + number;
  }

  private static String write(Map<Integer, Ground> table) {
    final boolean hasNeeds = table.values().stream().anyMatch(Ground::needsTest);
    final StringBuilder text =
        new StringBuilder(hasNeeds ? "gongbei-grounds 2\n" : "gongbei-grounds 1\n")
            .append("number name colours longest missing hourly daily first signatures ")
            .append(hasNeeds ? "needs authorities\n" : "authorities\n");
    table.forEach(
        (number, ground) ->
            text.append(number)
                .append(' ')
                .append(name(number))
                .append(' ')
                .append(
                    ground.colours().stream()
                        .map(colour -> COLOURS[colour])
                        .collect(Collectors.joining(",")))
                .append(' ')
                .append(ground.longest())
                .append(ground.fills() ? " fill " : " refuse ")
                .append(ground.hourly())
                .append(' ')
                .append(ground.daily())
                .append(ground.first() ? " counts " : " free ")
                .append(ground.two() ? "2 " : "1 ")
                .append(!hasNeeds ? "" : ground.needsTest() ? "positive-test " : "nothing ")
                .append(
                    ground.authorities().isEmpty()
                        ? "*"
                        : ground.authorities().stream()
                            .map(id -> "000000000000000" + id)
                            .collect(Collectors.joining(",")))
                .append('\n'));
    return text.toString();
  }

  /** A table with a character too many, another line, or another name for what has one. */
  private static String spoilt(SplittableRandom random, String content) {
    return switch (random.nextInt(4)) {
      case 0 -> content + "\n";
      case 1 -> content.substring(0, random.nextInt(content.length())).stripTrailing();
      case 2 -> content.replaceFirst("\n([0-9]+) ", "\n0$1 ");
      default -> content.replaceFirst("\n([0-9]+) ([a-z0-9-]+) ", "\n$1 other ");
    };
  }
}
