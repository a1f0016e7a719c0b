package gongbei.bench.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.BriefJvm;
import gongbei.testing.Document;
import gongbei.testing.Prerequisite;
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
 * What the page on installing tells an administrator to type as root, typed: over an {@code /etc},
 * {@code /usr} and {@code /var} that are thrown away, and on a network of its own. The Debian
 * package is made, installed and removed by {@code dpkg}; what systemd would start is started by
 * its {@code ExecStart}.
 */
final class InstallationIT {
  private static final String PAGE = Document.INSTALL.path();
  private static final String AS_NODE = "runuser -u gongbei -- bash";
  private static final String SYSTEMD = "systemctl enable --now gongbei";
  private static final String STATUS = "gongbei status --url https://localhost:8443";

  @TempDir private Path directory;

  /** Whether a command is of the installation. */
  static boolean takes(DocumentedCommand command) throws IOException {
    return block().contains(command) || command.text().startsWith(STATUS);
  }

  /** The page's blocks that install a node, in its order. */
  private static List<DocumentedCommand> block() throws IOException {
    final List<DocumentedCommand> commands = DocumentedCommand.all();
    int from = -1;
    for (int i = 0; i < commands.size(); i++) {
      if (commands.get(i).page().equals(PAGE)) {
        if (from < 0 && commands.get(i).text().startsWith("verifier/packaging/debian-package ")) {
          from = i;
        }
        if (from >= 0 && commands.get(i).text().equals(SYSTEMD)) {
          return commands.subList(from, i + 1);
        }
      }
    }
    throw new IllegalStateException(PAGE + " installs nothing");
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
    // No systemd of this machine is told of the package.
    lines.add("mount -t tmpfs tmpfs /run");
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
    for (final DocumentedCommand command : block()) {
      final String text = command.text();
      if (text.equals(AS_NODE)) {
        lines.add(AS_NODE + " -euo pipefail << 'END'");
      } else if (text.equals("exit")) {
        lines.add("END");
      } else if (!text.equals(SYSTEMD)) {
        lines.add(text);
      }
    }
    // The package is made where nothing stays.
    lines.replaceAll(line -> line.replace("verifier/target/debian", directory + "/debian"));
    lines.add("test $(stat -c %a,%U /etc/gongbei) = 700,gongbei");
    lines.add("diff verifier/packaging/gongbei.service /usr/lib/systemd/system/gongbei.service");
    lines.add("(cd /var/lib/gongbei; exec runuser -u gongbei -- " + execStart() + ") &");
    lines.add("trap 'kill $(jobs -p); wait' EXIT");
    lines.add("status() { " + status() + "; }");
    lines.add("for i in $(seq 60); do status > /dev/null 2>&1 && break; sleep 1; done");
    lines.add("status");
    // Whoever has it mapped is the node.
    lines.add("grep -lq /usr/share/gongbei/gongbei.jsa /proc/[0-9]*/maps");
    lines.add("dpkg -V gongbei");
    lines.add("dpkg --remove gongbei > /dev/null; dpkg --purge gongbei > /dev/null");
    lines.add("test -e /etc/gongbei/signing && test -e /var/lib/gongbei/data && ! which gongbei");
    lines.add("test ! -e /usr/share/gongbei");
    lines.add("echo removed, and nothing of the node lost");
    return String.join("\n", lines);
  }

  private static String status() throws IOException {
    for (final DocumentedCommand command : DocumentedCommand.all()) {
      if (command.text().startsWith(STATUS)) {
        assertTrue(command.shown().get(0).matches("status +ready"), command::toString);
        return command.text();
      }
    }
    throw new IllegalStateException("no page shows how the node is");
  }

  @Test
  void aNodeIsInstalledByItsPackageAsThePageSaysAndIsReadyAndRemovingItLosesNothing()
      throws Exception {
    Prerequisite.require(
        Prerequisite.runs(
            "unshare",
            "-m",
            "-n",
            "bash",
            "-c",
            "ip link set lo up && command -v systemd-sysusers && command -v dpkg-deb"),
        "root, ip (iproute2) or systemd-sysusers is missing");
    final ProcessBuilder builder =
        new ProcessBuilder("unshare", "-m", "-n", "bash", "-c", script())
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"));
    // The service that is installed names its collector.
    builder.environment().put("JAVA_TOOL_OPTIONS", BriefJvm.FIRST_COMPILER);
    builder
        .environment()
        .put("PATH", Path.of(System.getProperty("java.home"), "bin") + ":" + System.getenv("PATH"));
    final Process process = builder.start();
    final String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), told);
    assertTrue(told.lines().anyMatch(line -> line.matches("status +ready")), told);
    assertTrue(told.contains("removed, and nothing of the node lost"), told);
    assertEquals(0, told.lines().filter(line -> line.contains("ERROR")).count(), told);
  }
}
