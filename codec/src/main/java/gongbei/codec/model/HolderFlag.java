package gongbei.codec.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is marked of a holder in a status, beside colour, test and doses. */
public enum HolderFlag {
  /** A visitor from the other region. */
  VISITOR(1, true),
  /** Linked to a subject of the other region. */
  LINKED(2, true),
  /** No longer alive. */
  DECEASED(4, true),
  /** Known by a translated code alone; set by the node, never by an authority. */
  TRANSLATED(8, false);

  private static final List<HolderFlag> ALL = List.of(values());

  private final int bit;
  private final boolean isSettable;
  private final String wireName;

  HolderFlag(int bit, boolean isSettable) {
    this.bit = bit;
    this.isSettable = isSettable;
    this.wireName = name().toLowerCase(Locale.ROOT);
  }

  /** The bit in the map and in the log's commands. */
  public int bit() {
    return bit;
  }

  /** The name in JSON, CSV and on the command line. */
  public String wireName() {
    return wireName;
  }

  /** The flags of a status, in the order of their bits. */
  public static List<HolderFlag> of(int bits) {
    return ALL.stream().filter(flag -> (bits & flag.bit) != 0).toList();
  }

  /** The flag of a name, where an authority may set it. */
  public static Optional<HolderFlag> settable(String wireName) {
    for (final HolderFlag flag : ALL) {
      if (flag.isSettable && flag.wireName.equals(wireName)) {
        return Optional.of(flag);
      }
    }
    return Optional.empty();
  }

  /** The names of the flags that an authority may set, as a sentence has them. */
  public static String settableNames(String delimiter) {
    return ALL.stream()
        .filter(flag -> flag.isSettable)
        .map(HolderFlag::wireName)
        .collect(Collectors.joining(delimiter));
  }
}
