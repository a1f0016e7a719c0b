package gongbei.verifier.http;

import gongbei.replication.command.Applied;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Nonce;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.CommandLog;
import gongbei.replication.log.LogBusyException;
import gongbei.replication.log.LogRole;
import gongbei.replication.log.LogStatus;
import gongbei.replication.machine.Documents;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Another log, which takes nothing for a while where it is told so, and holds its answers back. */
public final class HeldLog implements CommandLog {
  private final CommandLog log;
  private final AtomicInteger busy = new AtomicInteger();
  private volatile boolean hasNoLeader;
  private volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

  public HeldLog(CommandLog log) {
    this.log = log;
  }

  /** Refuses so many submissions from now on. */
  void refuse(int submissions) {
    busy.set(submissions);
  }

  /** Answers nothing from now on, until {@link #release}. */
  public void hold() {
    gate = new CompletableFuture<>();
  }

  public void release() {
    gate.complete(null);
  }

  /** Is from now on a member's that knows of nobody who leads, or no longer. */
  void hasNoLeader(boolean none) {
    hasNoLeader = none;
  }

  private <T> CompletableFuture<T> through(Supplier<CompletableFuture<T>> submission) {
    if (busy.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      return CompletableFuture.failedFuture(new LogBusyException());
    }
    final CompletableFuture<Void> held = gate;
    return submission.get().thenCompose(applied -> held.thenApply(open -> applied));
  }

  @Override
  public CompletableFuture<List<Applied>> submit(List<StatusCommand> commands) {
    return through(() -> log.submit(commands));
  }

  @Override
  public CompletableFuture<List<Applied>> submit(Origin origin, List<StatusCommand> commands) {
    return through(() -> log.submit(origin, commands));
  }

  @Override
  public CompletableFuture<Applied> submit(DocumentCommand command) {
    return through(() -> log.submit(command));
  }

  @Override
  public CompletableFuture<List<Applied>> submit(Nonce nonce, List<StatusCommand> commands) {
    return through(() -> log.submit(nonce, commands));
  }

  @Override
  public CompletableFuture<Applied> submit(Nonce nonce, DocumentCommand command) {
    return through(() -> log.submit(nonce, command));
  }

  @Override
  public Documents documents() {
    return log.documents();
  }

  @Override
  public long dataAgeMillis() {
    return log.dataAgeMillis();
  }

  @Override
  public boolean isServing() {
    return log.isServing();
  }

  @Override
  public LogStatus status() {
    return hasNoLeader
        ? new LogStatus(LogRole.CANDIDATE, "", -1, -1, -1, 0, 0, true, false, "", false)
        : log.status();
  }

  @Override
  public void close() {
    log.close();
  }
}
