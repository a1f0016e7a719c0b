package gongbei.replication.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.AppealReason;
import gongbei.codec.model.AppealRefusal;
import gongbei.codec.model.Colour;
import gongbei.replication.command.Appeal;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.log.Submission;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.replication.protocol.BatchReplyDecoder;
import gongbei.replication.protocol.MessageHeaderDecoder;
import gongbei.replication.testing.SnapshotMessages;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Appeals in the log: opened once a change, closed once, and forgotten in their time. */
final class AppealsTest {
  private static final long CLIENT = 7;
  private static final long AUTHORITY = 0xA1B2;
  private static final long DAY = 86_400;
  private static final long T0 = 1_700_000_000;
  private static final Subject RED = new Subject(1, 1);
  private static final Subject GREEN = new Subject(2, 2);
  private static final Subject YELLOW = new Subject(3, 3);
  private static final Subject NOBODY = new Subject(9, 9);

  @AutoClose private final StatusMap map = StatusMap.inMemory(100);
  private final List<String> told = new ArrayList<>();
  private final ReplicatedState state = new ReplicatedState(map, new Listener());
  @AutoClose private final StatusMap replicaMap = StatusMap.inMemory(100);
  private final ReplicatedState replica = new ReplicatedState(replicaMap);
  private final BatchReplyDecoder reply = new BatchReplyDecoder();
  private long sequence = 1;
  private long seconds = T0;

  private final class Listener implements HistorySink {
    @Override
    public void begin(long version, byte[] frontier) {}

    @Override
    public void onVersion(HistoryChange change) {
      told.add(change.kind() + " " + change.outcome() + " " + Subject.of(change.subject(), 0));
    }

    @Override
    public byte[] frontier() {
      return new byte[0];
    }
  }

  @BeforeEach
  void fill() {
    state.protocol(ReplicatedState.PROTOCOL);
    colour(RED, Colour.RED);
    colour(GREEN, Colour.GREEN);
    colour(YELLOW, Colour.YELLOW);
  }

  private void colour(Subject subject, Colour colour) {
    apply(
        CommandBatches.encode(
            CLIENT,
            sequence++,
            100,
            List.of(StatusCommand.SetStatus.of(subject).colour(colour).build())));
  }

  private Outcome apply(DirectBuffer message) {
    state.clusterTimeMillis(seconds * 1_000);
    replica.clusterTimeMillis(seconds * 1_000);
    if (state.apply(message, 0, message.capacity()) > 0) {
      replica.applyFed(message, 0, message.capacity());
    }
    assertEquals(map.version(), replicaMap.version());
    assertEquals(map.digest(), replicaMap.digest(), "the replica holds the same");
    reply.wrapAndApplyHeader(state.reply(), 0, new MessageHeaderDecoder());
    final byte[] codes = new byte[1];
    return reply.getOutcomes(codes, 0, 1) == 0 ? Outcome.APPLIED : Outcome.ofCode(codes[0]);
  }

  private Outcome put(Appeal appeal) {
    return apply(message(appeal));
  }

  private DirectBuffer message(Appeal appeal) {
    return Submission.of(DocumentCommand.appeal(appeal)).encode(CLIENT, sequence++, 100);
  }

  /** An appeal whose node thinks that it is another time than the log's. */
  private static Appeal appeal(long version, Subject subject) {
    return new Appeal(
        version,
        subject,
        new Appeal.Cause(AUTHORITY, 3),
        AppealReason.NO_CONTACT,
        new Appeal.Term(5, 5 + 3 * DAY),
        Appeal.Decision.OPEN);
  }

  private static Appeal refusal(Appeal of) {
    return of.decided(
        new Appeal.Decision(
            Appeal.State.REFUSED, Optional.of(AppealRefusal.CONTACT_CONFIRMED), 17, 5, 0));
  }

  private AppealBook book() {
    return state.documents().appeals();
  }

  @Test
  void anAppealIsOpenUntilItIsDecidedAndItsTimesAreTheLogs() {
    assertEquals(Outcome.APPLIED, put(appeal(1, RED)));
    final Appeal opened = book().find(1).orElseThrow();
    assertEquals(new Appeal.Term(T0, T0 + 3 * DAY), opened.term());
    assertEquals(List.of(opened), book().of(RED));
    assertEquals(1, book().openCount());
    assertEquals(0, book().overdueCount(T0 + 3 * DAY));
    assertEquals(1, book().overdueCount(T0 + 3 * DAY + 1));

    seconds += DAY;
    assertEquals(Outcome.APPLIED, put(refusal(appeal(1, RED))));
    assertEquals(
        opened.decided(
            new Appeal.Decision(
                Appeal.State.REFUSED,
                Optional.of(AppealRefusal.CONTACT_CONFIRMED),
                17,
                T0 + DAY,
                map.version())),
        book().find(1).orElseThrow());
    assertEquals(0, book().openCount());
    assertEquals(1, book().refusedCount(AppealRefusal.CONTACT_CONFIRMED));
    assertEquals(0, book().refusedCount(AppealRefusal.NOT_OURS));
    assertEquals(0, book().grantedCount());
  }

  private Outcome correct(Subject subject, Colour colour, int ground) {
    return apply(
        CommandBatches.encode(
            CLIENT,
            sequence++,
            100,
            List.of(
                StatusCommand.SetStatus.of(subject)
                    .colour(colour)
                    .until(colour == Colour.GREEN ? 0 : (int) (seconds / 60) + 60)
                    .origin(ChangeOrigin.of(AUTHORITY, ground))
                    .build())));
  }

  @Test
  void theChangeThatPutsTheColourRightGrantsTheAppealAndNoOtherDoes() {
    put(appeal(1, RED));
    put(appeal(3, YELLOW));
    seconds++;
    correct(RED, Colour.GREEN, GroundTable.LAB_RESULT);
    assertTrue(book().find(1).orElseThrow().isOpen(), "that is no answer to it");
    assertEquals(Outcome.GROUND_NOT_YOURS, correct(YELLOW, Colour.RED, GroundTable.CORRECTION));
    assertTrue(book().find(3).orElseThrow().isOpen(), "that is refused");
    colour(RED, Colour.RED);
    assertEquals(Outcome.APPLIED, correct(RED, Colour.YELLOW, GroundTable.APPEAL));
    assertEquals(
        new Appeal.Decision(
            Appeal.State.GRANTED, Optional.empty(), AUTHORITY, T0 + 1, map.version()),
        book().find(1).orElseThrow().decision());
    assertEquals(Outcome.APPLIED, correct(YELLOW, Colour.GREEN, GroundTable.CORRECTION));
    assertEquals(2, book().grantedCount());
    assertEquals(0, book().openCount());
    assertEquals(Outcome.SUPERSEDED, put(refusal(appeal(1, RED))), "it is decided");
  }

  @Test
  void theHistoryTellsWhoseAppealItIs() {
    put(appeal(1, RED));
    assertEquals(List.of("10 APPLIED " + RED), told.subList(3, 4));
    apply(Submission.of(DocumentCommand.ruleset("a", 1, "one")).encode(CLIENT, sequence++, 100));
    assertEquals("6 APPLIED " + new Subject(0, 0), told.get(4));
  }

  @Test
  void thereIsOneAChangeAndItIsDecidedOnce() {
    assertEquals(Outcome.APPLIED, put(appeal(1, RED)));
    assertEquals(Outcome.SUPERSEDED, put(appeal(1, RED)));
    assertEquals(Outcome.SUPERSEDED, put(appeal(1, YELLOW)), "nor by another holder");
    assertEquals(Outcome.UNKNOWN_SUBJECT, put(refusal(appeal(1, YELLOW))), "it is not theirs");
    assertEquals(Outcome.UNKNOWN_SUBJECT, put(refusal(appeal(2, RED))), "there is none");
    assertTrue(book().find(1).orElseThrow().isOpen());
    assertEquals(Outcome.APPLIED, put(refusal(appeal(1, RED))));
    final long digest = map.digest();
    assertEquals(Outcome.SUPERSEDED, put(refusal(appeal(1, RED))));
    assertEquals(Outcome.SUPERSEDED, put(appeal(1, RED)), "nor once it is decided");
    assertEquals(digest, map.digest(), "nothing has changed");
  }

  @Test
  void whoIsGreenOrNotKnownOrAppealsWhatIsYetToComeOpensNone() {
    assertEquals(Outcome.SUPERSEDED, put(appeal(2, GREEN)));
    assertEquals(Outcome.UNKNOWN_SUBJECT, put(appeal(1, NOBODY)));
    assertEquals(Outcome.INVALID, put(appeal(4, YELLOW)));
    final Appeal granted =
        appeal(3, YELLOW)
            .decided(new Appeal.Decision(Appeal.State.GRANTED, Optional.empty(), 17, 5, 0));
    assertEquals(Outcome.INVALID, put(granted), "it is granted by a change of status alone");
    assertEquals(0, book().size());
    assertEquals(0, state.documents().size());
  }

  @Test
  void whatIsNoAppealIsRefusedByField() {
    final byte[] name = Appeal.nameOf(1);
    final byte[] content = appeal(1, RED).toBytes();
    assertEquals(Optional.of(appeal(1, RED)), Appeal.of(name, content));
    for (final int broken : new int[] {26, 43, 44}) {
      final byte[] other = content.clone();
      other[broken] = 77;
      assertEquals(Optional.empty(), Appeal.of(name, other), "byte " + broken);
      assertThrows(
          IllegalArgumentException.class,
          () -> new DocumentCommand(DocumentCommand.Kind.APPEAL, name, other, 0));
    }
    assertThrows(IllegalArgumentException.class, () -> appeal(0, RED));
    assertThrows(IllegalArgumentException.class, () -> new Appeal.Term(5, 4));
    assertThrows(IllegalArgumentException.class, () -> new Appeal.Cause(1, 0x1_0000));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Appeal.Decision(Appeal.State.REFUSED, Optional.empty(), 1, 1, 1));
  }

  @Test
  void aLogOfTheProtocolBeforeHasNoAppeals() {
    final DirectBuffer message = message(appeal(1, RED));
    final UnsafeBuffer older = EarlierMessages.of(message, ReplicatedState.GROUND_PROTOCOL - 1);
    assertEquals(Outcome.INVALID, apply(older));
    assertEquals(0, book().size());
  }

  @Test
  void theQueueIsInTheOrderOfDeadlinesAndOfAnAuthorityWherePagesAreAsked() {
    final List<Long> versions = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      final Subject subject = new Subject(50, i);
      colour(subject, Colour.RED);
      final Appeal each = appeal(map.version(), subject);
      seconds++;
      put(
          new Appeal(
              each.version(),
              subject,
              new Appeal.Cause(i % 2 == 0 ? AUTHORITY : -AUTHORITY, 3),
              each.reason(),
              each.term(),
              each.decision()));
      versions.add(each.version());
    }
    final List<Long> paged = new ArrayList<>();
    AppealBook.Place place = AppealBook.Place.FIRST;
    for (List<Appeal> page = book().open(place, 3); !page.isEmpty(); page = book().open(place, 3)) {
      page.forEach(each -> paged.add(each.version()));
      final Appeal last = page.get(page.size() - 1);
      place = AppealBook.Place.of(last);
    }
    assertEquals(versions, paged);
    assertEquals(
        List.of(versions.get(1), versions.get(3), versions.get(5)),
        book().open(-AUTHORITY, AppealBook.Place.FIRST, 10).stream().map(Appeal::version).toList());
    assertEquals(List.of(), book().open(99, AppealBook.Place.FIRST, 10));
  }

  @Test
  void decidedOnesAreForgottenAfterTheirTimeAndOpenOnesAreNot() {
    put(appeal(1, RED));
    put(appeal(3, YELLOW));
    put(refusal(appeal(1, RED)));
    final Subject later = new Subject(51, 0);
    seconds += AppealBook.KEPT_SECONDS;
    colour(later, Colour.RED);
    put(appeal(map.version(), later));
    assertTrue(book().find(1).isPresent(), "its time is not past");
    seconds++;
    final Subject last = new Subject(52, 0);
    colour(last, Colour.RED);
    put(appeal(map.version(), last));
    assertEquals(Optional.empty(), book().find(1));
    assertEquals(List.of(), book().of(RED));
    assertTrue(book().find(3).isPresent(), "nobody has answered it");
    assertEquals(3, book().size());
    assertEquals(3, state.documents().size());
  }

  @Test
  void aSnapshotHoldsThemAndWhoReadsItHasTheSameQueue() {
    put(appeal(1, RED));
    put(appeal(3, YELLOW));
    put(refusal(appeal(1, RED)));
    final List<UnsafeBuffer> messages = SnapshotMessages.of(state, 0, 0);
    try (StatusMap otherMap = StatusMap.inMemory(100)) {
      final ReplicatedState other = new ReplicatedState(otherMap);
      SnapshotMessages.read(messages, other);
      assertEquals(map.digest(), otherMap.digest());
      assertEquals(book().of(RED), other.documents().appeals().of(RED));
      assertEquals(
          book().open(AppealBook.Place.FIRST, 10),
          other.documents().appeals().open(AppealBook.Place.FIRST, 10));
      other.reset();
      assertEquals(0, other.documents().appeals().size());
    }
  }
}
