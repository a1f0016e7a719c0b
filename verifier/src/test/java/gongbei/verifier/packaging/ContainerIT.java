package gongbei.verifier.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.replication.status.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.IoUtil;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image, built as the README has it and run by podman, with storage of its own; the options
 * that the engine takes beside the README's are for machines without systemd and registries.
 */
@Timeout(600)
final class ContainerIT {
  private static final Subject HOLDER = new Subject(7, 7);
  private static final String IMAGE = "gongbei-test";
  private static final String NAME = "gongbei-test";
  private static final int USER = 9700;
  private static final int TERMINATED = 143;
  private static final String SERVING = "gongbei GD is serving";

  @TempDir private static Path directory;
  private static Installation installation;

  /** Podman takes no longer path than 50 characters. */
  private static Path runRoot;

  private static List<String> podman(String... arguments) {
    final List<String> command =
        new ArrayList<>(
            List.of(
                "podman",
                "--root",
                directory.resolve("storage").toString(),
                "--runroot",
                runRoot.toString(),
                "--storage-driver",
                "vfs",
                "--runtime",
                "runc",
                "--cgroup-manager",
                "cgroupfs"));
    command.addAll(List.of(arguments));
    return command;
  }

  private static String run(List<String> command) throws Exception {
    return Command.run(directory, command);
  }

  private static int exitCode(List<String> command) throws Exception {
    try (Command started =
        Command.start(Files.createTempFile(directory, "command", ".txt"), command)) {
      return started.exitCode();
    }
  }

  private static boolean isInstalled(String program) {
    return Stream.of("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin")
        .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
  }

  @BeforeAll
  static void buildTheImage() throws Exception {
    Command.require(isInstalled("podman"), "podman is missing, so that no image is built and run");
    Command.require(isInstalled("runc"), "runc is missing, so that no image is built and run");
    Command.require(
        System.getProperty("user.name").equals("root"),
        "not root, so that the volume can't be given to the image's user");
    runRoot = Files.createTempDirectory(Path.of("/tmp"), "gongbei");
    final Path image = directory.resolve("image");
    run(List.of("packaging/image-root", image.toString()));
    run(
        podman(
            "build",
            "--format",
            "docker",
            "-f",
            "packaging/Containerfile",
            "-t",
            IMAGE,
            image.toString()));
    IoUtil.delete(image.toFile(), false);
    installation = new Installation(Files.createDirectories(directory.resolve("etc")));
    run(List.of("chown", "-R", USER + ":" + USER, installation.directory().toString()));
  }

  @AfterAll
  static void removeWhatTheEngineKeeps() throws Exception {
    if (Files.exists(directory.resolve("storage"))) {
      exitCode(podman("rm", "-f", "-t", "0", "--all"));
      exitCode(podman("rmi", "-f", "--all"));
      exitCode(podman("volume", "rm", "-f", "--all"));
      IoUtil.delete(runRoot.toFile(), true);
    }
  }

  /** Starts the node as the README has it, with more options. */
  private static void start(String... options) throws Exception {
    exitCode(podman("rm", "-f", "-t", "0", NAME));
    final List<String> command =
        podman(
            "run",
            "-d",
            "--name",
            NAME,
            "--read-only",
            "--network",
            "host",
            "-v",
            installation.directory() + ":/etc/gongbei:ro",
            "-v",
            "gongbei:/var/lib/gongbei",
            "-e",
            "GONGBEI_URL=" + installation.url());
    command.addAll(limitsOfThisMachine());
    command.addAll(List.of(options));
    command.add(IMAGE);
    run(command);
  }

  /** Podman asks for more open files and processes than a machine may let it set. */
  private static List<String> limitsOfThisMachine() throws Exception {
    final String files = run(List.of("sh", "-c", "ulimit -Hn")).strip();
    final String processes = run(List.of("bash", "-c", "ulimit -Hu")).strip();
    return List.of(
        "--ulimit",
        "nofile=" + files + ":" + files,
        "--ulimit",
        "nproc=" + processes + ":" + processes);
  }

  private static String inspected(String what) throws Exception {
    return run(podman("inspect", "-f", "{{" + what + "}}", NAME)).strip();
  }

  private static String log() {
    try {
      return run(podman("logs", NAME));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitServing() throws Exception {
    final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!log().contains(SERVING)) {
      assertEquals("running", inspected(".State.Status"), ContainerIT::log);
      assertTrue(System.nanoTime() < deadline, ContainerIT::log);
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private static void assertHealthy() throws Exception {
    final Path told = Files.createTempFile(directory, "health", ".txt");
    try (Command check = Command.start(told, podman("healthcheck", "run", NAME))) {
      assertEquals(0, check.exitCode(), check::told);
    }
  }

  private static void stop() throws Exception {
    run(podman("stop", "-t", "90", NAME));
    assertEquals(String.valueOf(TERMINATED), inspected(".State.ExitCode"), ContainerIT::log);
  }

  private static long lines(String told, String what) {
    return told.lines().filter(line -> line.contains(what)).count();
  }

  private static void assertNoTrace(String told) {
    assertFalse(told.contains("\tat "), told);
    assertFalse(told.contains("Exception"), told);
  }

  @Test
  void withTheEnginesOwnSharedMemoryTheImageIsHealthyScansStopsAndHasItsDataAgain()
      throws Exception {
    start();
    awaitServing();
    assertHealthy();
    assertEquals("true", inspected(".HostConfig.ReadonlyRootfs"));
    assertEquals(USER + ":" + USER, inspected(".Config.User"));
    assertEquals(1, lines(log(), "/dev/shm has room for "), ContainerIT::log);
    assertTrue(log().contains("they are in /var/lib/gongbei/data/driver"), log());
    installation.load(HOLDER);
    installation.assertPasses(HOLDER);
    stop();
    assertNoTrace(log());

    start("--shm-size", "256m");
    awaitServing();
    assertHealthy();
    assertFalse(log().contains("/dev/shm has room"), log());
    assertFalse(log().contains("was not closed cleanly"), log());
    installation.assertPasses(HOLDER);
    stop();
    assertNoTrace(log());
  }

  @Test
  void withLessSharedMemoryItServesAllTheSame() throws Exception {
    for (final String size : List.of("16m", "40m")) {
      start("--shm-size", size);
      awaitServing();
      assertEquals(1, lines(log(), "/dev/shm has room for "), ContainerIT::log);
      stop();
      assertNoTrace(log());
    }
  }

  @Test
  void withoutAConfigurationItSaysSoInOneLine() throws Exception {
    final List<String> command = podman("run", "--rm", "--read-only", "--network", "none");
    command.addAll(limitsOfThisMachine());
    command.add(IMAGE);
    final Path told = Files.createTempFile(directory, "command", ".txt");
    try (Command started = Command.start(told, command)) {
      assertEquals(2, started.exitCode(), started::told);
      assertEquals(
          1, lines(started.told(), "gongbei: /etc/gongbei/node.yaml: no such file"), started::told);
      assertNoTrace(started.told());
    }
  }

  @Test
  void theImageHasNoShellAndNothingThatAnybodyButTheSuperuserCouldChange() throws Exception {
    final String mounted = run(podman("image", "mount", IMAGE)).strip();
    try (Stream<Path> files = Files.walk(Path.of(mounted))) {
      final List<String> found =
          files
              .filter(file -> !Files.isSymbolicLink(file))
              .filter(ContainerIT::isShellOrWritable)
              .map(file -> "/" + Path.of(mounted).relativize(file))
              .toList();
      assertEquals(List.of("/tmp", "/var/lib/gongbei"), found);
    } finally {
      run(podman("image", "unmount", IMAGE));
    }
  }

  private static boolean isShellOrWritable(Path file) {
    try {
      final int mode = (int) Files.getAttribute(file, "unix:mode");
      return (int) Files.getAttribute(file, "unix:uid") != 0
          || (mode & 022) != 0
          || (mode & 06000) != 0
          || List.of("sh", "bash", "dash", "busybox").contains(file.getFileName().toString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
