package gongbei.bench.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.bench.setup.HistoryBed;
import gongbei.bench.setup.OpenGrounds;
import gongbei.codec.model.Colour;
import gongbei.codec.transparency.EntryBlinding;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.TileSource;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.Appeal;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.CommandKind;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.map.Subject;
import gongbei.testing.OneJdk;
import gongbei.testing.Patience;
import gongbei.verifier.cli.history.ServedTiles;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.client.NodeConnection;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit of appeals finds what it is there to find, and appeals of a node are as it expects. */
@OneJdk
final class AppealAuditTest {
  private static final long FIRST = 0x8a;
  private static final long SECOND = 0x8b;
  private static final Subject ALICE = AppealLoad.holder(0);
  private static final Subject BOB = AppealLoad.holder(1);
  private static final Subject CAROL = AppealLoad.holder(2);
  private static final int APPEALS = 7;

  private final List<AppealLoad.Case> cases =
      List.of(
          new AppealLoad.Case(1, ALICE, Optional.of(end(Appeal.State.GRANTED, 4))),
          new AppealLoad.Case(2, BOB, Optional.of(end(Appeal.State.REFUSED, 6))),
          new AppealLoad.Case(7, CAROL, Optional.empty()));
  private final AppealAudit audit = new AppealAudit(cases);
  private final List<String> faults = new ArrayList<>();

  private static AppealLoad.End end(Appeal.State state, long version) {
    return new AppealLoad.End(state, version, FIRST, SECOND);
  }

  private void entry(long version, int kind, Subject holder, long first, long second) {
    entry(version, kind, holder, first, second, Outcome.APPLIED);
  }

  private void entry(
      long version, int kind, Subject holder, long first, long second, Outcome outcome) {
    final byte[] bytes = new byte[HistoryEntry.BYTES];
    new EntryBlinding().of(holder.toBytes(), 0, version).tag(bytes, 0);
    ByteBuffer.wrap(bytes)
        .putLong(24, first)
        .putLong(32, second)
        .putShort(48, (short) (first == 0 ? 0 : GroundTable.APPEAL))
        .put(50, (byte) kind)
        .put(51, outcome.code());
    final HistoryEntry made = new HistoryEntry(bytes);
    assertTrue(AppealAudit.isOne(made));
    audit.entry(version, made).ifPresent(faults::add);
  }

  private void opened(long version, Subject holder) {
    entry(version, CommandKind.APPEAL, holder, 0, 0);
  }

  private void granted(long version, Subject holder, long first, long second) {
    entry(version, CommandKind.SET_STATUS, holder, first, second);
  }

  private void refused(long version, Subject holder, long first, long second) {
    entry(version, CommandKind.APPEAL, holder, first, second);
  }

  private void assertFault(String what) {
    assertEquals(1, faults.size(), faults::toString);
    assertTrue(faults.get(0).contains(what), faults::toString);
  }

  @Test
  void appealsThatStandOnceWithBothTheirSignersAreRight() {
    opened(3, ALICE);
    granted(4, ALICE, FIRST, SECOND);
    opened(5, BOB);
    refused(6, BOB, FIRST, SECOND);
    opened(8, CAROL);
    entry(9, CommandKind.APPEAL, BOB, FIRST, SECOND, Outcome.SUPERSEDED);
    assertEquals(List.of(), faults);
    assertEquals(List.of(), audit.missing(1, true));
    assertEquals(2, audit.found());
  }

  @Test
  void anotherSecondSignerIsFound() {
    granted(4, ALICE, FIRST, FIRST);
    assertFault("signed by 000000000000008a and 000000000000008a, not by 000000000000008a and 0");
  }

  @Test
  void anotherHolderIsFound() {
    granted(4, BOB, FIRST, SECOND);
    assertFault("version 4 is of another holder");
  }

  @Test
  void anotherEndThanWasToldIsFound() {
    refused(4, ALICE, FIRST, SECOND);
    assertFault("version 4 ends its appeal in another way than was told");
  }

  @Test
  void anEndThatNobodyWasToldOfIsFound() {
    granted(9, CAROL, FIRST, SECOND);
    assertFault("version 9 ends an appeal, and nobody was told so");
  }

  @Test
  void anAppealThatIsOpenedTwiceIsFound() {
    opened(3, ALICE);
    opened(5, ALICE);
    assertFault("version 5 opens an appeal that was opened before");
  }

  @Test
  void anAppealThatNobodyWasToldOfIsFound() {
    opened(3, AppealLoad.holder(9));
    assertFault("version 3 opens an appeal that nobody was told of");
  }

  @Test
  void appealsAndEndsThatAreLostAreFound() {
    opened(3, ALICE);
    granted(4, ALICE, FIRST, SECOND);
    assertEquals(
        List.of("1 ends of appeals are not in it", "2 appeals are not opened in it"),
        audit.missing(1, true));
    final AppealAudit late = new AppealAudit(cases);
    assertEquals(List.of("1 ends of appeals are not in it"), late.missing(5, false));
    assertEquals(List.of(), late.missing(7, false), "what was before a snapshot may be missing");
  }

  private static HistoryAudit.Write red(AuthorityClient authority, long signer, Subject holder)
      throws InterruptedException {
    try {
      final String answer =
          authority
              .put("/v1/subjects/" + holder.toHex() + "/status", "{\"colour\":\"red\"}")
              .body();
      return new HistoryAudit.Write(
          new ObjectMapper().readTree(answer).path("version").longValue(),
          holder,
          Colour.RED,
          signer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Appeals of a node, over its sockets. */
  @Test
  void appealsThatANodeTakesAreInItsHistoryAndItsMetersCountThem(@TempDir Path directory)
      throws Exception {
    final HistoryBed bed = HistoryBed.make(directory, 100, 0);
    final List<SigningKey> authorities = bed.configure(0);
    try (Node node = Node.start(NodeConfig.read(bed.configuration()))) {
      final URI url = URI.create("http://127.0.0.1:" + node.httpPort() + "/");
      Patience.await("it takes changes", () -> node.resources().log().status().isWriting());
      OpenGrounds.put(url, authorities.get(0), authorities.get(1));
      final AuthorityClient authority = new AuthorityClient(url, authorities.get(0));
      final List<HistoryAudit.Write> writes = new ArrayList<>();
      final AppealLoad load =
          new AppealLoad(
              List.of(url),
              authorities.get(0),
              authorities.get(1),
              holder -> bed.code(holder, 1, Duration.ofMinutes(1)));
      load.run(
          () -> writes.size() < APPEALS,
          (number, holder) -> {
            writes.add(red(authority, authorities.get(0).issuerKey().kid(), holder));
            return writes.get(number).version();
          },
          Duration.ZERO);
      assertEquals(APPEALS, load.cases().size());
      assertEquals(3, load.count(Appeal.State.GRANTED));
      assertEquals(2, load.count(Appeal.State.REFUSED));
      assertEquals(List.of(), load.judge("node", url));
      final TileSource history = new ServedTiles(url, NodeConnection.PLAIN);
      final long version = node.resources().statusMap().version();
      Patience.await(
          "a head covers all",
          () -> HistoryAudit.sizeOf(history, bed.issuer().issuerKey()) >= version);
      final HistoryAudit served = new HistoryAudit(writes, load.cases(), 1);
      assertEquals(1, served.walk(history, bed.issuer().issuerKey()));
      assertEquals(List.of(), served.faults());
      assertEquals(APPEALS, served.found());
      final HistoryAudit unaware = new HistoryAudit(writes, load.cases().subList(1, APPEALS), 1);
      unaware.walk(history, bed.issuer().issuerKey());
      assertEquals(2, unaware.faults().size(), "an appeal and its end that nobody was told of");
      load.cases().remove(APPEALS - 2);
      assertEquals(1, load.judge("node", url).size(), "a meter that counts another number");
    }
  }
}
