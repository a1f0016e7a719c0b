package gongbei.verifier.national;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of three numbers, as in {@code 1.0.2}: of a rule, an engine or a schema. */
record RuleVersion(int major, int minor, int patch) implements Comparable<RuleVersion> {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})\\.(\\d{1,6})");
  private static final Comparator<RuleVersion> ORDER =
      Comparator.comparingInt(RuleVersion::major)
          .thenComparingInt(RuleVersion::minor)
          .thenComparingInt(RuleVersion::patch);

  /** The version of a text, or null where it is none. */
  static RuleVersion parse(String text) {
    final Matcher parts = TEXT.matcher(text);
    return parts.matches()
        ? new RuleVersion(
            Integer.parseInt(parts.group(1)),
            Integer.parseInt(parts.group(2)),
            Integer.parseInt(parts.group(3)))
        : null;
  }

  @Override
  public int compareTo(RuleVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
