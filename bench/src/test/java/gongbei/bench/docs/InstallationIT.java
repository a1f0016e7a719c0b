package gongbei.bench.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the README tells an administrator to type as root, typed: over an {@code /etc}, {@code /usr}
 * and {@code /var} that are thrown away, and on a network of its own. What systemd would start is
 * started by its {@code ExecStart}.
 */
final class InstallationIT {
  private static final String AS_NODE = "runuser -u gongbei -- bash";
  private static final String SYSTEMD = "systemctl enable --now gongbei";
  private static final String STATUS = "gongbei status --url https://localhost:8443";

  @TempDir private Path directory;

  /** Whether a command is of the installation. */
  static boolean takes(DocumentedCommand command) throws IOException {
    return block().contains(command) || command.text().startsWith(STATUS);
  }

  /** The README's block that installs a node, in its order. */
  private static List<DocumentedCommand> block() throws IOException {
    final List<DocumentedCommand> commands = DocumentedCommand.all();
    int from = -1;
    for (int i = 0; i < commands.size(); i++) {
      if (commands.get(i).page().equals("README.md")) {
        if (from < 0 && commands.get(i).text().startsWith("install ")) {
          from = i;
        }
        if (from >= 0 && commands.get(i).text().equals(SYSTEMD)) {
          return commands.subList(from, i + 1);
        }
      }
    }
    throw new IllegalStateException("the README installs nothing");
  }

  private static String execStart() throws IOException {
    for (final String line :
        Files.readAllLines(DocumentedCommand.ROOT.resolve("verifier/packaging/gongbei.service"))) {
      if (line.startsWith("ExecStart=/usr/bin/java ")) {
        return line.substring("ExecStart=/usr/bin/".length());
      }
    }
    throw new IllegalStateException("the unit starts nothing");
  }

  private String script() throws IOException {
    final List<String> lines = new ArrayList<>();
    lines.add("set -euo pipefail");
    lines.add("ip link set lo up");
    lines.add("mount -t tmpfs tmpfs " + directory);
    lines.add(
        "for d in etc usr var; do mkdir -p "
            + directory
            + "/$d/upper "
            + directory
            + "/$d/work; mount -t overlay overlay -o lowerdir=/$d,upperdir="
            + directory
            + "/$d/upper,workdir="
            + directory
            + "/$d/work /$d; done");
    lines.add("cd " + DocumentedCommand.ROOT);
    String function = "";
    for (final DocumentedCommand command : block()) {
      final String text = command.text();
      if (text.equals(AS_NODE)) {
        lines.add(AS_NODE + " -euo pipefail << 'END'");
      } else if (text.equals("exit")) {
        lines.add("END");
      } else if (!text.equals(SYSTEMD)) {
        lines.add(text);
      }
      if (text.startsWith("gongbei()")) {
        function = text;
      }
    }
    lines.add(function);
    lines.add("install -d -o gongbei -g gongbei -m 0700 /var/lib/gongbei");
    lines.add("(cd /var/lib/gongbei; exec runuser -u gongbei -- " + execStart() + ") &");
    lines.add("trap 'kill $(jobs -p); wait' EXIT");
    lines.add("status() { " + status() + "; }");
    lines.add("for i in $(seq 60); do status > /dev/null 2>&1 && break; sleep 1; done");
    lines.add("status");
    return String.join("\n", lines);
  }

  private static String status() throws IOException {
    for (final DocumentedCommand command : DocumentedCommand.all()) {
      if (command.text().startsWith(STATUS)) {
        assertTrue(command.shown().get(0).matches("status +ready"), command::toString);
        return command.text();
      }
    }
    throw new IllegalStateException("the README does not show how the node is");
  }

  private static boolean runs(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  @Test
  void aNodeIsInstalledAsTheReadmeSaysAndIsReady() throws Exception {
    final boolean isThere =
        runs(
            "unshare",
            "-m",
            "-n",
            "bash",
            "-c",
            "ip link set lo up && command -v systemd-sysusers");
    if ("true".equals(System.getenv("CI"))) {
      assertTrue(isThere, "root, ip or systemd-sysusers is missing");
    }
    assumeTrue(isThere, "root, ip (iproute2) or systemd-sysusers is missing");
    final ProcessBuilder builder =
        new ProcessBuilder("unshare", "-m", "-n", "bash", "-c", script())
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"));
    builder
        .environment()
        .put("PATH", Path.of(System.getProperty("java.home"), "bin") + ":" + System.getenv("PATH"));
    final Process process = builder.start();
    final String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    assertTrue(told.lines().anyMatch(line -> line.matches("status +ready")), told);
    assertEquals(0, told.lines().filter(line -> line.contains("ERROR")).count(), told);
  }
}
