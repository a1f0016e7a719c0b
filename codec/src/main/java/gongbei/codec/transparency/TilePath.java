package gongbei.codec.transparency;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tile of the tree (C2SP tlog-tiles), 256 hashes of one level but for the last of it, or a bundle
 * of as many entries.
 *
 * @param level which level: nodes over 256ˡᵉᵛᵉˡ leaves; {@link #ENTRIES} for a bundle
 * @param index its place in the level, from 0
 * @param width how many there are, from 1 to {@link #WIDTH}
 */
public record TilePath(int level, long index, int width) {
  /** How many hashes or entries a whole tile has. */
  public static final int WIDTH = 256;

  /** Bits of a place in a tile. */
  public static final int HEIGHT = 8;

  /** The level of bundles of entries. */
  public static final int ENTRIES = -1;

  /** The highest level. */
  public static final int MAX_LEVEL = 6;

  private static final int GROUP = 1_000;
  private static final Pattern PATH =
      Pattern.compile("tile/(entries|[0-6])/((?:x[0-9]{3}/){0,5})([0-9]{3})(?:\\.p/([0-9]{1,3}))?");

  /** The tile of a place in a tree of a size; its width is what is there of it. */
  public static TilePath in(int level, long index, long size) {
    final long nodes = size >>> (HEIGHT * Math.max(0, level));
    return new TilePath(level, index, (int) Math.min(WIDTH, nodes - index * WIDTH));
  }

  /** Whether it is as wide as tiles are. */
  public boolean isWhole() {
    return width == WIDTH;
  }

  /** Whether all of it is in a tree of a size; it never changes then. */
  public boolean isIn(long size) {
    final long nodes = size >>> (HEIGHT * Math.max(0, level));
    return index <= nodes / WIDTH && index * WIDTH + width <= nodes;
  }

  /** The path, as in {@code tile/0/x001/x234/067.p/8}. */
  public String text() {
    final StringBuilder path = new StringBuilder();
    long rest = index;
    path.append(String.format(Locale.ROOT, "%03d", rest % GROUP));
    while (rest >= GROUP) {
      rest /= GROUP;
      path.insert(0, String.format(Locale.ROOT, "x%03d/", rest % GROUP));
    }
    return "tile/"
        + (level == ENTRIES ? "entries" : Integer.toString(level))
        + "/"
        + path
        + (isWhole() ? "" : ".p/" + width);
  }

  /** The tile of a path; empty where it is none. */
  public static Optional<TilePath> of(String path) {
    final Matcher matcher = PATH.matcher(path);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    final int level =
        matcher.group(1).equals("entries") ? ENTRIES : Integer.parseInt(matcher.group(1));
    long index = 0;
    for (final String group : matcher.group(2).split("/", -1)) {
      if (!group.isEmpty()) {
        index = index * GROUP + Integer.parseInt(group.substring(1));
      }
    }
    index = index * GROUP + Integer.parseInt(matcher.group(3));
    final int width = matcher.group(4) == null ? WIDTH : Integer.parseInt(matcher.group(4));
    final TilePath tile = new TilePath(level, index, width);
    return width >= 1 && tile.text().equals(path) ? Optional.of(tile) : Optional.empty();
  }

  @Override
  public String toString() {
    return text();
  }
}
