package gongbei.verifier.oversight;

import gongbei.codec.file.PrivateFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that {@link Oversight} is kept in: big-endian, a checksum (CRC-32C) of all before it at
 * its end. One that is of another format or not whole is left out of account, and said to be so.
 */
final class OversightFile {
  private static final Logger LOGGER = LoggerFactory.getLogger(OversightFile.class);
  private static final int MAGIC = 0x474f5632;

  /** Of files that do not count deaths, revocations and what was taken. */
  private static final int EARLIER_MAGIC = 0x474f5631;

  private static final int EARLIER_COUNTS = 7;

  private OversightFile() {}

  /**
   * What a file keeps.
   *
   * @param version the last version that is counted
   * @param digest the map's digest then; empty where the colours do not count
   * @param completeSince see {@link OversightReport}
   * @param inForce the colours
   * @param series the hours
   */
  record Kept(
      long version,
      OptionalLong digest,
      long completeSince,
      InForce inForce,
      List<Series> series) {}

  /** Writes the file in the place of the one before. */
  static void write(Path file, Kept kept) throws IOException {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(MAGIC);
    out.writeLong(kept.version());
    out.writeBoolean(kept.digest().isPresent());
    out.writeLong(kept.digest().orElse(0));
    out.writeLong(kept.completeSince());
    writeColours(out, kept.inForce());
    out.writeInt(kept.series().size());
    for (final Series series : kept.series()) {
      writeSeries(out, series);
    }
    final CRC32C checksum = new CRC32C();
    checksum.update(bytes.toByteArray());
    out.writeInt((int) checksum.getValue());
    PrivateFiles.replace(file, bytes.toByteArray());
  }

  private static void writeColours(DataOutputStream out, InForce inForce) throws IOException {
    final long[] longs = inForce.toLongs();
    out.writeInt(longs.length);
    for (final long each : longs) {
      out.writeLong(each);
    }
  }

  private static void writeSeries(DataOutputStream out, Series series) throws IOException {
    out.writeInt(series.ground());
    out.writeLong(series.authority());
    out.writeLong(series.ceilingEpochSeconds());
    final Turned turned = series.turned().orElseGet(Turned::new);
    out.writeLong(turned.newest());
    for (int back = Turned.DAY_MINUTES - 1; back >= 0 && turned.newest() > 0; back--) {
      out.writeInt(turned.at(turned.newest() - back));
    }
    out.writeLong(series.newestHour());
    for (int back = Series.HOURS - 1; back >= 0; back--) {
      for (final Tally tally : Tally.values()) {
        out.writeLong(series.count(tally, series.newestHour() - back));
      }
    }
  }

  /** Reads the file; empty where there is none that can be used. */
  static Optional<Kept> read(Path file) {
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      final byte[] bytes = Files.readAllBytes(file);
      final int end = bytes.length - Integer.BYTES;
      final CRC32C checksum = new CRC32C();
      checksum.update(bytes, 0, Math.max(0, end));
      if (end < Integer.BYTES
          || (int) checksum.getValue() != ByteBuffer.wrap(bytes).getInt(end)
          || countsOf(bytes) == 0) {
        LOGGER.warn("{} is not whole, or of another version: what it counted is left out", file);
        return Optional.empty();
      }
      return Optional.of(
          read(
              new DataInputStream(new ByteArrayInputStream(bytes, Integer.BYTES, end)),
              countsOf(bytes)));
    } catch (IOException e) {
      LOGGER.warn("{} can't be read, what it counted is left out: {}", file, e.toString());
      return Optional.empty();
    }
  }

  /** How many counts an hour has in a file; 0 where it is of another version. */
  private static int countsOf(byte[] bytes) {
    return switch (ByteBuffer.wrap(bytes).getInt()) {
      case MAGIC -> Tally.COUNT;
      case EARLIER_MAGIC -> EARLIER_COUNTS;
      default -> 0;
    };
  }

  private static Kept read(DataInputStream in, int counts) throws IOException {
    final long version = in.readLong();
    final boolean hasDigest = in.readBoolean();
    final long digest = in.readLong();
    final long completeSince = in.readLong();
    final InForce inForce = readColours(in);
    final List<Series> series = new ArrayList<>();
    final int count = in.readInt();
    for (int i = 0; i < count; i++) {
      series.add(readSeries(in, counts));
    }
    return new Kept(
        version,
        hasDigest ? OptionalLong.of(digest) : OptionalLong.empty(),
        completeSince,
        inForce,
        series);
  }

  private static InForce readColours(DataInputStream in) throws IOException {
    final long[] longs = new long[in.readInt()];
    for (int i = 0; i < longs.length; i++) {
      longs[i] = in.readLong();
    }
    return InForce.of(longs);
  }

  private static Series readSeries(DataInputStream in, int written) throws IOException {
    final Series series = new Series(in.readInt(), in.readLong());
    series.restoreCeiling(in.readLong());
    final long newestMinute = in.readLong();
    if (newestMinute > 0) {
      final Turned turned = new Turned();
      for (int back = Turned.DAY_MINUTES - 1; back >= 0; back--) {
        turned.add(newestMinute - back, in.readInt());
      }
      series.restoreTurned(turned);
    }
    final long newest = in.readLong();
    final long[] counts = new long[Tally.COUNT];
    for (int back = Series.HOURS - 1; back >= 0; back--) {
      for (int i = 0; i < written; i++) {
        counts[i] = in.readLong();
      }
      series.restore(Math.max(0, newest - back), counts);
    }
    return series;
  }
}
