package gongbei.replication.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.command.StatusCommand.Revoke;
import gongbei.replication.command.StatusCommand.SetStatus;
import gongbei.replication.command.StatusCommand.SetTestResult;
import gongbei.replication.command.StatusCommand.Visit;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.log.Submission;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.replication.protocol.BatchReplyDecoder;
import gongbei.replication.protocol.MessageHeaderDecoder;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever stops a holder counts towards a ceiling and has an end or a test to rest on, by the
 * table that ships; and a replica decides the same.
 */
final class StoppedHoldersTest {
  private static final long CLIENT = 7;
  private static final long OFFICE = 0x2222;
  private static final int HOLDERS = 250;
  private static final int DAY = 24 * 60;
  private static final int FORTNIGHT = 14 * DAY;
  private static final int START = 28_000_000;
  private static final int SAMPLE = START - 60;
  private static final Subject ANN = new Subject(1, 1);

  @AutoClose private final StatusMap map = StatusMap.inMemory(1_000);
  private final ReplicatedState state = new ReplicatedState(map);
  @AutoClose private final StatusMap replicaMap = StatusMap.inMemory(1_000);
  private final ReplicatedState replica = new ReplicatedState(replicaMap);
  private final BatchReplyDecoder reply = new BatchReplyDecoder();
  private long sequence = 1;
  private int minute = START;

  @BeforeEach
  void speak() {
    state.protocol(ReplicatedState.PROTOCOL);
  }

  private Outcome send(DirectBuffer message) {
    state.clusterTimeMillis(minute * 60_000L);
    replica.clusterTimeMillis(minute * 60_000L);
    if (state.apply(message, 0, message.capacity()) > 0) {
      replica.applyFed(message, 0, message.capacity());
    }
    assertEquals(map.mark(), replicaMap.mark(), "the replica decides the same");
    reply.wrapAndApplyHeader(state.reply(), 0, new MessageHeaderDecoder());
    final byte[] codes = new byte[reply.commandCount()];
    return reply.getOutcomes(codes, 0, codes.length) == 0
        ? Outcome.APPLIED
        : Outcome.ofCode(codes[codes.length - 1]);
  }

  private Outcome apply(StatusCommand command) {
    return send(CommandBatches.encode(CLIENT, sequence++, 1_000, List.of(command)));
  }

  private StatusRecord status(Subject subject) {
    final StatusRecord record = new StatusRecord();
    assertTrue(map.get(subject, record));
    return record;
  }

  private static Subject subject(int number) {
    return new Subject(number, ~number);
  }

  private static ChangeOrigin on(int ground) {
    return ChangeOrigin.of(OFFICE, ground);
  }

  private static SetStatus.Builder healthy(Subject subject) {
    return SetStatus.of(subject).test(TestResult.NEGATIVE, SAMPLE).doses(3);
  }

  private void register() {
    for (int i = 0; i < HOLDERS; i++) {
      assertEquals(Outcome.APPLIED, apply(healthy(subject(i)).build()));
    }
  }

  /** Each kind of change after which a holder may pass no more somewhere. */
  static Stream<Arguments> stops() {
    final ChangeOrigin registry = on(GroundTable.REGISTRY);
    return Stream.of(
        stop("red", each -> healthy(subject(each)).colour(Colour.RED).origin(registry).build()),
        stop(
            "yellow",
            each -> healthy(subject(each)).colour(Colour.YELLOW).origin(registry).build()),
        stop(
            "deceased",
            each -> healthy(subject(each)).flags(StatusRecord.DECEASED).origin(registry).build()),
        stop("doses", each -> healthy(subject(each)).doses(2).origin(registry).build()),
        stop("test", each -> SetStatus.of(subject(each)).doses(3).origin(registry).build()),
        stop(
            "positive",
            each ->
                SetStatus.of(subject(each))
                    .doses(3)
                    .test(TestResult.POSITIVE, SAMPLE + 1)
                    .origin(registry)
                    .build()),
        stop("revoked", each -> new Revoke(subject(each), START * 60L, registry)),
        stop("to come", each -> new Revoke(subject(each), (START + DAY) * 60L, registry)),
        stop(
            "tested",
            each -> new SetTestResult(subject(each), TestResult.POSITIVE, SAMPLE + 1, registry)));
  }

  private static Arguments stop(String name, IntFunction<StatusCommand> change) {
    return Arguments.of(name, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stops")
  void whateverStopsAHolderCountsTowardsTheCeiling(String name, IntFunction<StatusCommand> change) {
    register();
    for (int i = 0; i < HOLDERS; i++) {
      assertEquals(
          i < 100 ? Outcome.APPLIED : Outcome.CEILING_REACHED, apply(change.apply(i)), name + i);
    }
    assertEquals(100, state.ceilings().hour(OFFICE, GroundTable.REGISTRY));
    for (int hour = 1; hour < 24; hour++) {
      minute = START + hour * 60;
      for (int i = 100; i < HOLDERS; i++) {
        apply(change.apply(i));
      }
    }
    assertEquals(200, state.ceilings().day(OFFICE, GroundTable.REGISTRY), "nor more in a day");
  }

  @Test
  void whatMakesAWayEasierIsFree() {
    register();
    final ChangeOrigin registry = on(GroundTable.REGISTRY);
    for (int i = 0; i < HOLDERS; i++) {
      apply(healthy(subject(i)).doses(4).lastDoseEpochDay(20_000).origin(registry).build());
      apply(
          healthy(subject(i))
              .doses(4)
              .test(TestResult.NEGATIVE, SAMPLE + 1)
              .flags(StatusRecord.LINKED)
              .origin(registry)
              .build());
      apply(new SetTestResult(subject(i), TestResult.NEGATIVE, SAMPLE + 2, registry));
    }
    assertEquals(0, state.ceilings().hour(OFFICE, GroundTable.REGISTRY));
  }

  @Test
  void aGroundThatNeedsATestStopsNobodyWithoutOne() {
    apply(healthy(ANN).build());
    final ChangeOrigin lab = on(GroundTable.LAB_RESULT);
    for (final StatusCommand change :
        List.of(
            healthy(ANN).colour(Colour.RED).origin(lab).build(),
            healthy(ANN).colour(Colour.YELLOW).origin(lab).build(),
            healthy(ANN).flags(StatusRecord.DECEASED).origin(lab).build(),
            SetStatus.of(ANN).doses(3).origin(lab).build(),
            new Revoke(ANN, START * 60L, lab),
            SetStatus.of(subject(5)).colour(Colour.RED).origin(lab).build())) {
      assertEquals(Outcome.POSITIVE_TEST_MISSING, apply(change), change.toString());
    }
    assertEquals(1, map.size(), "nor is anybody registered so");
    apply(healthy(ANN).colour(Colour.RED).origin(on(GroundTable.REGISTRY)).build());
    assertEquals(
        Outcome.POSITIVE_TEST_MISSING,
        apply(healthy(ANN).colour(Colour.RED).until(minute + 5).origin(lab).build()),
        "nor does a red get another reason so");
    apply(healthy(ANN).origin(on(GroundTable.REGISTRY)).build());
    assertEquals(Outcome.APPLIED, apply(healthy(ANN).doses(4).origin(lab).build()));
    assertEquals(
        Outcome.APPLIED,
        apply(
            healthy(ANN)
                .colour(Colour.RED)
                .test(TestResult.POSITIVE, SAMPLE + 5)
                .origin(lab)
                .build()),
        "together with one");
    minute += DAY;
    assertEquals(
        Outcome.APPLIED,
        apply(SetStatus.of(ANN).doses(4).colour(Colour.RED).origin(lab).build()),
        "upon one that is known");
    assertEquals(TestResult.NONE.number(), status(ANN).result());
    minute += DAY;
    assertEquals(
        Outcome.POSITIVE_TEST_MISSING,
        apply(SetStatus.of(ANN).doses(4).colour(Colour.RED).origin(lab).build()),
        "which that took away");
  }

  @Test
  void aPositiveTestEndsWithTheColourThatItMade() {
    apply(healthy(ANN).build());
    final SetTestResult positive =
        new SetTestResult(ANN, TestResult.POSITIVE, SAMPLE + 5, on(GroundTable.LAB_RESULT));
    apply(positive);
    minute += FORTNIGHT;
    final StatusRecord now = status(ANN).lapse(minute * 60L);
    assertEquals(StatusRecord.GREEN, now.colour());
    assertEquals(StatusRecord.RESULT_NONE, now.result());
    assertEquals(0, now.sampleEpochMinutes());
    assertEquals(
        StatusRecord.RESULT_POSITIVE, status(ANN).lapse(minute * 60L - 1).result(), "not before");
    assertEquals(Outcome.SUPERSEDED, apply(positive), "nor does it come back");
    apply(
        Visit.of(ANN)
            .test(TestResult.POSITIVE, SAMPLE + 5)
            .linked(true)
            .sourceEpochSeconds(9)
            .build());
    assertEquals(StatusRecord.GREEN, status(ANN).colour(), "nor by a code of the other region");
    for (final int sample : new int[] {SAMPLE + 5, SAMPLE - 9}) {
      assertEquals(
          Outcome.POSITIVE_TEST_MISSING,
          apply(
              SetStatus.of(ANN)
                  .doses(3)
                  .colour(Colour.RED)
                  .test(TestResult.POSITIVE, sample)
                  .origin(on(GroundTable.LAB_RESULT))
                  .build()),
          "nor in a status, be it an older one");
    }
    assertEquals(Outcome.APPLIED, apply(SetStatus.of(ANN).doses(3).build()));
    assertEquals(Outcome.SUPERSEDED, apply(positive), "nor after a status without a test");
    assertEquals(
        Outcome.APPLIED,
        apply(new SetTestResult(ANN, TestResult.NEGATIVE, SAMPLE + 5)),
        "but it may be put right");
  }

  @Test
  void aBetterColourEndsThePositiveTestThatIsKnown() {
    apply(healthy(ANN).build());
    apply(new SetTestResult(ANN, TestResult.POSITIVE, SAMPLE + 5, on(GroundTable.LAB_RESULT)));
    final SetStatus.Builder known = healthy(ANN).test(TestResult.POSITIVE, SAMPLE + 5);
    apply(known.colour(Colour.RED).origin(on(GroundTable.REGISTRY)).build());
    assertEquals(StatusRecord.RESULT_POSITIVE, status(ANN).result(), "red keeps it");
    apply(known.colour(Colour.GREEN).origin(on(GroundTable.APPEAL)).build());
    assertEquals(StatusRecord.GREEN, status(ANN).colour());
    assertEquals(StatusRecord.RESULT_NONE, status(ANN).result());
    assertEquals(0, status(ANN).sampleEpochMinutes());
    assertEquals(
        Outcome.SUPERSEDED,
        apply(new SetTestResult(ANN, TestResult.POSITIVE, SAMPLE + 5)),
        "told again, it changes nothing");
  }

  @Test
  void aPositiveTestInAStatusTurnsItsHolderRedWhateverTheColour() {
    apply(healthy(ANN).build());
    final SetStatus.Builder green = healthy(ANN).test(TestResult.POSITIVE, SAMPLE + 5);
    assertEquals(Outcome.GROUND_NOT_YOURS, apply(green.origin(on(GroundTable.RECOVERY)).build()));
    assertEquals(Outcome.APPLIED, apply(green.origin(on(GroundTable.LAB_RESULT)).build()));
    assertEquals(StatusRecord.RED, status(ANN).colour());
    assertEquals(minute + FORTNIGHT, status(ANN).untilEpochMinutes());
    assertEquals(Outcome.APPLIED, apply(green.build()), "the same again is its end");
    assertEquals(StatusRecord.GREEN, status(ANN).colour());
  }

  @Test
  void aRevocationReachesNoFurtherThanAColour() {
    apply(healthy(ANN).build());
    final long last = (minute + FORTNIGHT) * 60L;
    final ChangeOrigin registry = on(GroundTable.REGISTRY);
    assertEquals(Outcome.UNTIL_TOO_FAR, apply(new Revoke(ANN, last + 1, registry)));
    assertEquals(Outcome.APPLIED, apply(new Revoke(ANN, last, registry)));
    final ChangeOrigin recovery = on(GroundTable.RECOVERY);
    apply(healthy(subject(2)).build());
    assertEquals(
        Outcome.UNTIL_TOO_FAR, apply(new Revoke(subject(2), (minute + 2) * 60L, recovery)));
    assertEquals(Outcome.APPLIED, apply(new Revoke(subject(2), minute * 60L, recovery)));
  }

  @Test
  void aSampleIsNotTakenInTheFuture() {
    apply(healthy(ANN).build());
    assertEquals(Outcome.INVALID, apply(new SetTestResult(ANN, TestResult.NEGATIVE, minute + 6)));
    assertEquals(
        Outcome.INVALID, apply(healthy(ANN).test(TestResult.NEGATIVE, Integer.MAX_VALUE).build()));
    assertEquals(Outcome.APPLIED, apply(new SetTestResult(ANN, TestResult.NEGATIVE, minute + 5)));
  }

  @Test
  void theGroundOfTranslatedCodesIsForThemAlone() {
    apply(healthy(ANN).build());
    final ChangeOrigin translation = on(GroundTable.TRANSLATION);
    for (final StatusCommand change :
        List.of(
            healthy(ANN).colour(Colour.RED).origin(translation).build(),
            healthy(ANN).origin(translation).build(),
            new SetTestResult(ANN, TestResult.POSITIVE, SAMPLE + 5, translation),
            new Revoke(ANN, 9, translation),
            Visit.of(ANN).sourceEpochSeconds(9).origin(on(GroundTable.REGISTRY)).build())) {
      assertEquals(Outcome.GROUND_NOT_YOURS, apply(change), change.toString());
    }
    assertEquals(
        Outcome.APPLIED, apply(Visit.of(ANN).sourceEpochSeconds(9).origin(translation).build()));
  }

  @Test
  void aChangeForOneVersionOfItsHolderIsForNoOther() {
    apply(healthy(ANN).build());
    final long seen = status(ANN).version();
    apply(healthy(ANN).doses(4).build());
    final SetStatus.Builder change = healthy(ANN).ifVersion(seen);
    assertEquals(Outcome.CHANGED_MEANWHILE, apply(change.build()));
    assertEquals(4, status(ANN).doses(), "nothing is lost");
    assertEquals(Outcome.APPLIED, apply(change.doses(5).ifVersion(status(ANN).version()).build()));
    assertEquals(
        Outcome.CHANGED_MEANWHILE, apply(healthy(subject(3)).ifVersion(1).build()), "of nobody");
    assertEquals(Outcome.APPLIED, apply(healthy(subject(3)).build()), "which asks for no version");
  }

  @Test
  void messagesOfVersion7AreAppliedAsTheyWereThen() {
    apply(healthy(ANN).build());
    for (final StatusCommand change :
        List.of(
            healthy(ANN).doses(0).flags(4).origin(on(GroundTable.LAB_RESULT)).build(),
            new Revoke(ANN, StatusCommand.MAX_EPOCH_SECONDS, on(GroundTable.REGISTRY)),
            healthy(ANN)
                .test(TestResult.POSITIVE, minute + DAY)
                .origin(on(GroundTable.TRANSLATION))
                .build())) {
      assertEquals(Outcome.APPLIED, send(before(change)), change.toString());
    }
    assertEquals(StatusRecord.GREEN, status(ANN).colour());
    assertEquals(StatusRecord.RESULT_POSITIVE, status(ANN).result());
    assertEquals(0, state.ceilings().size());
    register();
    for (int i = 0; i < HOLDERS; i++) {
      assertEquals(
          Outcome.APPLIED,
          send(before(healthy(subject(i)).colour(Colour.RED).origin(on(1)).build())),
          "by the table that shipped then");
    }
    final GroundTable table = GroundTable.of(1, GroundTable.DEFAULT.grounds());
    final DirectBuffer message =
        Submission.of(DocumentCommand.grounds(table)).encode(CLIENT, sequence++, 100);
    assertEquals(Outcome.INVALID, send(EarlierMessages.of(message, 7)), "which knew no needs");
    assertEquals(
        Outcome.APPLIED,
        send(Submission.of(DocumentCommand.grounds(table)).encode(CLIENT, sequence++, 100)));
  }

  private DirectBuffer before(StatusCommand change) {
    return EarlierMessages.of(CommandBatches.encode(CLIENT, sequence++, 1_000, List.of(change)), 7);
  }
}
