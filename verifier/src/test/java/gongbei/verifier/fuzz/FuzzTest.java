package gongbei.verifier.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Seeds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Gives every parser its seeds, what was once found, and seeds with faults. With {@code
 * JAZZER_FUZZ=1} it is Jazzer instead that looks for inputs, guided by the code they reach: {@code
 * -Dgongbei.fuzz.target=cose,http} in some parsers, else in all one after the other, {@code
 * -Dgongbei.fuzz.seconds=60} each, or {@code -Dgongbei.fuzz.runs=1000000} each; {@code
 * -Dgongbei.seed=17} is where its chances come from, and {@code -Dgongbei.fuzz.inputSeconds=700}
 * lets an input take so long, where the process may be stopped for a while.
 */
final class FuzzTest {
  private static final int DEFAULT_TRIES = 400;
  private static final int DEFAULT_SECONDS = 60;
  private static final int MAX_INPUT_BYTES = 4_400;
  private static final int SECONDS_AN_INPUT = 10;
  private static final int MAX_HEAP_MEBIBYTES = 1_000;
  private static final int MAX_DIRECT_MEBIBYTES = 64;

  /** Heap, 64 MiB outside it, and some 900 MiB of the virtual machine and Jazzer's own. */
  private static final int MAX_MEBIBYTES = 2_500;

  private static final Pattern EXECUTED =
      Pattern.compile("stat::number_of_executed_units: *([0-9]+)");
  private static final Pattern SLOWEST = Pattern.compile("stat::slowest_unit_time_sec: *([0-9]+)");
  private static final Pattern PEAK = Pattern.compile("stat::peak_rss_mb: *([0-9]+)");
  private static final Pattern COVERED = Pattern.compile("DONE +cov: ([0-9]+)");
  private static final Path FOUND = Path.of("src", "test", "resources", "fuzz");

  @AutoClose private final FuzzTargets targets = new FuzzTargets();

  private Stream<String> names() {
    final String only = System.getProperty("gongbei.fuzz.target");
    return only == null
        ? StreamSupport.stream(targets.names().spliterator(), false)
        : Stream.of(only.split(",", -1));
  }

  private static List<byte[]> found(String name) throws IOException {
    final List<byte[]> inputs = new ArrayList<>();
    final Path directory = FOUND.resolve(name);
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        for (final Path file : files.sorted().toList()) {
          inputs.add(Files.readAllBytes(file));
        }
      }
    }
    return inputs;
  }

  @TestFactory
  Stream<DynamicTest> everyParserStandsWhatIsAlmostRight() {
    return names().map(name -> DynamicTest.dynamicTest(name, () -> stand(name)));
  }

  private void stand(String name) throws IOException {
    final FuzzTargets.Target target = targets.of(name);
    final List<byte[]> seeds = new ArrayList<>(target.seeds());
    seeds.addAll(found(name));
    seeds.add(new byte[0]);
    for (final byte[] seed : seeds) {
      take(name, target, seed);
    }
    final Random random = Seeds.random(name);
    final int tries = Integer.getInteger("gongbei.fuzz.tries", DEFAULT_TRIES);
    for (int i = 0; i < tries; i++) {
      take(name, target, mutated(random, seeds));
    }
  }

  private static void take(String name, FuzzTargets.Target target, byte[] input) {
    try {
      target.parser().take(input);
    } catch (Throwable e) {
      throw new AssertionError(
          name + " can't stand " + HexFormat.of().formatHex(input) + ": " + e, e);
    }
  }

  private static byte[] mutated(Random random, List<byte[]> seeds) {
    byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
    for (int times = 1 + random.nextInt(4); times > 0; times--) {
      if (bytes.length == 0) {
        bytes = new byte[] {(byte) random.nextInt()};
      }
      final int at = random.nextInt(bytes.length);
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes = Arrays.copyOf(bytes, at);
        case 3 -> {
          final byte[] cut = new byte[bytes.length - 1];
          System.arraycopy(bytes, 0, cut, 0, at);
          System.arraycopy(bytes, at + 1, cut, at, cut.length - at);
          bytes = cut;
        }
        case 4 -> {
          final byte[] more = Arrays.copyOf(bytes, bytes.length + 1);
          System.arraycopy(bytes, at, more, at + 1, bytes.length - at);
          more[at] = (byte) random.nextInt();
          bytes = more;
        }
        default -> bytes[at] = (byte) (random.nextBoolean() ? 0xFF : 0x7F);
      }
    }
    return bytes;
  }

  @Test
  @EnabledIfEnvironmentVariable(
      named = "JAZZER_FUZZ",
      matches = "1",
      disabledReason =
          "fuzzing takes minutes: JAZZER_FUZZ=1, see verifier/docs/internals/testing.md")
  void jazzerFindsNothing() throws Exception {
    long executions = 0;
    final List<String> broken = new ArrayList<>();
    final StringBuilder report = new StringBuilder();
    for (final String name : names().toList()) {
      final long startedNanos = System.nanoTime();
      final Path home = Path.of("target", "fuzz", name).toAbsolutePath();
      final Path corpus = Files.createDirectories(home.resolve("corpus"));
      int number = 0;
      final List<byte[]> seeds = new ArrayList<>(targets.of(name).seeds());
      seeds.addAll(found(name));
      for (final byte[] seed : seeds) {
        Files.write(corpus.resolve("seed-" + number++), seed);
      }
      final Path output = home.resolve("output");
      final int exit = jazzer(name, home, corpus, output);
      final String said = Files.readString(output, StandardCharsets.ISO_8859_1);
      final long each = number(EXECUTED, said);
      executions += each;
      final Holdings grown = Holdings.grown(said);
      final boolean isLeak = grown != null && grown.isLeak();
      if (exit != 0 || isLeak) {
        broken.add(name);
      }
      report.append(
          String.format(
              Locale.ROOT,
              "%-18s %,14d executions in %,5d s, %,6d edges, %,5d MiB at most, an input %d s at most,"
                  + " %s%s%n",
              name,
              each,
              TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedNanos),
              number(COVERED, said),
              number(PEAK, said),
              number(SLOWEST, said),
              grown == null ? "not warm" : new Holdings(0, 0, 0, 0).growth(grown),
              exit == 0 && !isLeak ? "" : ", broken: see " + output));
    }
    report.append(String.format(Locale.ROOT, "%-18s %,14d executions%n", "all", executions));
    Files.writeString(Path.of("target", "fuzz", "report.txt"), report);
    System.out.print(report);
    assertEquals(List.of(), broken, report.toString());
    assertTrue(executions > 0, "nothing was executed");
  }

  private static long number(Pattern pattern, String text) {
    final Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  private static int jazzer(String name, Path home, Path corpus, Path output) throws Exception {
    final List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(System.getProperty("gongbei.openings").strip().split("\\s+", -1)));
    final Integer runs = Integer.getInteger("gongbei.fuzz.runs");
    command.addAll(
        List.of(
            "-Xmx" + MAX_HEAP_MEBIBYTES + "m",
            "-XX:MaxDirectMemorySize=" + MAX_DIRECT_MEBIBYTES + "m",
            "-XX:+UseSerialGC",
            "-Dgongbei.fuzz.target=" + name,
            "-Dchronicle.analytics.disable=true",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + Fuzz.class.getName(),
            "--instrumentation_includes=gongbei.**",
            // It can't stand Netty's way to call Unsafe, and what it watches is not ours.
            "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.UnsafeSanitizer",
            "--reproducer_path=" + home,
            "-artifact_prefix=" + home + "/",
            "-print_final_stats=1",
            "-seed=" + Seeds.seed(),
            "-max_len=" + MAX_INPUT_BYTES,
            "-timeout=" + Integer.getInteger("gongbei.fuzz.inputSeconds", SECONDS_AN_INPUT),
            "-rss_limit_mb=" + MAX_MEBIBYTES,
            runs == null
                ? "-max_total_time=" + Integer.getInteger("gongbei.fuzz.seconds", DEFAULT_SECONDS)
                : "-runs=" + runs,
            corpus.toString()));
    final Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      return process.waitFor();
    } finally {
      process.destroyForcibly();
    }
  }
}
