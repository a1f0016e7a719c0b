package gongbei.replication.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.DegradedMinting;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.MintingSwitch;
import gongbei.replication.command.MintingSwitch.Author;
import gongbei.replication.map.StatusMap;
import gongbei.replication.testing.SnapshotMessages;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * Whether minting is degraded: said by the log, alike on every node, one change after the other.
 */
final class MintingSwitchTest {
  private static final long T0 = 1_700_000_000;
  private static final MintingSwitch DEGRADED =
      MintingSwitch.NEVER_DEGRADED.degraded(Author.NODES, T0 - 10);

  @AutoClose private final FedStates fed = new FedStates(T0);
  private final ReplicatedState state = fed.state();

  private Outcome apply(DirectBuffer message) {
    final Outcome outcome = fed.apply(message);
    assertEquals(minting(), fed.replica().documents().minting());
    return outcome;
  }

  private Outcome put(DocumentCommand document) {
    return apply(fed.encoded(document));
  }

  private Outcome put(MintingSwitch minting) {
    return put(DocumentCommand.minting(minting));
  }

  private MintingSwitch minting() {
    return state.documents().minting();
  }

  @Test
  void itIsDegradedSinceATimeUntilItIsRestored() {
    assertEquals(MintingSwitch.NEVER_DEGRADED, minting());
    assertFalse(minting().period().covers(T0));
    assertEquals(Outcome.APPLIED, put(DEGRADED));
    assertEquals(DEGRADED, minting());
    assertTrue(minting().isDegraded());
    assertFalse(minting().period().covers(T0 - 11));
    assertTrue(minting().period().covers(T0 - 10));
    assertTrue(minting().period().covers(T0 + 1_000_000));
    assertEquals(Outcome.APPLIED, put(minting().restored(Author.AUTHORITY, T0 + 5, 120)));
    assertFalse(minting().isDegraded());
    assertTrue(minting().period().covers(T0 + 124));
    assertFalse(minting().period().covers(T0 + 125));
    assertEquals(Author.AUTHORITY, minting().author());
    assertEquals(2, minting().revision());
  }

  @Test
  void ofTwoThatSayTheSameTheFirstCountsAndOneWhoSaysItLaterKeepsTheTime() {
    assertEquals(Outcome.APPLIED, put(DEGRADED));
    assertEquals(
        Outcome.SUPERSEDED, put(MintingSwitch.NEVER_DEGRADED.degraded(Author.NODES, T0 - 3)));
    assertEquals(DEGRADED, minting());
    assertEquals(Outcome.APPLIED, put(minting().degraded(Author.AUTHORITY, T0)));
    assertEquals(T0 - 10, minting().period().sinceEpochSeconds());
    assertEquals(Author.AUTHORITY, minting().author());
  }

  @Test
  void whatIsNoSwitchOrLiesAheadOfTheLogsTimeIsInvalid() {
    final byte[] name = MintingSwitch.NAME.getBytes(StandardCharsets.US_ASCII);
    final byte[] content = DocumentCommand.minting(DEGRADED).content();
    final List<DocumentCommand> bad = new ArrayList<>();
    for (int at = 0; at < 2; at++) {
      final byte[] other = content.clone();
      other[at] = 9;
      bad.add(new DocumentCommand(DocumentCommand.Kind.MINTING, name, other, 1));
    }
    final byte[] farMargin = content.clone();
    farMargin[content.length - 2] = 127;
    bad.add(new DocumentCommand(DocumentCommand.Kind.MINTING, name, farMargin, 1));
    bad.add(new DocumentCommand(DocumentCommand.Kind.MINTING, name, new byte[21], 1));
    bad.add(new DocumentCommand(DocumentCommand.Kind.MINTING, name, content, 0));
    bad.add(new DocumentCommand(DocumentCommand.Kind.MINTING, new byte[] {1}, content, 1));
    bad.add(
        DocumentCommand.minting(
            MintingSwitch.NEVER_DEGRADED.degraded(
                Author.NODES, T0 + MintingSwitch.MAX_SKEW_SECONDS + 1)));
    for (final DocumentCommand each : bad) {
      assertEquals(Outcome.INVALID, put(each), each.toString());
    }
    assertEquals(MintingSwitch.NEVER_DEGRADED, minting());
    assertEquals(
        Outcome.APPLIED,
        put(
            MintingSwitch.NEVER_DEGRADED.degraded(
                Author.NODES, T0 + MintingSwitch.MAX_SKEW_SECONDS)));
  }

  @Test
  void aPeriodThatCannotBeIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new DegradedMinting(-1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new DegradedMinting(5, 4, 0));
    assertThrows(IllegalArgumentException.class, () -> new DegradedMinting(0, 4, 0));
    assertThrows(IllegalArgumentException.class, () -> new DegradedMinting(5, 6, -1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new DegradedMinting(5, 6, DegradedMinting.MAX_MARGIN_SECONDS + 1));
  }

  @Test
  void aLogOfTheProtocolBeforeHasNoSwitch() {
    final DirectBuffer message = fed.encoded(DocumentCommand.minting(DEGRADED));
    final UnsafeBuffer older = EarlierMessages.of(message, ReplicatedState.MINTING_PROTOCOL - 1);
    assertEquals(Outcome.INVALID, apply(older));
    assertEquals(MintingSwitch.NEVER_DEGRADED, minting());
  }

  @Test
  void aSnapshotCarriesItAndAResetForgetsIt() {
    put(DEGRADED);
    final List<UnsafeBuffer> messages = SnapshotMessages.of(state, 0, 0);
    try (StatusMap otherMap = StatusMap.inMemory(100)) {
      final ReplicatedState other = new ReplicatedState(otherMap);
      SnapshotMessages.read(messages, other);
      assertEquals(DEGRADED, other.documents().minting());
    }
    state.reset();
    assertEquals(MintingSwitch.NEVER_DEGRADED, minting());
  }
}
