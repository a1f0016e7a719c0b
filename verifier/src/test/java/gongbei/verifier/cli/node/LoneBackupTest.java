package gongbei.verifier.cli.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.cli.CommandRuns;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that is alone: backed up while it works or stands, and brought back. */
final class LoneBackupTest extends CommandRuns {
  private static final int BEFORE = 2_000;
  private static final int BATCH = 50;

  @TempDir private Path directory;
  @AutoClose private Node node;

  private Path config(String data) throws Exception {
    return Files.writeString(
        directory.resolve(data + ".yaml"),
        "dataDirectory: "
            + data
            + "\nmaxSubjects: 1000000\n"
            + "http: {host: 127.0.0.1, port: 0}\ntcp: {host: 127.0.0.1, port: 0}\n"
            + "replication: {logTermBytes: 1048576, segmentBytes: 1048576, feedBytes: 2097152,"
            + " lowStorageBytes: 16777216}\n");
  }

  private void start(String data) throws Exception {
    node = Node.start(NodeConfig.read(config(data)));
  }

  private void write(long from, int count) throws Exception {
    final List<StatusCommand> commands = new ArrayList<>();
    for (long i = from; i < from + count; i++) {
      commands.add(
          StatusCommand.SetStatus.of(new Subject(i, i))
              .colour(Colour.ofNumber((int) (i % 3)))
              .build());
    }
    node.resources().log().submit(commands).get(Patience.SECONDS, TimeUnit.SECONDS);
  }

  private int backUp(String to) throws Exception {
    return run(
        "cluster",
        "backup",
        "--config",
        directory.resolve("data.yaml").toString(),
        "--to",
        directory.resolve(to).toString());
  }

  private void restore(String from, String into) {
    assertEquals(
        0,
        run(
            "cluster",
            "restore",
            "--from",
            directory.resolve(from).toString(),
            "--data",
            directory.resolve(into).toString()),
        err);
  }

  /** The holder that version {@code v} made is {@code v - 1}: a history has no gap in it. */
  private void assertUnbroken(StatusMap map) {
    assertEquals(map.version(), map.size());
    final StatusRecord record = new StatusRecord();
    for (long i = 0; i < map.version(); i++) {
      assertTrue(map.get(new Subject(i, i), record), "holder " + i);
      assertEquals((int) (i % 3), record.colour());
      assertEquals(i + 1, record.version());
    }
  }

  @Test
  void aNodeThatWritesOnIsBackedUpAndComesBackWithAllThatWasThere() throws Exception {
    start("data");
    write(0, BEFORE);
    final AtomicBoolean isOver = new AtomicBoolean();
    final long[] written = {BEFORE};
    final Exception[] failure = new Exception[1];
    final Thread writing =
        new Thread(
            () -> {
              try {
                while (!isOver.get()) {
                  write(written[0], BATCH);
                  written[0] += BATCH;
                }
              } catch (Exception e) {
                failure[0] = e;
              }
            });
    writing.start();
    try {
      assertEquals(0, backUp("backup"), err);
    } finally {
      isOver.set(true);
      writing.join();
    }
    assertEquals(null, failure[0]);
    assertTrue(out.matches("done: the log up to [1-9][0-9]*\n"), out);
    node.close();
    restore("backup", "restored");
    start("restored");
    final StatusMap map = node.resources().statusMap();
    assertTrue(map.version() >= BEFORE && map.version() <= written[0], "" + map.version());
    assertUnbroken(map);
    write(map.version(), 1);
    assertUnbroken(map);
  }

  @Test
  void aNodeThatStandsIsBackedUpToItsLastChange() throws Exception {
    start("data");
    write(0, BEFORE);
    node.close();
    node = null;
    assertEquals(0, backUp("backup"), err);
    assertTrue(out.matches("done: the log up to [1-9][0-9]*\n"), out);
    restore("backup", "restored");
    start("restored");
    assertEquals(BEFORE, node.resources().statusMap().version());
    assertUnbroken(node.resources().statusMap());
  }

  @Test
  void whatIsNoNodesDirectoryIsNotBackedUp() throws Exception {
    config("data");
    assertEquals(3, backUp("backup"));
    assertEquals("gongbei: " + directory.resolve("data") + " does not exist\n", err);
    Files.createDirectories(directory.resolve("data"));
    assertEquals(3, backUp("backup"));
    assertTrue(err.contains("data holds no log: no node has written there"), err);
    Files.writeString(directory.resolve("data.yaml"), "region: GD\n");
    assertEquals(2, backUp("backup"));
    assertTrue(err.contains("dataDirectory is missing"), err);
    Files.writeString(directory.resolve("data.yaml"), "role: replica\ndataDirectory: data\n");
    assertEquals(2, backUp("backup"), out);
    assertTrue(Files.notExists(directory.resolve("backup")), "nothing is made");
  }
}
