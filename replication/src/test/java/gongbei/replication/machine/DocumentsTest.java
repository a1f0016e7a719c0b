package gongbei.replication.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gongbei.replication.command.Applied;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Link;
import gongbei.replication.log.LocalCommandLog;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.replication.snapshot.SnapshotReader;
import gongbei.replication.testing.SnapshotMessages;
import gongbei.testing.Patience;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DocumentsTest {
  private final StatusMap map = StatusMap.inMemory(100);
  private final LocalCommandLog log = new LocalCommandLog(map);

  @AfterEach
  void close() {
    log.close();
    map.close();
  }

  private Applied put(DocumentCommand command) throws Exception {
    return log.submit(command).get(Patience.SECONDS, TimeUnit.SECONDS);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aRulesetGivesWayToANewerOneAlone() throws Exception {
    assertEquals(new Applied(1, Outcome.APPLIED), put(DocumentCommand.ruleset("a", 2, "two")));
    final long digest = map.digest();
    assertEquals(new Applied(2, Outcome.SUPERSEDED), put(DocumentCommand.ruleset("a", 2, "other")));
    assertEquals(new Applied(3, Outcome.SUPERSEDED), put(DocumentCommand.ruleset("a", 1, "one")));
    assertEquals(digest, map.digest(), "nothing has changed");
    assertArrayEquals(utf8("two"), log.documents().rulesets().get("a"));
    assertEquals(new Applied(4, Outcome.APPLIED), put(DocumentCommand.ruleset("a", 3, "three")));
    assertArrayEquals(utf8("three"), log.documents().rulesets().get("a"));
  }

  @Test
  void aNonceThatIsNoneIsRefusedByField() {
    assertThrows(IllegalArgumentException.class, () -> DocumentCommand.nonce(new byte[15], 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> DocumentCommand.nonce(new byte[DocumentCommand.NONCE_BYTES], 0));
  }

  @Test
  void whatHasNoRevisionIsReplacedByWhateverComesNext() throws Exception {
    final Subject subject = new Subject(1, 1);
    final Subject other = new Subject(2, 2);
    put(DocumentCommand.group(subject, other.toBytes()));
    assertEquals(Outcome.APPLIED, put(DocumentCommand.group(subject, subject.toBytes())).outcome());
    assertArrayEquals(
        subject.toBytes(), log.documents().find(DocumentCommand.Kind.GROUP, subject.toBytes()));
    assertEquals(Set.of(), log.documents().rulesets().keySet(), "groups are no rulesets");
    assertThrows(
        IllegalArgumentException.class, () -> DocumentCommand.ruleset("metro", -1, "less"));
  }

  @Test
  void aLinkStandsUntilItIsWithdrawnAndNoOlderConsentBringsItBack() throws Exception {
    final Subject other = new Subject(1, 1);
    final Link link = new Link(new Subject(2, 2), 1_000, 1, 4);
    assertEquals(Outcome.APPLIED, put(DocumentCommand.link(other, link)).outcome());
    assertEquals(link, found(other));
    assertEquals(Outcome.APPLIED, put(DocumentCommand.withdrawal(other, 1_000)).outcome());
    assertEquals(null, found(other));
    assertEquals(Outcome.SUPERSEDED, put(DocumentCommand.link(other, link)).outcome());
    assertEquals(null, found(other));
    final Link later = new Link(new Subject(3, 3), 1_001, 1, 4);
    assertEquals(Outcome.APPLIED, put(DocumentCommand.link(other, later)).outcome());
    assertEquals(later, found(other));
    assertThrows(IllegalArgumentException.class, () -> new Link(other, 1, 0, 4));
    assertThrows(IllegalArgumentException.class, () -> new Link(other, -1, 1, 4));
  }

  private Link found(Subject other) {
    return Link.of(log.documents().find(DocumentCommand.Kind.LINK, other.toBytes()));
  }

  @Test
  void aSnapshotsRulesetsAreSeenAllAtOnceWhenItIsWhole() throws Exception {
    put(DocumentCommand.ruleset("a", 1, "one"));
    put(DocumentCommand.ruleset("b", 1, "one"));
    final ReplicatedState state = log.state();
    final List<UnsafeBuffer> messages = SnapshotMessages.of(state, 0, 0);
    final StatusMap otherMap = StatusMap.inMemory(100);
    try {
      final ReplicatedState other = new ReplicatedState(otherMap);
      final List<Set<String>> seen = new ArrayList<>();
      other.documents().onRulesets(() -> seen.add(other.documents().rulesets().keySet()));
      final SnapshotReader reader = new SnapshotReader(other);
      for (final DirectBuffer message : messages) {
        assertEquals(List.of(), seen);
        reader.onMessage(message, 0, message.capacity());
      }
      assertEquals(List.of(Set.of("a", "b")), seen);
      assertEquals(map.digest(), otherMap.digest());
      other.reset();
      assertEquals(Set.of("a", "b"), other.documents().rulesets().keySet(), "until others come");
    } finally {
      otherMap.close();
    }
  }
}
