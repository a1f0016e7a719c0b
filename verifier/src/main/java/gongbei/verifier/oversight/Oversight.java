package gongbei.verifier.oversight;

import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.CommandKind;
import gongbei.replication.machine.HistoryChange;
import gongbei.replication.machine.HistorySink;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what every version changed: by authority, ground and hour, and how many holders are of
 * which colour. The applier tells it, any thread asks for a {@link #report}.
 *
 * <p>It is kept in a file of its own, at times and at the end. A node that goes on from where the
 * file was written takes all of it. Any other takes the hours from it, counts what is replayed
 * beyond it, and counts the colours anew from the map, beside its work: the map alone is sure to be
 * there, where a replica keeps no history and a purged history does not reach back to every record.
 */
public final class Oversight implements HistorySink {
  static final long HOUR_SECONDS = TimeUnit.HOURS.toSeconds(1);

  private static final Logger LOGGER = LoggerFactory.getLogger(Oversight.class);
  private static final long MINUTE_SECONDS = TimeUnit.MINUTES.toSeconds(1);
  private static final byte[] NO_FRONTIER = {};

  private final StatusMap map;
  private final Optional<Path> file;
  private final InForce inForce = new InForce();
  private final HourlyChanges changes = new HourlyChanges();
  private Optional<OversightFile.Kept> kept;
  private Optional<Recount> recount = Optional.empty();
  private boolean hasBegun;
  private boolean isStopped;
  private long version;
  private long countedVersion;
  private long completeSince;
  private boolean hasGap;

  /**
   * Begins with what a file has kept, where there is one that is whole.
   *
   * @param map which the versions change
   * @param file where the counts are kept; empty to keep none
   */
  public Oversight(StatusMap map, Optional<Path> file) {
    this.map = map;
    this.file = file;
    this.kept = file.flatMap(OversightFile::read);
  }

  /** The file of a node that keeps its data in a directory. */
  public static Path fileIn(Path dataDirectory) {
    return dataDirectory.resolve("oversight");
  }

  @Override
  public synchronized void begin(long begun, byte[] frontier) {
    if (hasBegun && begun == version) {
      return;
    }
    final boolean isSame = !hasBegun && isKept(begun);
    if (!hasBegun) {
      kept.ifPresentOrElse(known -> takeHours(known, begun), () -> hasGap = begun > 0);
    } else {
      // Another state than the one that was told: nothing says how it came to be.
      hasGap = true;
      if (begun < version) {
        changes.reset();
        countedVersion = begun;
      }
    }
    hasBegun = true;
    version = begun;
    inForce.reset();
    recount.ifPresent(Recount::stop);
    recount = Optional.empty();
    if (isSame) {
      inForce.addAll(kept.orElseThrow().inForce());
    } else if (begun > 0) {
      countAnew();
    }
    kept = Optional.empty();
  }

  /** Whether the file was written at just this state. */
  private boolean isKept(long begun) {
    return kept.isPresent()
        && kept.get().version() == begun
        && kept.get().digest().isPresent()
        && kept.get().digest().getAsLong() == map.digest();
  }

  private void takeHours(OversightFile.Kept known, long begun) {
    known.series().forEach(changes::put);
    completeSince = known.completeSince();
    countedVersion = known.version();
    hasGap = known.version() < begun;
  }

  private void countAnew() {
    if (isStopped) {
      return;
    }
    final Recount started = new Recount(map, version, inForce.hour(), this::retry);
    recount = Optional.of(started);
    started.start();
  }

  /** Begins to count the colours anew, where an attempt had to be given up. */
  private synchronized void retry(Recount given) {
    if (recount.isPresent() && recount.get() == given) {
      inForce.reset();
      countAnew();
    }
  }

  @Override
  public synchronized void onVersion(HistoryChange change) {
    version = change.version();
    if (!isStatus(change.kind())) {
      return;
    }
    final long seconds = change.logEpochSeconds();
    final boolean isApplied = change.outcome() == Outcome.APPLIED;
    if (isApplied) {
      inForce.advance(seconds / MINUTE_SECONDS);
      if (change.wasKnown()) {
        final long before = InForce.packed(change.before());
        inForce.add(before, -1);
        if (recount.isPresent()) {
          recount.get().onChange(change.subject(), change.previousVersion(), before);
        }
      }
      inForce.add(InForce.packed(change.after()), 1);
    }
    if (version > countedVersion) {
      countedVersion = version;
      if (hasGap) {
        hasGap = false;
        completeSince = seconds;
      }
      if (!change.isBeforeHistory()) {
        count(change, seconds);
      }
    }
  }

  private void count(HistoryChange change, long seconds) {
    final Outcome outcome = change.outcome();
    switch (outcome) {
      case APPLIED -> {
        final Series series = changes.of(change.ground(), change.authority(), seconds);
        series.add(tallyOf(change), seconds);
        if (change.isCounted()) {
          series.turn(seconds);
        }
      }
      case CEILING_REACHED ->
          changes.add(change.ground(), change.authority(), Tally.CEILING, seconds);
      case GROUND_UNKNOWN ->
          changes.add(Series.UNKNOWN_GROUND, change.authority(), Tally.REFUSED, seconds);
      case GROUND_NOT_YOURS,
          UNTIL_MISSING,
          UNTIL_TOO_FAR,
          SECOND_SIGNATURE_MISSING,
          POSITIVE_TEST_MISSING ->
          changes.add(change.ground(), change.authority(), Tally.REFUSED, seconds);
      default -> {
        // Nothing that an authority and a ground answer for.
      }
    }
  }

  private static boolean isStatus(int kind) {
    return kind == CommandKind.SET_STATUS
        || kind == CommandKind.SET_TEST_RESULT
        || kind == CommandKind.REVOKE
        || kind == CommandKind.VISIT;
  }

  private static Tally tallyOf(HistoryChange change) {
    if (!change.wasKnown()) {
      return Tally.REGISTERED;
    }
    final int minute = (int) (change.logEpochSeconds() / MINUTE_SECONDS);
    final int colour = change.after().colourAt(minute);
    final boolean isTurned = colour != change.before().colourAt(minute);
    // What stops a holder is not to be hidden behind what does not.
    if (change.isDeath()) {
      return Tally.DECEASED;
    } else if (isTurned && colour != StatusRecord.GREEN) {
      return colour == StatusRecord.RED ? Tally.RED : Tally.YELLOW;
    } else if (change.isRevocation()) {
      return Tally.REVOKED;
    } else if (change.isTaking()) {
      return Tally.TAKEN;
    }
    return isTurned ? Tally.GREEN : Tally.OTHER;
  }

  @Override
  public byte[] frontier() {
    return NO_FRONTIER;
  }

  /**
   * What is known at a time, with what lapses in the {@link Series#HOURS} hours from it on.
   *
   * @param epochSeconds since 1970
   */
  public synchronized OversightReport report(long epochSeconds) {
    takeRecount();
    final long minute =
        Math.max(epochSeconds / MINUTE_SECONDS, (long) inForce.hour() * InForce.HOUR_MINUTES);
    final long hour = minute / InForce.HOUR_MINUTES;
    final List<OversightReport.Lapses> lapses = new ArrayList<>();
    for (int i = 0; i < Series.HOURS; i++) {
      lapses.add(lapses(hour + i, minute));
    }
    final long laterHour = hour + Series.HOURS;
    long laterYellow = 0;
    long laterRed = 0;
    for (long at = laterHour; at <= inForce.lastHour(); at++) {
      laterYellow += inForce.yellowEnds(at, minute);
      laterRed += inForce.redEnds(at, minute);
    }
    final OversightReport.Lapses later =
        new OversightReport.Lapses(laterHour, laterYellow, laterRed);
    return new OversightReport(
        version,
        epochSeconds,
        hasGap ? epochSeconds : completeSince,
        recount.isPresent() ? Optional.empty() : Optional.of(colours(minute)),
        lapses,
        later,
        changes.all().stream().map(Series::copy).toList());
  }

  private OversightReport.Lapses lapses(long epochHour, long afterMinute) {
    return new OversightReport.Lapses(
        epochHour,
        inForce.yellowEnds(epochHour, afterMinute),
        inForce.redEnds(epochHour, afterMinute));
  }

  private OversightReport.Colours colours(long minute) {
    final long yellow = inForce.yellow(minute);
    final long red = inForce.red(minute);
    return new OversightReport.Colours(map.size() - yellow - red, yellow, red);
  }

  /** Takes what was recounted once all that it saw has been told. */
  private void takeRecount() {
    if (recount.isPresent() && recount.get().isDone(version)) {
      inForce.addAll(recount.get().counted());
      recount = Optional.empty();
    }
  }

  /** Writes the file, where there is one. */
  public void save() {
    if (file.isEmpty()) {
      return;
    }
    try {
      // Outside the lock: whoever changes the map holds up its mark, and then waits for the lock.
      final StatusMap.Mark mark = map.mark();
      OversightFile.write(file.get(), keep(mark));
    } catch (IOException e) {
      LOGGER.warn("{} could not be written: {}", file.get(), e.toString());
    }
  }

  private synchronized OversightFile.Kept keep(StatusMap.Mark mark) {
    takeRecount();
    final InForce copy = new InForce();
    copy.advance((long) inForce.hour() * InForce.HOUR_MINUTES);
    copy.addAll(inForce);
    return new OversightFile.Kept(
        version,
        recount.isEmpty() && mark.version() == version
            ? OptionalLong.of(mark.digest())
            : OptionalLong.empty(),
        completeSince,
        copy,
        changes.all().stream().map(Series::copy).toList());
  }

  /** Ends counting anew, for good: the map may be closed after this. */
  public void stop() {
    final Optional<Recount> running;
    synchronized (this) {
      isStopped = true;
      takeRecount();
      running = recount;
    }
    running.ifPresent(Recount::stop);
    running.ifPresent(Recount::join);
  }
}
