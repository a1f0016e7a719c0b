package gongbei.replication.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.Applied;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.command.StatusCommand.Revoke;
import gongbei.replication.command.StatusCommand.SetStatus;
import gongbei.replication.command.StatusCommand.SetTestResult;
import gongbei.replication.command.StatusCommand.Visit;
import gongbei.replication.log.LocalCommandLog;
import gongbei.replication.log.LogBusyException;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.IdleStrategy;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

final class StatusStateMachineTest {
  private static final Subject ANN = Subject.ofHex("000102030405060708090a0b0c0d0e0f");

  @AutoClose private final StatusMap map = StatusMap.inMemory(1_000);
  private final StatusStateMachine machine = new StatusStateMachine(map);

  private StatusRecord ann() {
    final StatusRecord record = new StatusRecord();
    assertTrue(map.get(ANN, record));
    return record;
  }

  @Test
  void versionsAreDenseWhateverComesOfACommand() {
    assertEquals(new Applied(1, Outcome.UNKNOWN_SUBJECT), machine.apply(new Revoke(ANN, 9)));
    assertEquals(
        new Applied(2, Outcome.APPLIED),
        machine.apply(SetStatus.of(ANN).colour(Colour.GREEN).build()));
    assertEquals(new Applied(3, Outcome.APPLIED), machine.apply(new Revoke(ANN, 9)));
    assertEquals(new Applied(4, Outcome.SUPERSEDED), machine.apply(new Revoke(ANN, 8)));
    assertEquals(4, map.version());
    assertEquals(3, ann().version());
  }

  @Test
  void anOlderTestDoesNotReplaceANewerOne() {
    machine.apply(SetStatus.of(ANN).colour(Colour.GREEN).test(TestResult.NEGATIVE, 100).build());
    assertEquals(
        Outcome.SUPERSEDED,
        machine.apply(new SetTestResult(ANN, TestResult.POSITIVE, 99)).outcome());
    assertEquals(StatusRecord.GREEN, ann().colour());
    assertEquals(
        Outcome.APPLIED, machine.apply(new SetTestResult(ANN, TestResult.NEGATIVE, 101)).outcome());
    assertEquals(101, ann().sampleEpochMinutes());
  }

  @Test
  void aPositiveTestTurnsTheHolderRed() {
    machine.apply(SetStatus.of(ANN).colour(Colour.GREEN).test(TestResult.NEGATIVE, 100).build());
    machine.apply(new SetTestResult(ANN, TestResult.POSITIVE, 101));
    assertEquals(StatusRecord.RED, ann().colour());
    assertEquals(StatusRecord.RESULT_POSITIVE, ann().result());
  }

  @Test
  void aVisitorIsKnownByTheLastCodeUntilSomebodyHereSpeaks() {
    machine.apply(
        Visit.of(ANN)
            .colour(Colour.YELLOW)
            .test(TestResult.NEGATIVE, 100)
            .doses(2)
            .sourceEpochSeconds(1_000)
            .build());
    assertEquals(StatusRecord.VISITOR | StatusRecord.TRANSLATED, ann().flags());
    assertEquals(StatusRecord.YELLOW, ann().colour());
    machine.apply(
        Visit.of(ANN)
            .colour(Colour.GREEN)
            .test(TestResult.NEGATIVE, 99)
            .doses(1)
            .sourceEpochSeconds(1_001)
            .build());
    assertEquals(StatusRecord.GREEN, ann().colour());
    assertEquals(1, ann().doses());
    assertEquals(100, ann().sampleEpochMinutes(), "the newer test stays");
    machine.apply(
        SetStatus.of(ANN)
            .colour(Colour.YELLOW)
            .test(TestResult.NEGATIVE, 200)
            .doses(2)
            .flags(StatusRecord.VISITOR)
            .build());
    machine.apply(
        Visit.of(ANN)
            .colour(Colour.GREEN)
            .test(TestResult.NEGATIVE, 201)
            .doses(3)
            .sourceEpochSeconds(1_002)
            .build());
    assertEquals(StatusRecord.YELLOW, ann().colour(), "what was said here stays");
    assertEquals(201, ann().sampleEpochMinutes());
    assertEquals(StatusRecord.VISITOR, ann().flags());
  }

  @Test
  void aCodeOfTheOtherRegionMakesNobodyGreenerAndAPositiveTestRed() {
    machine.apply(
        SetStatus.of(ANN).colour(Colour.RED).test(TestResult.POSITIVE, 100).doses(1).build());
    machine.apply(
        Visit.of(ANN).colour(Colour.GREEN).doses(2).linked(true).sourceEpochSeconds(1_003).build());
    assertEquals(StatusRecord.RED, ann().colour());
    assertEquals(StatusRecord.RESULT_POSITIVE, ann().result());
    assertEquals(0, ann().flags(), "a resident stays one");
    final Subject ben = new Subject(9, 9);
    machine.apply(
        Visit.of(ben)
            .colour(Colour.GREEN)
            .test(TestResult.POSITIVE, 100)
            .linked(true)
            .sourceEpochSeconds(1_000)
            .build());
    final StatusRecord record = new StatusRecord();
    assertTrue(map.get(ben, record));
    assertEquals(StatusRecord.RED, record.colour());
    assertEquals(StatusRecord.LINKED | StatusRecord.TRANSLATED, record.flags());
    machine.apply(new SetTestResult(ben, TestResult.NEGATIVE, 101));
    assertTrue(map.get(ben, record));
    assertEquals(StatusRecord.LINKED, record.flags(), "a test here is something said here");
  }

  @Test
  void settingAStatusKeepsWhatIsRevoked() {
    machine.apply(SetStatus.of(ANN).colour(Colour.GREEN).build());
    machine.apply(new Revoke(ANN, 50));
    machine.apply(
        SetStatus.of(ANN).colour(Colour.YELLOW).doses(2).flags(StatusRecord.VISITOR).build());
    assertEquals(50, ann().revokedBeforeEpochSeconds());
    assertEquals(StatusRecord.YELLOW, ann().colour());
    assertEquals(StatusRecord.VISITOR, ann().flags());
  }

  @Test
  void aCommandOutOfRangeNamesItsField() {
    assertNamed("colour", () -> SetStatus.of(ANN).colour(Colour.ofNumber(3)).build());
    assertNamed(
        "result",
        () -> SetStatus.of(ANN).colour(Colour.GREEN).test(TestResult.ofNumber(3), 1).build());
    assertNamed(
        "sampleEpochMinutes",
        () -> SetStatus.of(ANN).colour(Colour.GREEN).test(TestResult.NEGATIVE, 0).build());
    assertNamed(
        "sampleEpochMinutes",
        () -> SetStatus.of(ANN).colour(Colour.GREEN).test(TestResult.NONE, 5).build());
    assertNamed("doses", () -> SetStatus.of(ANN).colour(Colour.GREEN).doses(100).build());
    assertNamed(
        "lastDoseEpochDay",
        () -> SetStatus.of(ANN).colour(Colour.GREEN).doses(0).lastDoseEpochDay(-1).build());
    assertNamed("flags", () -> SetStatus.of(ANN).colour(Colour.GREEN).flags(8).build());
    assertNamed("result", () -> new SetTestResult(ANN, TestResult.NONE, 0));
    assertNamed("revokedBeforeEpochSeconds", () -> new Revoke(ANN, 0));
    assertNamed("subject", () -> Subject.ofHex("00"));
    assertNamed("subject", () -> Subject.ofHex("zz0102030405060708090a0b0c0d0e0f"));
  }

  private static void assertNamed(String field, Runnable command) {
    final RuntimeException refusal =
        assertThrows(IllegalArgumentException.class, command::run, field);
    assertTrue(refusal.getMessage().startsWith(field), refusal.getMessage());
  }

  @Test
  void theLocalLogAppliesInTheOrderOfSubmissionAndThenAcknowledges() throws Exception {
    try (LocalCommandLog log = new LocalCommandLog(map)) {
      final List<CompletableFuture<List<Applied>>> acknowledgements = new ArrayList<>();
      for (int batch = 0; batch < 50; batch++) {
        final List<StatusCommand> commands = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          commands.add(SetStatus.of(new Subject(batch, i)).colour(Colour.GREEN).doses(i).build());
        }
        acknowledgements.add(log.submit(commands));
      }
      long expected = 1;
      for (final CompletableFuture<List<Applied>> acknowledgement : acknowledgements) {
        for (final Applied applied : acknowledgement.get(Patience.SECONDS, TimeUnit.SECONDS)) {
          assertEquals(new Applied(expected++, Outcome.APPLIED), applied);
        }
      }
      assertEquals(500, map.size());
    }
  }

  @Test
  void whatWasSubmittedBeforeTheLogClosedIsApplied() throws Exception {
    final List<CompletableFuture<Applied>> acknowledgements = new ArrayList<>();
    final LocalCommandLog log = new LocalCommandLog(map);
    for (int i = 0; i < 200; i++) {
      acknowledgements.add(
          log.submit(SetStatus.of(new Subject(9, i)).colour(Colour.GREEN).build()));
    }
    log.close();
    for (final CompletableFuture<Applied> acknowledgement : acknowledgements) {
      assertEquals(
          Outcome.APPLIED, acknowledgement.get(Patience.SECONDS, TimeUnit.SECONDS).outcome());
    }
    final ExecutionException refusal =
        assertThrows(
            ExecutionException.class,
            () -> log.submit(new Revoke(ANN, 1)).get(Patience.SECONDS, TimeUnit.SECONDS));
    assertTrue(refusal.getCause() instanceof IllegalStateException);
  }

  @Test
  void aFullLogRefusesAtOnce() throws Exception {
    final CountDownLatch idling = new CountDownLatch(1);
    final CountDownLatch gate = new CountDownLatch(1);
    final IdleStrategy untilOpened = new GatedIdleStrategy(idling, gate);
    try (LocalCommandLog log = new LocalCommandLog(map, untilOpened)) {
      idling.await();
      final List<CompletableFuture<Applied>> accepted = new ArrayList<>();
      for (int i = 0; i < LocalCommandLog.MAX_WAITING; i++) {
        accepted.add(log.submit(new Revoke(ANN, i + 1)));
      }
      final CompletableFuture<Applied> refused = log.submit(new Revoke(ANN, 1));
      assertTrue(refused.isCompletedExceptionally());
      final ExecutionException refusal = assertThrows(ExecutionException.class, refused::get);
      assertTrue(refusal.getCause() instanceof LogBusyException);
      gate.countDown();
      for (final CompletableFuture<Applied> reply : accepted) {
        assertEquals(
            Outcome.UNKNOWN_SUBJECT, reply.get(Patience.SECONDS, TimeUnit.SECONDS).outcome());
      }
    }
  }

  /** Holds the applier from its first idle moment until the gate opens. */
  private record GatedIdleStrategy(CountDownLatch idling, CountDownLatch gate)
      implements IdleStrategy {
    @Override
    public void idle(int workCount) {
      if (workCount == 0) {
        idle();
      }
    }

    @Override
    public void idle() {
      idling.countDown();
      try {
        gate.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void reset() {
      idling.getCount();
    }
  }
}
