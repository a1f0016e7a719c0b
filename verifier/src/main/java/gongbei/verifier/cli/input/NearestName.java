package gongbei.verifier.cli.input;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the name that was likely meant by one that is not known: the nearest by optimal string
 * alignment (letters inserted, left out, replaced or swapped), where it is near enough.
 */
public final class NearestName {
  private static final int LETTERS_A_FAULT = 3;
  private static final int MAX_CHARACTERS = 64;

  private NearestName() {}

  /**
   * The name that is nearest, or the first that opens with what was typed; none where all are far.
   */
  public static Optional<String> of(String typed, Collection<String> names) {
    final String text = typed.toLowerCase(Locale.ROOT);
    if (text.isEmpty() || text.length() > MAX_CHARACTERS) {
      return Optional.empty();
    }
    String nearest = null;
    int least = 1 + Math.max(1, text.length() / LETTERS_A_FAULT);
    for (final String name : names) {
      final int distance = distance(text, name.toLowerCase(Locale.ROOT));
      if (distance < least) {
        least = distance;
        nearest = name;
      }
    }
    return nearest != null
        ? Optional.of(nearest)
        : names.stream()
            .filter(name -> name.toLowerCase(Locale.ROOT).startsWith(text))
            .sorted()
            .findFirst();
  }

  private static int distance(String one, String other) {
    final int[][] distance = new int[one.length() + 1][other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      for (int j = 0; j <= other.length(); j++) {
        if (i == 0 || j == 0) {
          distance[i][j] = i + j;
          continue;
        }
        final boolean isSame = one.charAt(i - 1) == other.charAt(j - 1);
        distance[i][j] =
            Math.min(
                distance[i - 1][j - 1] + (isSame ? 0 : 1),
                1 + Math.min(distance[i - 1][j], distance[i][j - 1]));
        if (i > 1
            && j > 1
            && one.charAt(i - 1) == other.charAt(j - 2)
            && one.charAt(i - 2) == other.charAt(j - 1)) {
          distance[i][j] = Math.min(distance[i][j], 1 + distance[i - 2][j - 2]);
        }
      }
    }
    return distance[one.length()][other.length()];
  }
}
