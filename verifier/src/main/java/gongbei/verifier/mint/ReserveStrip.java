package gongbei.verifier.mint;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A holder's reserve codes for the next hours, one after the other: each begins where the one
 * before it ends, on a grid of time that is the same for everybody. For any thread.
 */
public final class ReserveStrip {
  private final long startEpochSeconds;
  private final int lifeSeconds;
  private final String[] codes;
  private final AtomicInteger missing;
  private final CompletableFuture<Optional<List<String>>> done = new CompletableFuture<>();

  /**
   * @param nowEpochSeconds lies within the first code's life
   * @param lifeSeconds how long each lives
   * @param count how many
   */
  public ReserveStrip(long nowEpochSeconds, int lifeSeconds, int count) {
    this.startEpochSeconds = nowEpochSeconds - Math.floorMod(nowEpochSeconds, lifeSeconds);
    this.lifeSeconds = lifeSeconds;
    this.codes = new String[count];
    this.missing = new AtomicInteger(count);
  }

  /** When the first code's time begins, in seconds since 1970. */
  public long startEpochSeconds() {
    return startEpochSeconds;
  }

  /** How long each code lives, in seconds. */
  public int lifeSeconds() {
    return lifeSeconds;
  }

  /** How many codes it has. */
  public int size() {
    return codes.length;
  }

  /** Completes with the codes in the order of their times; empty where not all were minted. */
  public CompletableFuture<Optional<List<String>>> done() {
    return done;
  }

  long startOf(int index) {
    return startEpochSeconds + (long) index * lifeSeconds;
  }

  /** Takes what came of one of the codes. */
  void take(int index, Minting minting) {
    if (minting.outcome() == Minting.Outcome.MINTED) {
      codes[index] = minting.text();
    }
    leave(1);
  }

  /** Goes without as many codes as were not asked for. */
  void leave(int count) {
    if (missing.addAndGet(-count) == 0) {
      final boolean isWhole = Arrays.stream(codes).allMatch(each -> each != null);
      done.complete(isWhole ? Optional.of(List.of(codes)) : Optional.empty());
    }
  }
}
