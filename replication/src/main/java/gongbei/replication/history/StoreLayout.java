package gongbei.replication.history;

import gongbei.codec.transparency.Frontier;
import gongbei.codec.transparency.TransparencyException;
import gongbei.codec.transparency.TransparencyException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * How a history's files are to be read: the entries of a segment, how many versions were given
 * before there was a history, and the gaps, whose entries this node has not got. A text with a
 * checksum.
 *
 * @param segmentEntries the entries of a segment's file, a multiple of 256
 * @param beforeHistory the first versions, which have no entries
 * @param gaps in order
 */
record StoreLayout(int segmentEntries, long beforeHistory, List<Gap> gaps) {
  private static final String TITLE = "gongbei history 1";
  private static final HexFormat HEX = HexFormat.of();

  /**
   * Entries that are not here.
   *
   * @param from the first one's place
   * @param to the place of the first that is here again
   * @param frontier the tree of all entries before it
   */
  record Gap(long from, long to, byte[] frontier) {
    Frontier tree() throws TransparencyException {
      return Frontier.of(frontier);
    }

    /** The same once the entries before a place are here. */
    Gap without(long place) {
      return new Gap(place, to, frontier);
    }
  }

  StoreLayout {
    gaps = List.copyOf(gaps);
  }

  StoreLayout beforeHistory(long versions) {
    return new StoreLayout(segmentEntries, versions, gaps);
  }

  StoreLayout withGap(Gap gap) {
    final List<Gap> all = new ArrayList<>(gaps);
    all.add(gap);
    return new StoreLayout(segmentEntries, beforeHistory, all);
  }

  /** The same with others in a gap's place. */
  StoreLayout replacing(Gap gap, List<Gap> others) {
    final List<Gap> all = new ArrayList<>(gaps);
    final int place = all.indexOf(gap);
    all.remove(place);
    all.addAll(place, others);
    return new StoreLayout(segmentEntries, beforeHistory, all);
  }

  /** The same without the gaps that begin at or behind a place, which is the end now. */
  StoreLayout endingAt(long size) {
    return new StoreLayout(
        segmentEntries, beforeHistory, gaps.stream().filter(gap -> gap.to() <= size).toList());
  }

  String text() {
    final StringBuilder text = new StringBuilder(TITLE + "\n");
    text.append("segment ").append(segmentEntries).append('\n');
    text.append("before ").append(beforeHistory).append('\n');
    for (final Gap gap : gaps) {
      text.append("gap ").append(gap.from()).append(' ').append(gap.to()).append(' ');
      text.append(HEX.formatHex(gap.frontier())).append('\n');
    }
    return text + "sum " + sum(text.toString()) + "\n";
  }

  private static String sum(String text) {
    final CRC32C checksum = new CRC32C();
    checksum.update(text.getBytes(StandardCharsets.UTF_8));
    return HEX.toHexDigits((int) checksum.getValue());
  }

  /**
   * Reads a text.
   *
   * @throws TransparencyException where it is not one that was written so
   */
  static StoreLayout of(String text) throws TransparencyException {
    try {
      final String[] lines = text.split("\n", -1);
      final List<Gap> gaps = new ArrayList<>();
      for (int i = 3; i < lines.length - 2; i++) {
        final String[] fields = lines[i].split(" ", -1);
        gaps.add(
            new Gap(Long.parseLong(fields[1]), Long.parseLong(fields[2]), HEX.parseHex(fields[3])));
      }
      final StoreLayout layout =
          new StoreLayout(
              Integer.parseInt(lines[1].substring("segment ".length())),
              Long.parseLong(lines[2].substring("before ".length())),
              gaps);
      if (layout.text().equals(text)) {
        return layout;
      }
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw tampered(e);
    }
    throw tampered(null);
  }

  private static TransparencyException tampered(Exception cause) {
    final TransparencyException fault =
        new TransparencyException(
            Reason.LAYOUT_TAMPERED, "the history's layout is not as it was written");
    if (cause != null) {
      fault.initCause(cause);
    }
    return fault;
  }
}
