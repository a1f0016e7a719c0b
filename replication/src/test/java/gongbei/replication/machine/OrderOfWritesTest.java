package gongbei.replication.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Link;
import gongbei.replication.command.Nonce;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.command.StatusCommand.Revoke;
import gongbei.replication.command.StatusCommand.SetStatus;
import gongbei.replication.command.StatusCommand.SetTestResult;
import gongbei.replication.command.StatusCommand.Visit;
import gongbei.replication.ground.Ground;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.log.Submission;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.replication.protocol.BatchReplyDecoder;
import gongbei.replication.protocol.BatchStatus;
import gongbei.replication.protocol.MessageHeaderDecoder;
import gongbei.testing.Document;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What arrives late undoes nothing newer: a test for each row of the table in internals/log.md. */
final class OrderOfWritesTest {
  private static final long CLIENT = 7;
  private static final int BEFORE_ORDER = 4;
  private static final Subject ANN = new Subject(1, 1);
  private static final Subject BEN = new Subject(2, 2);
  private static final Pattern ROW = Pattern.compile("\\| `OrderOfWritesTest\\.(\\w+)` \\|$");
  private static final int GREEN = StatusRecord.GREEN;
  private static final int YELLOW = StatusRecord.YELLOW;
  private static final int RED = StatusRecord.RED;

  @AutoClose private final StatusMap map = StatusMap.inMemory(100);
  private final ReplicatedState state = new ReplicatedState(map);
  private final BatchReplyDecoder reply = new BatchReplyDecoder();
  private long sequence = 1;

  @BeforeEach
  void speak() {
    state.protocol(ReplicatedState.PROTOCOL);
  }

  private Outcome send(UnsafeBuffer message) {
    state.apply(message, 0, message.capacity());
    reply.wrapAndApplyHeader(state.reply(), 0, new MessageHeaderDecoder());
    assertEquals(BatchStatus.DONE, reply.status());
    final byte[] outcome = new byte[1];
    return reply.getOutcomes(outcome, 0, 1) == 0 ? Outcome.APPLIED : Outcome.ofCode(outcome[0]);
  }

  private Outcome apply(StatusCommand command) {
    return send(CommandBatches.encode(CLIENT, sequence++, 100, List.of(command)));
  }

  private Outcome apply(DocumentCommand command) {
    return send(Submission.of(command).encode(CLIENT, sequence++, 100));
  }

  /** Applies a command as a node sent it that knew version 4 of the protocol. */
  private Outcome applyOfOld(StatusCommand command) {
    return send(
        EarlierMessages.of(
            CommandBatches.encode(CLIENT, sequence++, 100, List.of(command)), BEFORE_ORDER));
  }

  private StatusRecord status(Subject subject) {
    final StatusRecord record = new StatusRecord();
    assertTrue(map.get(subject, record));
    return record;
  }

  private static SetStatus status(int colour) {
    return SetStatus.of(ANN).colour(Colour.ofNumber(colour)).build();
  }

  private static Visit visit(int colour, long source) {
    return Visit.of(ANN).colour(Colour.ofNumber(colour)).sourceEpochSeconds(source).build();
  }

  @Test
  void theLastStatusInTheLogCounts() {
    apply(status(RED));
    assertEquals(Outcome.APPLIED, apply(status(YELLOW)));
    assertEquals(YELLOW, status(ANN).colour());
  }

  @Test
  void aStatusDoesNotBringBackAnOlderTest() {
    apply(status(GREEN));
    apply(new SetTestResult(ANN, TestResult.POSITIVE, 100));
    assertEquals(
        Outcome.APPLIED,
        apply(
            SetStatus.of(ANN).colour(Colour.GREEN).test(TestResult.NEGATIVE, 99).doses(3).build()));
    assertEquals(StatusRecord.RESULT_POSITIVE, status(ANN).result());
    assertEquals(100, status(ANN).sampleEpochMinutes());
    assertEquals(RED, status(ANN).colour(), "nor does it make green whom the newer test made red");
    assertEquals(3, status(ANN).doses(), "all else is as the status says");

    apply(SetStatus.of(ANN).colour(Colour.GREEN).test(TestResult.NEGATIVE, 101).doses(3).build());
    assertEquals(GREEN, status(ANN).colour());
    apply(SetStatus.of(ANN).colour(Colour.YELLOW).test(TestResult.NEGATIVE, 50).doses(3).build());
    assertEquals(YELLOW, status(ANN).colour(), "a newer negative test changes no colour");
    assertEquals(101, status(ANN).sampleEpochMinutes());
    apply(status(GREEN));
    assertEquals(StatusRecord.RESULT_NONE, status(ANN).result(), "none is said on purpose");

    final int end = 30_000_000;
    state.clusterTimeMillis(end * 60_000L - 60_000);
    apply(SetStatus.of(ANN).colour(Colour.RED).until(end).test(TestResult.POSITIVE, 200).build());
    apply(SetStatus.of(ANN).colour(Colour.YELLOW).test(TestResult.NEGATIVE, 199).build());
    assertEquals(RED, status(ANN).colour(), "nor whom a status made red");
    assertEquals(end, status(ANN).untilEpochMinutes(), "until then");
    state.clusterTimeMillis(end * 60_000L);
    apply(SetStatus.of(ANN).colour(Colour.GREEN).test(TestResult.NEGATIVE, 199).build());
    assertEquals(GREEN, status(ANN).colour(), "nor red again whose red has lapsed");
  }

  @Test
  void anOlderTestResultIsSuperseded() {
    apply(status(GREEN));
    apply(new SetTestResult(ANN, TestResult.POSITIVE, 100));
    assertEquals(Outcome.SUPERSEDED, apply(new SetTestResult(ANN, TestResult.NEGATIVE, 99)));
    assertEquals(StatusRecord.RESULT_POSITIVE, status(ANN).result());
    assertEquals(Outcome.APPLIED, apply(new SetTestResult(ANN, TestResult.NEGATIVE, 100)));
    assertEquals(StatusRecord.RESULT_NEGATIVE, status(ANN).result(), "a correction");
    assertEquals(RED, status(ANN).colour(), "which makes nobody greener");
  }

  @Test
  void anOlderRevocationIsSuperseded() {
    apply(status(GREEN));
    apply(new Revoke(ANN, 1_000));
    for (final long late : new long[] {1, 999, 1_000}) {
      assertEquals(Outcome.SUPERSEDED, apply(new Revoke(ANN, late)));
    }
    apply(status(YELLOW));
    apply(visit(GREEN, 2_000));
    assertEquals(1_000, status(ANN).revokedBeforeEpochSeconds(), "and nothing else moves it");
  }

  @Test
  void anOlderTranslatedCodeIsSuperseded() {
    assertEquals(Outcome.APPLIED, apply(visit(GREEN, 1_000)));
    assertEquals(Outcome.APPLIED, apply(visit(RED, 1_001)));
    final long digest = map.digest();
    assertEquals(Outcome.SUPERSEDED, apply(visit(GREEN, 1_000)));
    assertEquals(digest, map.digest(), "nothing changes");
    assertEquals(RED, status(ANN).colour());
    assertEquals(Outcome.APPLIED, apply(visit(GREEN, 1_002)));
    assertEquals(GREEN, status(ANN).colour(), "the newest counts");
    assertEquals(Outcome.SUPERSEDED, apply(visit(RED, 1_001)));
    assertEquals(GREEN, status(ANN).colour(), "an older red undoes a newer green no more");

    apply(SetStatus.of(ANN).colour(Colour.YELLOW).build());
    assertEquals(Outcome.SUPERSEDED, apply(visit(RED, 1_001)), "also of whom somebody spoke here");
    assertEquals(1_002, status(ANN).sourceEpochSeconds());
    assertEquals(Outcome.APPLIED, apply(visit(GREEN, 1_003)));
    assertEquals(YELLOW, status(ANN).colour(), "a code makes nobody greener who was spoken of");
  }

  @Test
  void ofTwoTranslatedCodesOfOneSecondTheWorseCounts() {
    final Visit green =
        Visit.of(ANN).colour(Colour.GREEN).doses(1).sourceEpochSeconds(1_000).build();
    final Visit red = Visit.of(BEN).colour(Colour.RED).doses(3).sourceEpochSeconds(1_000).build();
    apply(green);
    apply(Visit.of(ANN).colour(Colour.RED).doses(3).sourceEpochSeconds(1_000).build());
    apply(green);
    apply(red);
    apply(Visit.of(BEN).colour(Colour.GREEN).doses(1).sourceEpochSeconds(1_000).build());
    for (final Subject each : List.of(ANN, BEN)) {
      assertEquals(RED, status(each).colour());
      assertEquals(3, status(each).doses());
    }
    apply(
        Visit.of(ANN)
            .colour(Colour.YELLOW)
            .doses(2)
            .sourceEpochSeconds(StatusRecord.MAX_SOURCE_EPOCH_SECONDS)
            .build());
    assertEquals(YELLOW, status(ANN).colour());
    assertEquals(StatusRecord.MAX_SOURCE_EPOCH_SECONDS, status(ANN).sourceEpochSeconds());
  }

  @Test
  void theTestOfATranslatedCodeIsOrderedByItsSample() {
    apply(SetStatus.of(ANN).colour(Colour.GREEN).test(TestResult.NEGATIVE, 100).build());
    apply(
        Visit.of(ANN)
            .colour(Colour.GREEN)
            .test(TestResult.POSITIVE, 99)
            .linked(true)
            .sourceEpochSeconds(1_000)
            .build());
    assertEquals(StatusRecord.RESULT_NEGATIVE, status(ANN).result());
    assertEquals(GREEN, status(ANN).colour(), "a newer negative test is known");
    apply(
        Visit.of(ANN)
            .colour(Colour.GREEN)
            .test(TestResult.POSITIVE, 100)
            .linked(true)
            .sourceEpochSeconds(1_001)
            .build());
    assertEquals(RED, status(ANN).colour(), "of the same minute the worse counts");
    apply(
        Visit.of(BEN)
            .colour(Colour.GREEN)
            .test(TestResult.POSITIVE, 101)
            .sourceEpochSeconds(1_000)
            .build());
    assertEquals(RED, status(BEN).colour());
    apply(
        Visit.of(BEN)
            .colour(Colour.YELLOW)
            .test(TestResult.NEGATIVE, 99)
            .sourceEpochSeconds(1_001)
            .build());
    assertEquals(StatusRecord.RESULT_POSITIVE, status(BEN).result(), "an older one changes none");
    assertEquals(101, status(BEN).sampleEpochMinutes());
  }

  @Test
  void anOlderConsentDoesNotUndoAWithdrawal() {
    final Link link = new Link(BEN, 1_000, 1, 4);
    assertEquals(Outcome.APPLIED, apply(DocumentCommand.link(ANN, link)));
    assertEquals(Outcome.SUPERSEDED, apply(DocumentCommand.withdrawal(ANN, 999)));
    assertNotNull(Link.of(linked()));
    assertEquals(Outcome.APPLIED, apply(DocumentCommand.withdrawal(ANN, 1_000)), "it goes first");
    assertEquals(Outcome.SUPERSEDED, apply(DocumentCommand.link(ANN, link)));
    assertNull(Link.of(linked()));
  }

  private byte[] linked() {
    return state.documents().find(DocumentCommand.Kind.LINK, ANN.toBytes());
  }

  @Test
  void anOlderRulesetIsSuperseded() {
    apply(DocumentCommand.ruleset("metro", 2, "two"));
    assertEquals(Outcome.SUPERSEDED, apply(DocumentCommand.ruleset("metro", 1, "one")));
    assertEquals(Outcome.SUPERSEDED, apply(DocumentCommand.ruleset("metro", 2, "another two")));
    assertEquals(
        "two", new String(state.documents().rulesets().get("metro"), StandardCharsets.UTF_8));
  }

  @Test
  void anOlderTableOfGroundsIsSuperseded() {
    final GroundTable second = GroundTable.of(2, GroundTable.DEFAULT.grounds());
    apply(DocumentCommand.grounds(second));
    final List<Ground> fewer = GroundTable.DEFAULT.grounds().subList(0, 3);
    assertEquals(Outcome.SUPERSEDED, apply(DocumentCommand.grounds(GroundTable.of(1, fewer))));
    assertEquals(Outcome.SUPERSEDED, apply(DocumentCommand.grounds(GroundTable.of(2, fewer))));
    assertEquals(second, state.documents().grounds());
  }

  @Test
  void theLastGroupInTheLogCounts() {
    apply(DocumentCommand.group(ANN, BEN.toBytes()));
    assertEquals(Outcome.APPLIED, apply(DocumentCommand.group(ANN, new byte[0])));
    assertEquals(0, state.documents().find(DocumentCommand.Kind.GROUP, ANN.toBytes()).length);
  }

  @Test
  void aNumberedChangeIsAppliedInItsOrderAndOnce() {
    final UnsafeBuffer first = CommandBatches.encode(CLIENT, 1, 100, List.of(status(GREEN)));
    final UnsafeBuffer second = CommandBatches.encode(CLIENT, 2, 100, List.of(status(RED)));
    assertEquals(0, state.apply(second, 0, second.capacity()), "the first is not there");
    send(first);
    send(second);
    assertEquals(0, state.apply(first, 0, first.capacity()), "late, and there already");
    assertEquals(RED, status(ANN).colour());
    assertEquals(2, map.version());
  }

  @Test
  void aSignedChangeThatNobodyHasNumberedIsAppliedOnceWhereverItStandsInTheLog() {
    final Submission green = Submission.of(nonce(1), List.of(status(GREEN)));
    final Submission red = Submission.of(nonce(2), List.of(status(RED)));
    assertEquals(Outcome.APPLIED, send(green.encode(CLIENT, sequence++, 100)));
    assertEquals(Outcome.APPLIED, send(red.encode(CLIENT, sequence++, 100)));
    assertEquals(Outcome.REPLAYED, send(green.encode(CLIENT, sequence, 100)));
    assertEquals(RED, status(ANN).colour());
  }

  private static Nonce nonce(int number) {
    return new Nonce(
        Arrays.copyOf(new byte[] {(byte) number}, DocumentCommand.NONCE_BYTES), 1_000, 7);
  }

  @Test
  void messagesOfAnEarlierProtocolAreAppliedAsTheyWereThenAndUndoNoneOfThis() {
    applyOfOld(visit(RED, 5_000));
    applyOfOld(visit(GREEN, 4_000));
    assertEquals(GREEN, status(ANN).colour(), "the digest of an old log stays what it was");
    assertEquals(0, status(ANN).sourceEpochSeconds(), "what it did not say is not known");
    apply(visit(RED, 1_000));
    assertEquals(RED, status(ANN).colour());
    assertEquals(Outcome.APPLIED, applyOfOld(visit(GREEN, 9_000)));
    assertEquals(RED, status(ANN).colour(), "a code of no time replaces none that has one");
    assertEquals(1_000, status(ANN).sourceEpochSeconds());
    assertEquals(
        Outcome.APPLIED,
        applyOfOld(SetStatus.of(ANN).colour(Colour.GREEN).test(TestResult.NEGATIVE, 100).build()));
    assertEquals(
        Outcome.APPLIED,
        applyOfOld(SetStatus.of(ANN).colour(Colour.GREEN).test(TestResult.NEGATIVE, 99).build()));
    assertEquals(99, status(ANN).sampleEpochMinutes());
  }

  @Test
  void aVisitWithoutATimeOfItsSourceIsInvalid() {
    final UnsafeBuffer message =
        CommandBatches.encode(CLIENT, sequence++, 100, List.of(visit(GREEN, 1)));
    message.putLong(CommandBatches.lengthOf(1, 0) - Integer.BYTES - Long.BYTES, 0);
    assertEquals(Outcome.INVALID, send(message));
    final StatusRecord none = new StatusRecord();
    assertFalse(map.get(ANN, none));
  }

  @Test
  void theTableNamesEveryTestOfThisClassThatHoldsARow() throws Exception {
    final Set<String> tests =
        Arrays.stream(OrderOfWritesTest.class.getDeclaredMethods())
            .filter(method -> method.isAnnotationPresent(Test.class))
            .map(Method::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    final Set<String> named = new TreeSet<>();
    for (final String line : Document.LOG.lines()) {
      final Matcher row = ROW.matcher(line);
      if (row.find()) {
        assertTrue(named.add(row.group(1)), line);
      }
    }
    tests.remove("theTableNamesEveryTestOfThisClassThatHoldsARow");
    tests.remove("aVisitWithoutATimeOfItsSourceIsInvalid");
    assertEquals(tests, named);
  }
}
