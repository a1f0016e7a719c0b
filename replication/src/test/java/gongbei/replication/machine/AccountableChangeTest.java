package gongbei.replication.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Nonce;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.command.StatusCommand.Revoke;
import gongbei.replication.command.StatusCommand.SetStatus;
import gongbei.replication.command.StatusCommand.SetTestResult;
import gongbei.replication.command.StatusCommand.Visit;
import gongbei.replication.ground.Ground;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.ground.Signers;
import gongbei.replication.log.Submission;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.replication.protocol.BatchReplyDecoder;
import gongbei.replication.protocol.BatchStatus;
import gongbei.replication.protocol.MessageHeaderDecoder;
import gongbei.replication.testing.SnapshotMessages;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No colour is changed without an authority, a ground and an end: each refusal, each default, the
 * edges of ends and ceilings, and that a replica decides the same.
 */
final class AccountableChangeTest {
  private static final long CLIENT = 7;
  private static final long LAB = 0x1111;
  private static final long POLICE = -0x2222;
  private static final int START = 28_000_000;
  private static final int DAY = 24 * 60;
  private static final int FORTNIGHT = 14 * DAY;
  private static final int GREEN = StatusRecord.GREEN;
  private static final int YELLOW = StatusRecord.YELLOW;
  private static final int RED = StatusRecord.RED;
  private static final Subject ANN = new Subject(1, 1);

  @AutoClose private final StatusMap map = StatusMap.inMemory(10_000);
  private final List<String> told = new ArrayList<>();
  private final ReplicatedState state = new ReplicatedState(map, new Teller());
  @AutoClose private final StatusMap replicaMap = StatusMap.inMemory(10_000);
  private final ReplicatedState replica = new ReplicatedState(replicaMap);
  private final BatchReplyDecoder reply = new BatchReplyDecoder();
  private long sequence = 1;
  private int minute = START;

  /** Writes down who answers for what, on what ground. */
  private final class Teller implements HistorySink {
    @Override
    public void begin(long version, byte[] frontier) {}

    @Override
    public void onVersion(HistoryChange change) {
      told.add(
          change.version()
              + " "
              + change.outcome()
              + " "
              + Long.toHexString(change.authority())
              + " "
              + change.ground()
              + " "
              + Long.toHexString(change.secondAuthority())
              + " "
              + change.before().colour()
              + ">"
              + change.after().colour());
    }

    @Override
    public byte[] frontier() {
      return new byte[0];
    }
  }

  @BeforeEach
  void speak() {
    state.protocol(ReplicatedState.PROTOCOL);
  }

  private Outcome send(DirectBuffer message) {
    final long millis = minute * 60_000L + 59_999;
    state.clusterTimeMillis(millis);
    final int given = state.apply(message, 0, message.capacity());
    if (given > 0) {
      replica.clusterTimeMillis(millis);
      assertEquals(given, replica.applyFed(message, 0, message.capacity()));
    }
    assertEquals(map.mark(), replicaMap.mark(), "the replica decides the same");
    reply.wrapAndApplyHeader(state.reply(), 0, new MessageHeaderDecoder());
    assertEquals(BatchStatus.DONE, reply.status());
    final byte[] codes = new byte[reply.commandCount()];
    return reply.getOutcomes(codes, 0, codes.length) == 0
        ? Outcome.APPLIED
        : Outcome.ofCode(codes[codes.length - 1]);
  }

  private Outcome apply(StatusCommand command) {
    return send(CommandBatches.encode(CLIENT, sequence++, 10_000, List.of(command)));
  }

  private Outcome put(GroundTable table) {
    return send(Submission.of(DocumentCommand.grounds(table)).encode(CLIENT, sequence++, 100));
  }

  private StatusRecord status(Subject subject) {
    final StatusRecord record = new StatusRecord();
    assertTrue(map.get(subject, record));
    return record;
  }

  private static Subject subject(int number) {
    return new Subject(number, ~number);
  }

  private static SetStatus.Builder colour(int colour, int ground) {
    return SetStatus.of(ANN)
        .colour(Colour.ofNumber(colour))
        .origin(ChangeOrigin.of(POLICE, ground));
  }

  private Outcome turn(int number, int ground) {
    return apply(
        SetStatus.of(subject(number))
            .colour(Colour.RED)
            .until(minute + DAY)
            .origin(ChangeOrigin.of(POLICE, ground))
            .build());
  }

  private static Ground ground(
      int number, Ground.Term term, Signers signers, Ground.Ceiling ceiling) {
    final String shipped = GroundTable.DEFAULT.nameOf(number);
    return new Ground(
        number,
        number < 10 ? shipped : "local-" + number,
        EnumSet.allOf(Colour.class),
        term,
        signers,
        ceiling);
  }

  private static Ground limited(int hourly, int daily, boolean countsFirst) {
    return ground(
        40,
        new Ground.Term(FORTNIGHT, false),
        Signers.ALL,
        new Ground.Ceiling(hourly, daily, countsFirst));
  }

  // Grounds

  @Test
  void aGroundThatTheTableDoesNotHaveIsRefused() {
    assertEquals(Outcome.GROUND_UNKNOWN, apply(colour(GREEN, 40).build()));
    assertFalse(map.get(ANN, new StatusRecord()), "nothing was applied");
    assertEquals(List.of("1 GROUND_UNKNOWN ffffffffffffddde 40 0 0>0"), told);
    put(GroundTable.of(1, List.of(limited(0, 0, true))));
    assertEquals(Outcome.APPLIED, apply(colour(GREEN, 40).build()));
    assertEquals(Outcome.GROUND_UNKNOWN, apply(colour(GREEN, GroundTable.RECOVERY).build()));
  }

  @Test
  void aGroundIsForItsColoursAndItsAuthoritiesAlone() {
    assertEquals(
        Outcome.GROUND_NOT_YOURS,
        apply(colour(RED, GroundTable.AREA).until(minute + 1).build()),
        "an area makes nobody red");
    assertEquals(Outcome.GROUND_NOT_YOURS, apply(colour(GREEN, GroundTable.CLOSE_CONTACT).build()));
    assertEquals(
        Outcome.GROUND_NOT_YOURS,
        apply(
            new SetTestResult(
                ANN, TestResult.POSITIVE, 5, ChangeOrigin.of(LAB, GroundTable.RECOVERY))),
        "a positive test asks for red");
    put(
        GroundTable.of(
            1,
            List.of(
                ground(
                    GroundTable.LAB_RESULT,
                    new Ground.Term(FORTNIGHT, true),
                    Signers.of(List.of(LAB), false),
                    Ground.Ceiling.NONE))));
    assertEquals(Outcome.GROUND_NOT_YOURS, apply(colour(RED, GroundTable.LAB_RESULT).build()));
    assertEquals(
        Outcome.GROUND_NOT_YOURS,
        apply(new SetTestResult(ANN, TestResult.NEGATIVE, 5)),
        "nor may who is not named use it");
    assertEquals(
        Outcome.APPLIED,
        apply(SetStatus.of(ANN).origin(ChangeOrigin.of(LAB, GroundTable.LAB_RESULT)).build()));
  }

  @Test
  void whatFollowsMustBeAColourOfTheGroundToo() {
    put(
        GroundTable.of(
            1,
            List.of(
                new Ground(
                    40,
                    "local",
                    Set.of(Colour.RED),
                    new Ground.Term(FORTNIGHT, true),
                    Signers.ALL,
                    Ground.Ceiling.NONE))));
    assertEquals(Outcome.GROUND_NOT_YOURS, apply(colour(RED, 40).next(Colour.YELLOW).build()));
    assertEquals(Outcome.APPLIED, apply(colour(RED, 40).build()), "green follows on any ground");
  }

  @Test
  void aSecondSignatureIsAnotherAuthoritysThatMayUseTheGround() {
    put(
        GroundTable.of(
            1,
            List.of(
                ground(
                    40,
                    new Ground.Term(FORTNIGHT, true),
                    Signers.of(List.of(LAB, POLICE), true),
                    Ground.Ceiling.NONE))));
    assertEquals(Outcome.SECOND_SIGNATURE_MISSING, apply(colour(YELLOW, 40).build()));
    for (final long second : new long[] {POLICE, LAB + 1, LAB}) {
      assertEquals(
          second == POLICE
              ? Outcome.SECOND_SIGNATURE_MISSING
              : second == LAB ? Outcome.APPLIED : Outcome.GROUND_NOT_YOURS,
          apply(colour(YELLOW, 40).origin(new ChangeOrigin(POLICE, 40, second)).build()));
    }
    assertEquals("5 APPLIED ffffffffffffddde 40 1111 0>1", told.get(4));
    assertEquals(
        Outcome.SECOND_SIGNATURE_MISSING,
        apply(new Revoke(ANN, 9, ChangeOrigin.of(LAB, 40))),
        "whatever the change is");
  }

  @Test
  void nobodyIsTheFirstOfTwo() {
    assertEquals(
        Outcome.SECOND_SIGNATURE_MISSING,
        apply(
            colour(YELLOW, GroundTable.AREA)
                .until(minute + 1)
                .origin(new ChangeOrigin(0, GroundTable.AREA, LAB))
                .build()));
  }

  @Test
  void aChangeThatStatesNoGroundHasTheOneOfItsKind() {
    apply(SetStatus.of(ANN).build());
    apply(new SetTestResult(ANN, TestResult.NEGATIVE, 5));
    apply(new Revoke(ANN, 9));
    apply(Visit.of(ANN).sourceEpochSeconds(9).origin(ChangeOrigin.of(LAB, 0)).build());
    assertEquals(
        List.of(
            "1 APPLIED 0 1 0 0>0",
            "2 APPLIED 0 2 0 0>0",
            "3 APPLIED 0 1 0 0>0",
            "4 APPLIED 1111 9 0 0>0"),
        told);
    put(GroundTable.of(1, List.of(limited(0, 0, true))));
    for (final StatusCommand command :
        List.of(
            SetStatus.of(ANN).build(),
            new SetTestResult(ANN, TestResult.NEGATIVE, 5),
            new Revoke(ANN, 10),
            Visit.of(ANN).sourceEpochSeconds(10).build())) {
      assertEquals(
          Outcome.GROUND_UNKNOWN, apply(command), "a table without it wants one to be stated");
    }
  }

  @Test
  void whoSignedTheRequestAnswersWhereTheChangeNamesNobody() {
    final Nonce nonce =
        new Nonce(Arrays.copyOf(new byte[] {1}, DocumentCommand.NONCE_BYTES), minute * 60L, LAB);
    final List<StatusCommand> commands =
        List.of(SetStatus.of(ANN).build(), colour(GREEN, GroundTable.RECOVERY).build());
    send(Submission.of(nonce, commands).encode(CLIENT, sequence, 100));
    sequence += 2;
    final Nonce another =
        new Nonce(Arrays.copyOf(new byte[] {2}, DocumentCommand.NONCE_BYTES), minute * 60L, LAB);
    send(
        Submission.of(another, DocumentCommand.ruleset("metro", 1, "x"))
            .encode(CLIENT, sequence++, 100));
    send(
        Submission.of(
                DocumentCommand.ruleset("metro", 2, "x")
                    .withOrigin(new ChangeOrigin(POLICE, 8, LAB)))
            .encode(CLIENT, sequence++, 100));
    assertEquals(
        List.of(
            "1 APPLIED 1111 1 0 0>0",
            "2 APPLIED ffffffffffffddde 6 0 0>0",
            "3 APPLIED 1111 0 0 0>0",
            "4 APPLIED ffffffffffffddde 8 1111 0>0"),
        told);
  }

  // Ends

  @Test
  void aColourWithoutAnEndIsRefusedOrGetsTheLongest() {
    assertEquals(Outcome.UNTIL_MISSING, apply(colour(RED, GroundTable.CLOSE_CONTACT).build()));
    assertEquals(Outcome.APPLIED, apply(colour(RED, GroundTable.REGISTRY).build()));
    assertEquals(minute + FORTNIGHT, status(ANN).untilEpochMinutes());
    assertEquals(GREEN, status(ANN).next());
    assertEquals(
        Outcome.APPLIED, apply(colour(RED, GroundTable.REGISTRY).next(Colour.YELLOW).build()));
    assertEquals(
        minute + FORTNIGHT,
        status(ANN).greenFromEpochMinutes(),
        "what follows is part of the longest");
    assertEquals(Outcome.APPLIED, apply(colour(GREEN, GroundTable.REGISTRY).build()));
    assertEquals(0, status(ANN).untilEpochMinutes(), "green has no end");
  }

  @Test
  void anEndIsAfterTheLogsMinuteAndNoLaterThanTheGroundLetsIt() {
    final int contact = GroundTable.CLOSE_CONTACT;
    assertEquals(Outcome.INVALID, apply(colour(RED, contact).until(minute).build()));
    assertEquals(Outcome.APPLIED, apply(colour(RED, contact).until(minute + 1).build()));
    assertEquals(Outcome.APPLIED, apply(colour(RED, contact).until(minute + FORTNIGHT).build()));
    assertEquals(minute + FORTNIGHT, status(ANN).untilEpochMinutes());
    assertEquals(
        Outcome.UNTIL_TOO_FAR, apply(colour(RED, contact).until(minute + FORTNIGHT + 1).build()));
    final int withYellow = minute + FORTNIGHT - StatusRecord.NEXT_MINUTES;
    assertEquals(
        Outcome.UNTIL_TOO_FAR,
        apply(colour(RED, contact).until(withYellow + 1).next(Colour.YELLOW).build()));
    assertEquals(
        Outcome.APPLIED, apply(colour(RED, contact).until(withYellow).next(Colour.YELLOW).build()));
    assertEquals(YELLOW, status(ANN).next());
    put(
        GroundTable.of(
            1,
            List.of(
                ground(
                    40,
                    new Ground.Term(StatusRecord.NEXT_MINUTES, true),
                    Signers.ALL,
                    Ground.Ceiling.NONE))));
    assertEquals(Outcome.UNTIL_TOO_FAR, apply(colour(RED, 40).next(Colour.YELLOW).build()));
  }

  @Test
  void aMessageThatHoldsNoEndOfACommandIsInvalid() {
    final SetStatus red = colour(RED, GroundTable.REGISTRY).until(minute + DAY).build();
    final int at = CommandBatches.lengthOf(1, 0) - Integer.BYTES - Long.BYTES;
    final int next = CommandBatches.lengthOf(0, 0) - Integer.BYTES + 21;
    for (final long seconds : new long[] {-60, (minute + DAY) * 60L + 1, Long.MAX_VALUE}) {
      final UnsafeBuffer message = CommandBatches.encode(CLIENT, sequence++, 100, List.of(red));
      message.putLong(at, seconds);
      assertEquals(Outcome.INVALID, send(message));
    }
    for (final byte following : new byte[] {(byte) RED, 3, (byte) 255}) {
      final UnsafeBuffer message = CommandBatches.encode(CLIENT, sequence++, 100, List.of(red));
      message.putByte(next, following);
      assertEquals(Outcome.INVALID, send(message));
    }
    final UnsafeBuffer green =
        CommandBatches.encode(
            CLIENT, sequence++, 100, List.of(colour(GREEN, GroundTable.REGISTRY).build()));
    green.putLong(at, (minute + DAY) * 60L);
    assertEquals(Outcome.INVALID, send(green), "green has no end");
    final UnsafeBuffer nowhere = CommandBatches.encode(CLIENT, sequence++, 100, List.of(red));
    nowhere.putShort(next + 1, (short) 2);
    assertEquals(Outcome.INVALID, send(nowhere), "there is but one origin");
    assertEquals("8 INVALID 0 1 0 0>0", told.get(7));
  }

  @Test
  void aLapsedColourIsWhatTheNextChangeFinds() {
    apply(colour(RED, GroundTable.REGISTRY).until(minute + 10).next(Colour.YELLOW).build());
    final long digest = map.digest();
    minute += 10;
    assertEquals(RED, status(ANN).colour(), "it lapses with no command");
    assertEquals(YELLOW, status(ANN).colourAt(minute));
    assertEquals(digest, map.digest());
    apply(new SetTestResult(ANN, TestResult.NEGATIVE, 5));
    assertEquals(YELLOW, status(ANN).colour());
    assertEquals(
        minute + StatusRecord.NEXT_MINUTES,
        status(ANN).untilEpochMinutes(),
        "what followed ends when it would have");
    minute += StatusRecord.NEXT_MINUTES;
    apply(Visit.of(ANN).colour(Colour.GREEN).sourceEpochSeconds(9).build());
    assertEquals(GREEN, status(ANN).colour(), "nor does a lapsed colour count as worse");
    assertEquals("2 APPLIED 0 2 0 2>1", told.get(1), "the history says what was stored");
  }

  @Test
  void aPositiveTestAndATranslatedCodeGiveAnEndAndShortenNone() {
    apply(colour(GREEN, GroundTable.REGISTRY).build());
    apply(new SetTestResult(ANN, TestResult.POSITIVE, 5));
    assertEquals(minute + FORTNIGHT, status(ANN).untilEpochMinutes());
    minute += 5;
    apply(Visit.of(ANN).colour(Colour.RED).linked(true).sourceEpochSeconds(9).build());
    assertEquals(minute + FORTNIGHT, status(ANN).untilEpochMinutes(), "the later end counts");
    put(
        GroundTable.of(
            1,
            List.of(
                ground(
                    GroundTable.TRANSLATION,
                    new Ground.Term(60, true),
                    Signers.ALL,
                    Ground.Ceiling.NONE))));
    apply(Visit.of(ANN).colour(Colour.RED).linked(true).sourceEpochSeconds(10).build());
    assertEquals(minute + FORTNIGHT, status(ANN).untilEpochMinutes());
    apply(Visit.of(ANN).colour(Colour.YELLOW).linked(true).sourceEpochSeconds(11).build());
    assertEquals(RED, status(ANN).colour());
  }

  @Test
  void aColourOfBeforeHistoryGetsItsEndFromTheNextThatSaysIt() {
    send(
        EarlierMessages.of(
            CommandBatches.encode(
                CLIENT, sequence++, 100, List.of(SetStatus.of(ANN).colour(Colour.RED).build())),
            ReplicatedState.GROUND_PROTOCOL - 1));
    assertEquals(List.of("1 APPLIED 0 0 0 0>2"), told, "before-history");
    assertEquals(0, status(ANN).untilEpochMinutes());
    assertEquals(RED, status(ANN).colourAt(Integer.MAX_VALUE), "it had no end");
    apply(new SetTestResult(ANN, TestResult.NEGATIVE, 5));
    assertEquals(0, status(ANN).untilEpochMinutes(), "of which nothing was said");
    apply(new SetTestResult(ANN, TestResult.POSITIVE, 6));
    assertEquals(minute + FORTNIGHT, status(ANN).untilEpochMinutes());
  }

  @Test
  void messagesBeforeKnowNoDocumentsOfToday() {
    for (final DocumentCommand command :
        List.of(
            DocumentCommand.grounds(GroundTable.of(1, List.of(limited(1, 1, true)))),
            DocumentCommand.nationalRules("mo", 1, new byte[] {2}))) {
      final DirectBuffer message = Submission.of(command).encode(CLIENT, sequence++, 100);
      assertEquals(Outcome.INVALID, send(EarlierMessages.of(message, 6)));
      assertEquals(Outcome.APPLIED, send(Submission.of(command).encode(CLIENT, sequence++, 100)));
    }
    assertEquals(1, state.documents().grounds().revision());
  }

  // The table

  @Test
  void aTableCountsFromWhereItStandsInTheLogByItsRevision() {
    final GroundTable second = GroundTable.of(2, List.of(limited(0, 0, true)));
    assertEquals(Outcome.APPLIED, put(second));
    assertEquals(Outcome.SUPERSEDED, put(GroundTable.of(1, GroundTable.DEFAULT.grounds())));
    assertEquals(second, state.documents().grounds());
    assertEquals(second, replica.documents().grounds());
    assertEquals(Outcome.APPLIED, put(GroundTable.of(3, GroundTable.DEFAULT.grounds())));
    assertEquals(Outcome.GROUND_UNKNOWN, turn(1, 40));
    state.reset();
    assertEquals(GroundTable.DEFAULT, state.documents().grounds(), "what is forgotten is no more");
    replica.reset();
  }

  @ParameterizedTest
  @ValueSource(strings = {"not a table", ""})
  void whatIsNoTableIsInvalid(String content) {
    assertEquals(
        Outcome.INVALID,
        send(
            Submission.of(
                    new DocumentCommand(
                        DocumentCommand.Kind.GROUNDS,
                        GroundTable.NAME.getBytes(StandardCharsets.US_ASCII),
                        content.getBytes(StandardCharsets.US_ASCII),
                        1))
                .encode(CLIENT, sequence++, 100)));
    assertEquals(GroundTable.DEFAULT, state.documents().grounds());
  }

  @Test
  void aTableUnderAnotherNameOrThatRenamesAGroundIsInvalid() {
    final GroundTable table = GroundTable.of(5, List.of(limited(0, 0, true)));
    assertEquals(
        Outcome.INVALID,
        send(
            Submission.of(
                    new DocumentCommand(
                        DocumentCommand.Kind.GROUNDS, new byte[] {'g'}, table.toBytes(), 5))
                .encode(CLIENT, sequence++, 100)));
    assertEquals(Outcome.APPLIED, put(table));
    final Ground renamed =
        new Ground(
            40,
            "another",
            Set.of(Colour.GREEN),
            Ground.Term.NONE,
            Signers.ALL,
            Ground.Ceiling.NONE);
    assertEquals(Outcome.INVALID, put(GroundTable.of(6, List.of(renamed))));
    assertEquals(5, state.documents().grounds().revision());
  }

  // Ceilings

  @Test
  void anHourIsSixtyMinutesOfTheLogsTime() {
    put(GroundTable.of(1, List.of(limited(3, 0, true))));
    for (int i = 0; i < 3; i++) {
      assertEquals(Outcome.APPLIED, turn(i, 40));
      minute++;
    }
    assertEquals(Outcome.CEILING_REACHED, turn(3, 40));
    assertFalse(map.get(subject(3), new StatusRecord()), "nothing was applied");
    minute = START + 59;
    assertEquals(Outcome.CEILING_REACHED, turn(3, 40));
    minute = START + 60;
    assertEquals(Outcome.APPLIED, turn(3, 40), "the first is an hour past");
    assertEquals(Outcome.CEILING_REACHED, turn(4, 40));
    minute = START + 61;
    assertEquals(Outcome.APPLIED, turn(4, 40));
    assertEquals(3, state.ceilings().hour(POLICE, 40));
    assertEquals(5, state.ceilings().day(POLICE, 40));
  }

  @Test
  void aDayIs1440MinutesOfTheLogsTime() {
    put(GroundTable.of(1, List.of(limited(0, 4, true))));
    for (int i = 0; i < 4; i++) {
      assertEquals(Outcome.APPLIED, turn(i, 40));
      minute += 400;
    }
    minute = START + DAY - 1;
    assertEquals(Outcome.CEILING_REACHED, turn(4, 40));
    minute = START + DAY;
    assertEquals(Outcome.APPLIED, turn(4, 40));
    assertEquals(Outcome.CEILING_REACHED, turn(5, 40));
    minute = START + DAY + 400;
    assertEquals(Outcome.APPLIED, turn(5, 40));
    minute += 10 * DAY;
    assertEquals(Outcome.APPLIED, turn(6, 40));
    assertEquals(1, state.ceilings().size(), "what is past is forgotten");
  }

  @Test
  void aLogWhoseTimeGoesBackGivesNoRoom() {
    put(GroundTable.of(1, List.of(limited(1, 0, true))));
    turn(1, 40);
    minute -= 120;
    assertEquals(Outcome.CEILING_REACHED, turn(2, 40));
    minute = START + 60;
    assertEquals(Outcome.APPLIED, turn(2, 40));
  }

  @Test
  void aCeilingIsOfOneAuthorityOnOneGround() {
    final Ground other =
        ground(41, new Ground.Term(FORTNIGHT, true), Signers.ALL, new Ground.Ceiling(1, 0, true));
    put(GroundTable.of(1, List.of(limited(1, 0, true), other)));
    assertEquals(Outcome.APPLIED, turn(1, 40));
    assertEquals(Outcome.CEILING_REACHED, turn(2, 40));
    assertEquals(Outcome.APPLIED, turn(2, 41));
    assertEquals(
        Outcome.APPLIED,
        apply(
            SetStatus.of(subject(3))
                .colour(Colour.RED)
                .until(minute + DAY)
                .origin(ChangeOrigin.of(LAB, 40))
                .build()));
    assertEquals(Outcome.CEILING_REACHED, turn(4, 41));
  }

  @Test
  void onlyWhoIsTurnedCounts() {
    put(GroundTable.of(1, List.of(limited(2, 0, true))));
    assertEquals(Outcome.APPLIED, apply(colour(GREEN, 40).build()), "green is no turn");
    final SetStatus yellow = colour(YELLOW, 40).until(minute + 60).build();
    assertEquals(Outcome.APPLIED, apply(yellow));
    assertEquals(Outcome.APPLIED, apply(yellow), "who is so already, for as long, is not turned");
    assertEquals(1, state.ceilings().hour(POLICE, 40));
    assertEquals(Outcome.APPLIED, apply(colour(YELLOW, 40).until(minute + 61).build()), "longer");
    assertEquals(2, state.ceilings().hour(POLICE, 40));
    assertEquals(Outcome.CEILING_REACHED, apply(colour(YELLOW, 40).until(minute + 62).build()));
    assertEquals(Outcome.CEILING_REACHED, apply(colour(RED, 40).until(minute + 9).build()));
    assertEquals(Outcome.APPLIED, apply(colour(YELLOW, 40).until(minute + 5).build()), "shorter");
    assertEquals(Outcome.APPLIED, apply(colour(GREEN, 40).build()), "the way back is open");
    assertEquals(
        Outcome.UNTIL_TOO_FAR,
        apply(colour(RED, 40).until(minute + FORTNIGHT + 1).build()),
        "what is refused otherwise is not counted");
    assertEquals(2, state.ceilings().hour(POLICE, 40));
  }

  @Test
  void firstRegistrationsCountOnlyWhereTheGroundSaysSo() {
    put(GroundTable.of(1, List.of(limited(1, 0, false))));
    for (int i = 0; i < 5; i++) {
      assertEquals(Outcome.APPLIED, turn(i, 40), "nobody was known");
    }
    apply(colour(GREEN, 40).build());
    assertEquals(Outcome.APPLIED, apply(colour(RED, 40).until(minute + 5).build()));
    minute++;
    assertEquals(Outcome.CEILING_REACHED, turn(1, 40), "now they are: for a minute longer");
  }

  @Test
  void theRegistryTurnsAHundredKnownHoldersAnHourAndNoMore() {
    final List<StatusCommand> known = new ArrayList<>();
    final List<StatusCommand> red = new ArrayList<>();
    for (int i = 0; i < 101; i++) {
      known.add(SetStatus.of(subject(i)).build());
      red.add(
          SetStatus.of(subject(i)).colour(Colour.RED).origin(ChangeOrigin.of(POLICE, 0)).build());
    }
    send(CommandBatches.encode(CLIENT, 1, 10_000, known));
    assertEquals(Outcome.CEILING_REACHED, send(CommandBatches.encode(CLIENT, 102, 10_000, red)));
    assertEquals(100, state.ceilings().hour(POLICE, GroundTable.REGISTRY));
    assertEquals(GREEN, status(subject(100)).colour());
    assertEquals(RED, status(subject(99)).colour());
  }

  @Test
  void aSnapshotKeepsTheTableTheCeilingsAndTheFrontier() {
    put(GroundTable.of(1, List.of(limited(1_500, 1_600, true))));
    for (int i = 0; i < 1_500; i++) {
      minute += i % 2;
      apply(
          SetStatus.of(subject(i))
              .colour(Colour.YELLOW)
              .until(minute + DAY)
              .origin(ChangeOrigin.of(1 + i % 3, 40))
              .build());
    }
    try (StatusMap backMap = StatusMap.inMemory(10_000)) {
      final List<String> begun = new ArrayList<>();
      final ReplicatedState back =
          new ReplicatedState(
              backMap,
              new HistorySink() {
                @Override
                public void begin(long version, byte[] frontier) {
                  begun.add(version + " " + Arrays.toString(frontier));
                }

                @Override
                public void onVersion(HistoryChange change) {}

                @Override
                public byte[] frontier() {
                  return new byte[] {1, 2, 3};
                }
              });
      assertEquals(List.of("0 []"), begun);
      SnapshotMessages.copy(state, back, minute * 60_000L);
      assertEquals(List.of("0 []", map.version() + " []"), begun);
      assertEquals(map.mark(), backMap.mark());
      assertEquals(state.documents().grounds(), back.documents().grounds());
      for (long authority = 1; authority <= 3; authority++) {
        assertEquals(state.ceilings().hour(authority, 40), back.ceilings().hour(authority, 40));
        assertEquals(state.ceilings().day(authority, 40), back.ceilings().day(authority, 40));
      }
      assertEquals(state.ceilings().epochMinutes(), back.ceilings().epochMinutes());
      for (final int later : new int[] {0, 60, DAY, 2 * DAY}) {
        final DirectBuffer message =
            CommandBatches.encode(
                CLIENT,
                sequence++,
                10_000,
                List.of(
                    SetStatus.of(subject(5_000 + later))
                        .colour(Colour.RED)
                        .until(minute + later + 5)
                        .origin(ChangeOrigin.of(2, 40))
                        .build()));
        final long millis = (minute + later) * 60_000L;
        state.clusterTimeMillis(millis);
        back.clusterTimeMillis(millis);
        state.apply(message, 0, message.capacity());
        back.apply(message, 0, message.capacity());
        assertEquals(map.mark(), backMap.mark(), "and goes on the same after " + later);
      }
      // Also over a state that has ceilings.
      SnapshotMessages.copy(back, state, minute * 60_000L);
      assertEquals(backMap.mark(), map.mark());
    }
  }
}
