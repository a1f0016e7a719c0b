package gongbei.verifier.outage;

import gongbei.replication.command.Applied;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.MintingSwitch;
import gongbei.replication.command.MintingSwitch.Author;
import gongbei.replication.log.CommandLog;
import gongbei.verifier.outage.MintingSource.Health;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches minting, this node's own and other nodes', and says in the log that it is degraded where
 * none of them has minted for a stated time, and that it is restored where one of them has for as
 * long. What an authority has said that minting is degraded it does not take back; and where an
 * authority has said that it is restored, it says nothing until minting has worked and failed anew.
 * {@link #look} is for one thread, the rest for any.
 */
public final class MintingWatch {
  private static final Logger LOGGER = LoggerFactory.getLogger(MintingWatch.class);

  private final Context context;
  private CompletableFuture<Applied> said = CompletableFuture.completedFuture(null);
  private MintingSwitch told;
  private long failingSince;
  private long workingSince;
  private long notBefore;
  private volatile boolean isOwnWorking;
  private volatile int failing;

  /**
   * What is watched, and by what measure.
   *
   * @param log takes what is to be said
   * @param own empty where this node mints nothing
   * @param others other nodes' minting
   * @param switchAfterSeconds how long minting must have failed, or worked; 0 says nothing ever
   * @param marginSeconds how long reserve codes count after it is restored
   * @param epochSeconds the clock
   */
  public record Context(
      CommandLog log,
      Optional<MintingSource> own,
      List<MintingSource> others,
      int switchAfterSeconds,
      int marginSeconds,
      LongSupplier epochSeconds) {}

  public MintingWatch(Context context) {
    this.context = context;
    this.told = context.log.documents().minting();
  }

  /** Whether this node mints codes at the moment. */
  public boolean isOwnWorking() {
    return isOwnWorking;
  }

  /** How many of the places that are watched do not mint, this node among them. */
  public int failing() {
    return failing;
  }

  /** How long reserve codes count after minting is restored, in seconds. */
  public int marginSeconds() {
    return context.marginSeconds;
  }

  /** Looks at all that is watched, and says what is to be said. */
  public void look() {
    final long now = context.epochSeconds.getAsLong();
    int working = 0;
    int notWorking = 0;
    boolean isKnown = true;
    final Health own = context.own.map(MintingSource::look).orElse(Health.UNKNOWN);
    isOwnWorking = own == Health.WORKING;
    working += own == Health.WORKING ? 1 : 0;
    notWorking += own == Health.FAILING ? 1 : 0;
    for (final MintingSource other : context.others) {
      final Health health = other.look();
      working += health == Health.WORKING ? 1 : 0;
      notWorking += health == Health.FAILING ? 1 : 0;
      isKnown &= health != Health.UNKNOWN;
    }
    failing = notWorking;
    tell(context.log.documents().minting());
    final boolean works = working > 0;
    final boolean fails = !works && notWorking > 0 && isKnown;
    workingSince = works ? (workingSince == 0 ? now : workingSince) : 0;
    failingSince = fails ? (failingSince == 0 ? now : failingSince) : 0;
    if (context.switchAfterSeconds > 0 && said.isDone() && now >= notBefore) {
      say(context.log.documents().minting(), now);
    }
  }

  private void say(MintingSwitch minting, long now) {
    if (minting.isDegraded()) {
      if (minting.author() == Author.NODES && isLongSince(workingSince, now)) {
        submit(minting.restored(Author.NODES, now, context.marginSeconds), now);
      }
    } else if (isLongSince(failingSince, now) && failingSince > minting.changedAtEpochSeconds()) {
      submit(minting.degraded(Author.NODES, failingSince), now);
    }
  }

  private boolean isLongSince(long since, long now) {
    return since != 0 && now - since >= context.switchAfterSeconds;
  }

  /** Says it once in as long as it takes to notice, whatever becomes of it. */
  private void submit(MintingSwitch next, long now) {
    notBefore = now + context.switchAfterSeconds;
    said =
        context
            .log
            .submit(DocumentCommand.minting(next))
            .whenComplete(
                (applied, fault) -> {
                  if (fault != null) {
                    LOGGER.warn(
                        "The log does not take whether minting is degraded, and is told again: {}",
                        fault.toString());
                  }
                })
            .exceptionally(fault -> null);
  }

  /** Writes down what the log has come to say since the last look. */
  private void tell(MintingSwitch minting) {
    if (minting.equals(told)) {
      return;
    }
    told = minting;
    final String who = minting.author() == Author.AUTHORITY ? "an authority" : "a node";
    final Instant since = Instant.ofEpochSecond(minting.period().sinceEpochSeconds());
    if (minting.isDegraded()) {
      LOGGER.warn(
          "Minting is degraded since {}, says {} in the log: reserve codes count", since, who);
    } else {
      LOGGER.warn(
          "Minting, degraded since {}, is restored since {}, says {} in the log: reserve codes"
              + " count for {} s more",
          since,
          Instant.ofEpochSecond(minting.period().untilEpochSeconds()),
          who,
          minting.period().marginSeconds());
    }
  }
}
