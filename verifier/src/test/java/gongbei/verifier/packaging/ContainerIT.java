package gongbei.verifier.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.replication.map.Subject;
import gongbei.testing.Document;
import gongbei.testing.Patience;
import gongbei.testing.Prerequisite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.IoUtil;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image, built and run by the commands of its page, with storage of its own; what podman is
 * told beside them is for machines without systemd and overlays.
 */
final class ContainerIT {
  private static final Subject HOLDER = new Subject(7, 7);
  private static final String IMAGE = "gongbei";
  private static final String NAME = "gongbei";
  private static final int USER = 9700;
  private static final int TERMINATED = 143;
  private static final String SERVING = "gongbei GD is serving";

  private static long startedNanos;

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
    Prerequisite.require(
        isInstalled("podman"), "podman is missing, so that no image is built and run");
    Prerequisite.require(isInstalled("runc"), "runc is missing, so that no image is built and run");
    Prerequisite.require(
        System.getProperty("user.name").equals("root"),
        "not root, so that the volume can't be given to the image's user");
    runRoot = Files.createTempDirectory(Path.of("/tmp"), "gongbei");
    final Path image = directory.resolve("image");
    run(documented("verifier/packaging/image-root ", "verifier/target/image", image.toString()));
    run(documented("podman build ", "verifier/target/image", image.toString()));
    installation = new Installation(Files.createDirectories(directory.resolve("etc")));
    run(documented("chown ", "/etc/gongbei", installation.directory().toString()));
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

  /** The page's command that begins so, for the repository's top, with something put in place. */
  private static List<String> documented(String start, String here, String there)
      throws IOException {
    final String line =
        Document.CONTAINER.lines().stream()
            .filter(each -> each.startsWith(start))
            .findFirst()
            .orElseThrow(
                () -> new IllegalStateException(Document.CONTAINER.path() + " has no " + start));
    final List<String> words = new ArrayList<>(List.of(line.split(" ", -1)));
    words.replaceAll(word -> word.equals(here) ? there : word);
    words.replaceAll(word -> word.startsWith("verifier/") ? "../" + word : word);
    return words.get(0).equals("podman")
        ? podman(words.subList(1, words.size()).toArray(String[]::new))
        : words;
  }

  /** Starts the node as the page has it, with so much shared memory, or what the engine gives. */
  private static void start(String sharedMemory) throws Exception {
    exitCode(podman("rm", "-f", "-t", "0", NAME));
    final List<String> command =
        documented(
            "podman run ",
            "/etc/gongbei:/etc/gongbei:ro",
            installation.directory() + ":/etc/gongbei:ro");
    final int size = command.indexOf("--shm-size");
    command.set(size + 1, sharedMemory);
    if (sharedMemory.isEmpty()) {
      command.subList(size, size + 2).clear();
    }
    final int limit = command.indexOf("--ulimit");
    command.subList(limit, limit + 2).clear();
    final List<String> here = new ArrayList<>(limitsOfThisMachine());
    here.addAll(List.of("-e", "GONGBEI_URL=" + installation.url()));
    command.addAll(limit, here);
    startedNanos = System.nanoTime();
    run(command);
  }

  /** Podman asks for more open files and processes than a machine may let it set. */
  private static List<String> limitsOfThisMachine() throws Exception {
    final String files = run(List.of("sh", "-c", "ulimit -Hn")).strip();
    return List.of("--ulimit", "nofile=" + files + ":" + files, "--ulimit", "nproc=4096:4096");
  }

  private static String inspected(String what) throws Exception {
    return run(podman("inspect", "--type", "container", "-f", "{{" + what + "}}", NAME)).strip();
  }

  private static String log() {
    try {
      return run(podman("logs", NAME));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits until it serves, and notes for the page how long that took from {@code podman run}. */
  private static void awaitServing() throws Exception {
    awaitServing(1);
    final long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
    Files.writeString(
        Path.of("target", "container-ready-millis.txt"),
        millis + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** Waits until the container has served as many times as it was started. */
  private static void awaitServing(int starts) throws Exception {
    Patience.await(
        ContainerIT::log,
        () -> {
          assertEquals("running", inspected(".State.Status"), ContainerIT::log);
          return lines(log(), SERVING) >= starts;
        });
  }

  private static void assertHealthy() throws Exception {
    final Path told = Files.createTempFile(directory, "health", ".txt");
    try (Command check = Command.start(told, documented("podman healthcheck ", "", ""))) {
      assertEquals(0, check.exitCode(), check::told);
    }
  }

  private static void stop() throws Exception {
    run(documented("podman stop ", "", ""));
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
    start("");
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

    run(documented("podman start ", "", ""));
    awaitServing(2);
    assertHealthy();
    installation.assertPasses(HOLDER);
    stop();
    assertFalse(log().contains("was not closed cleanly"), log());

    start("256m");
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
      start(size);
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
          1,
          lines(started.told(), "gongbei: /etc/gongbei/node.yaml does not exist"),
          started::told);
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
