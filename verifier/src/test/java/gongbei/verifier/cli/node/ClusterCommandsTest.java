package gongbei.verifier.cli.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.model.Colour;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.context.MemberAddress;
import gongbei.replication.map.Subject;
import gongbei.testing.FreePorts;
import gongbei.testing.OneJdk;
import gongbei.testing.Patience;
import gongbei.testing.SecretFile;
import gongbei.verifier.cli.CommandRuns;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code top} and {@code cluster} against members that run in this process. */
@OneJdk
final class ClusterCommandsTest extends CommandRuns {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MEMBERS = 3;

  @TempDir private Path directory;
  private final List<Node> nodes = new ArrayList<>();
  private int basePort;

  @AfterEach
  void closeNodes() {
    nodes.forEach(Node::close);
    nodes.clear();
  }

  private Path configOf(int member, String data) throws Exception {
    final StringBuilder yaml = new StringBuilder();
    yaml.append("role: member\nmaxSubjects: 10000\ndataDirectory: ").append(data).append('\n');
    yaml.append("http: {host: 127.0.0.1, port: 0}\ntcp: {host: 127.0.0.1, port: 0}\n");
    // Once: a node that is starting may be reading it.
    if (Files.notExists(directory.resolve("cluster.secret"))) {
      SecretFile.write(directory.resolve("cluster.secret"), "a secret of this test's cluster");
    }
    yaml.append("replication:\n  secretFile: cluster.secret\n");
    yaml.append("  memberId: ").append(member).append("\n  members:\n");
    for (int id = 0; id < MEMBERS; id++) {
      final int port = basePort + id * MemberAddress.PORTS;
      yaml.append("    - {host: 127.0.0.1, basePort: ").append(port).append("}\n");
    }
    yaml.append("  logTermBytes: 1048576\n  segmentBytes: 1048576\n  feedBytes: 2097152\n");
    yaml.append("  heartbeatTimeoutMillis: 2000\n  electionTimeoutMillis: 500\n");
    return Files.writeString(directory.resolve("member-" + member + ".yaml"), yaml);
  }

  private void startAll(String data) throws Exception {
    final List<CompletableFuture<Node>> starting = new ArrayList<>();
    for (int id = 0; id < MEMBERS; id++) {
      final NodeConfig config = NodeConfig.read(configOf(id, data + "-" + id));
      starting.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return Node.start(config);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> new Thread(task, "start").start()));
    }
    for (final CompletableFuture<Node> each : starting) {
      nodes.add(each.get(Patience.SECONDS, TimeUnit.SECONDS));
    }
  }

  private String urls() {
    return nodes.stream()
        .map(node -> "http://127.0.0.1:" + node.httpPort())
        .collect(Collectors.joining(","));
  }

  /** Every member as {@code cluster members} has it. */
  private JsonNode members() throws Exception {
    assertEquals(0, run("cluster", "members", "--json", "--url", urls()), err);
    return JSON.readTree(out);
  }

  private int leader() throws Exception {
    final int[] leader = {-1};
    Patience.await(
        "one member leads, the others follow it",
        () -> {
          final JsonNode members = members();
          int followers = 0;
          leader[0] = -1;
          for (int id = 0; id < MEMBERS; id++) {
            if (members.get(id).path("role").asText().equals("leader")) {
              leader[0] = id;
            } else if (members.get(id).path("role").asText().equals("follower")) {
              followers++;
            }
          }
          return leader[0] >= 0 && followers == MEMBERS - 1;
        });
    return leader[0];
  }

  private void write(long from, int count) throws Exception {
    final List<StatusCommand> commands = new ArrayList<>();
    for (long i = from; i < from + count; i++) {
      commands.add(StatusCommand.SetStatus.of(new Subject(i, i)).colour(Colour.GREEN).build());
    }
    nodes.get(0).resources().log().submit(commands).get(Patience.SECONDS, TimeUnit.SECONDS);
  }

  private void awaitVersion(long version) throws Exception {
    Patience.await(
        "all are at version " + version + " with one digest",
        () -> {
          final JsonNode members = members();
          for (final JsonNode member : members) {
            if (member.get("version").longValue() != version
                || !member.get("digest").equals(members.get(0).get("digest"))) {
              return false;
            }
          }
          return true;
        });
  }

  private String data(String name, int member) {
    return directory.resolve(name + "-" + member).toString();
  }

  @Test
  void aClusterIsLookedAtHandedOverBackedUpAndRestored() throws Exception {
    basePort = FreePorts.inARow(MEMBERS * MemberAddress.PORTS + 2);
    startAll("data");
    final int leader = leader();
    final int follower = (leader + 1) % MEMBERS;
    write(0, 1_000);
    awaitVersion(1_000);

    assertEquals(0, run("cluster", "members", "--url", urls()), err);
    assertEquals(MEMBERS, out.lines().count(), out);
    assertTrue(
        out.lines().toList().get(follower).contains("follower   " + leader + " 127.0.0.1"), out);
    assertEquals(0, run("top", "--url", urls(), "--times", "2"), err);
    final List<String> view = out.lines().toList();
    assertEquals(2 * 2 * (1 + MEMBERS), view.size(), out);
    assertTrue(view.get(0).contains("digest"), out);
    final String[] row = view.get(2 * (1 + MEMBERS) + 1 + leader).trim().split(" +", -1);
    final JsonNode shown = members().get(leader);
    assertEquals(
        List.of(
            shown.get("url").asText(),
            "leader",
            leader + "",
            "127.0.0.1",
            "1000",
            shown.get("digest").asText()),
        List.of(row).subList(0, 6),
        out);
    assertEquals("0", row[row.length - 1], "nothing is written from one view to the next");

    assertEquals(1, run("cluster", "snapshot", "--data", data("data", follower)), out);
    assertEquals("refused: this member does not lead\n", out);
    assertEquals(0, run("cluster", "snapshot", "--data", data("data", leader)), out);
    assertEquals("done: a snapshot is taken\n", out);
    write(1_000, 1_000);
    assertEquals(1, run("cluster", "hand-over", "--data", data("data", follower)), out);
    assertEquals(0, run("cluster", "hand-over", "--data", data("data", leader)), out);
    assertTrue(leader() != leader, "another leads");
    write(2_000, 1_000);
    awaitVersion(3_000);
    final String digest = members().get(0).get("digest").asText();

    final String backup = directory.resolve("backup").toString();
    final String[] backingUp = {
      "cluster",
      "backup",
      "--config",
      directory.resolve("member-0.yaml").toString(),
      "--to",
      backup,
      "--port",
      Integer.toString(basePort + MEMBERS * MemberAddress.PORTS)
    };
    assertEquals(0, run(backingUp), err);
    assertTrue(out.matches("done: the log up to [1-9][0-9]*\n"), out);
    assertEquals(3, run(backingUp));
    assertTrue(err.contains("is not empty"), err);
    closeNodes();
    for (int id = 0; id < MEMBERS; id++) {
      final String[] restoring = {
        "cluster", "restore", "--from", backup, "--data", data("restored", id)
      };
      assertEquals(0, run(restoring), err);
      assertEquals(3, run(restoring));
      assertTrue(err.contains("is not empty"), err);
    }
    startAll("restored");
    leader();
    awaitVersion(3_000);
    assertEquals(digest, members().get(0).get("digest").asText());
    write(3_000, 1);
    awaitVersion(3_001);
  }

  @Test
  void whatClusterAndTopCantDoIsSaidInOneLine() throws Exception {
    final String nowhere = "http://127.0.0.1:1";
    assertEquals(2, run("cluster"));
    assertTrue(err.contains("is missing"), err);
    assertEquals(3, run("cluster", "members", "--url", nowhere));
    assertTrue(out.contains(nowhere + " can't be reached"), out);
    assertEquals(0, run("top", "--url", nowhere, "--times", "1"));
    assertTrue(out.contains(nowhere + " can't be reached"), out);
    assertFalse(out.contains("\u001b"), "one view clears no screen");
    assertEquals(2, run("top", "--interval", "0"));
    assertTrue(err.contains("--interval is not 1 or more"), err);
    assertEquals(
        3, run("cluster", "snapshot", "--data", directory.toString(), "--timeout", "1"), out);
    assertTrue(err.contains("no running node answers in " + directory), err);
    assertEquals(3, run("cluster", "hand-over", "--data", directory.resolve("no").toString()));
    assertTrue(err.contains(directory.resolve("no") + " does not exist"), err);
    assertEquals(
        3,
        run(
            "cluster",
            "restore",
            "--from",
            directory.toString(),
            "--data",
            directory.resolve("data").toString()));
    assertTrue(err.contains("holds no backup"), err);
    final Path alone = Files.writeString(directory.resolve("alone.yaml"), "dataDirectory: data\n");
    final String[] backingUp = {
      "cluster", "backup", "--config", alone.toString(), "--to", directory.resolve("b").toString()
    };
    assertEquals(3, run(backingUp), "of one node, whose directory is not there");
    assertTrue(err.contains("data does not exist"), err);
    for (final String command :
        List.of("top", "cluster", "cluster snapshot", "cluster members", "cluster hand-over")) {
      final List<String> help = new ArrayList<>(List.of(command.split(" ", -1)));
      help.add("--help");
      assertEquals(0, run(help.toArray(new String[0])));
      assertTrue(out.contains("Usage: gongbei " + command), out);
    }
  }
}
