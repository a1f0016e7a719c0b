package gongbei.replication.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Guardianship;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.replication.testing.SnapshotMessages;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Guardians and their wards: in the log's order, up to the limit, alike on every node. */
final class GuardianshipTest {
  private static final long T0 = 1_700_000_000;
  private static final Subject ANN = new Subject(1, 1);

  @AutoClose private final FedStates fed = new FedStates(T0);
  private final ReplicatedState state = fed.state();

  private static Subject ward(int number) {
    return new Subject(2, number);
  }

  private Outcome apply(DirectBuffer message) {
    final Outcome outcome = fed.apply(message);
    assertEquals(wards(state), wards(fed.replica()));
    return outcome;
  }

  private Outcome put(DocumentCommand document) {
    return apply(fed.encoded(document));
  }

  private Outcome link(int ward, long at) {
    return put(DocumentCommand.guardianship(new Guardianship(ANN, ward(ward), at)));
  }

  private Outcome end(int ward, long at) {
    return put(DocumentCommand.guardianshipEnd(ANN, ward(ward), at));
  }

  private static Set<Subject> wards(ReplicatedState of) {
    return of.documents().guardians().wardsOf(ANN);
  }

  @Test
  void aWardHasAGuardianUntilTheLinkEndsAndTheLaterWordCounts() {
    assertEquals(Outcome.APPLIED, link(1, T0));
    assertEquals(Set.of(ward(1)), wards(state));
    assertEquals(Set.of(ANN), state.documents().guardians().guardiansOf(ward(1)));
    assertEquals(Outcome.SUPERSEDED, link(1, T0), "the same code consents once");
    assertEquals(Outcome.SUPERSEDED, end(1, T0 - 1), "ended before it was consented to");
    assertEquals(Outcome.APPLIED, end(1, T0));
    assertEquals(Set.of(), wards(state));
    assertEquals(Set.of(), state.documents().guardians().guardiansOf(ward(1)));
    assertEquals(Outcome.SUPERSEDED, link(1, T0), "an old consent does not come back");
    assertEquals(Outcome.APPLIED, link(1, T0 + 1));
    assertEquals(Set.of(ward(1)), wards(state));
  }

  @Test
  void aGuardianHasNoMoreWardsThanTheLimitAndAnEndMakesRoom() {
    for (int i = 1; i <= Guardianship.MAX_WARDS; i++) {
      assertEquals(Outcome.APPLIED, link(i, T0));
    }
    assertEquals(Outcome.CEILING_REACHED, link(99, T0));
    assertEquals(Guardianship.MAX_WARDS, wards(state).size());
    assertEquals(Outcome.APPLIED, link(1, T0 + 1), "who is a ward may be linked anew");
    assertEquals(Outcome.APPLIED, end(2, T0 + 2));
    assertEquals(Outcome.APPLIED, link(99, T0 + 3));
    assertTrue(wards(state).contains(ward(99)));
  }

  @Test
  void whatIsNoGuardianshipIsInvalid() {
    assertThrows(IllegalArgumentException.class, () -> new Guardianship(ANN, ANN, T0));
    assertThrows(IllegalArgumentException.class, () -> new Guardianship(ANN, ward(1), -1));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new DocumentCommand(
                DocumentCommand.Kind.GUARDIAN, Guardianship.nameOf(ANN, ward(1)), new byte[7], 1));
    final DirectBuffer message =
        fed.encoded(DocumentCommand.guardianship(new Guardianship(ANN, ward(1), T0)));
    final byte[] own = Guardianship.nameOf(ANN, ANN);
    final byte[] bytes = new byte[message.capacity()];
    message.getBytes(0, bytes);
    final byte[] name = Guardianship.nameOf(ANN, ward(1));
    int at = 0;
    while (!Arrays.equals(bytes, at, at + name.length, name, 0, name.length)) {
      at++;
    }
    System.arraycopy(own, 0, bytes, at, own.length);
    assertEquals(Outcome.INVALID, apply(new UnsafeBuffer(bytes)), "nobody is their own guardian");
    assertEquals(Set.of(), wards(state));
  }

  @Test
  void aLogOfTheProtocolBeforeHasNoGuardians() {
    final DirectBuffer message =
        fed.encoded(DocumentCommand.guardianship(new Guardianship(ANN, ward(1), T0)));
    final UnsafeBuffer older = EarlierMessages.of(message, ReplicatedState.GUARDIAN_PROTOCOL - 1);
    assertEquals(Outcome.INVALID, apply(older));
    assertEquals(Set.of(), wards(state));
  }

  @Test
  void aSnapshotCarriesThemAndAResetForgetsThem() {
    link(1, T0);
    link(2, T0);
    end(2, T0);
    final List<UnsafeBuffer> messages = SnapshotMessages.of(state, 0, 0);
    try (StatusMap otherMap = StatusMap.inMemory(100)) {
      final ReplicatedState other = new ReplicatedState(otherMap);
      SnapshotMessages.read(messages, other);
      assertEquals(Set.of(ward(1)), wards(other));
    }
    state.reset();
    assertEquals(Set.of(), wards(state));
  }
}
