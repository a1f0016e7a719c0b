package gongbei;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each package says in one to five sentences what lives there, and names what it has for users. */
final class PackageInfoTest {
  private static final List<String> MODULES =
      List.of(
          "codec",
          "replication",
          "verifier",
          "verifier/client",
          "bench",
          "bench/peer",
          "bench/stress");

  /** The rules of trust, which stand as a list on their page. */
  private static final Set<String> LISTS = Set.of("validity");

  /** What SBE generates a page of, beside the classes that it generates. */
  private static final Set<String> GENERATED = Set.of("protocol");

  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*\\*(.*?)\\*/\\s*package ");
  private static final Pattern SENTENCE = Pattern.compile("\\.(?=\\s|$)");
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^@Command\\(\\s*name = \"([a-z-]+)\"");
  private static final Pattern CODE = Pattern.compile("\\{@code\\s+([a-z -]+)}");

  private static List<Path> packages() throws IOException {
    final Set<Path> packages = new TreeSet<>();
    for (final String module : MODULES) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
        files
            .filter(each -> each.toString().endsWith(".java"))
            .map(Path::getParent)
            .filter(each -> !GENERATED.contains(each.getFileName().toString()))
            .forEach(packages::add);
      }
    }
    assertTrue(packages.size() > 80, packages.size() + " packages");
    return List.copyOf(packages);
  }

  private static String textOf(Path directory) throws IOException {
    final var comment = COMMENT.matcher(Files.readString(directory.resolve("package-info.java")));
    return comment.find() ? comment.group(1).replaceAll("\\s*\n \\*\\s*", " ").strip() : "";
  }

  @Test
  void eachPackageSaysInOneToFiveSentencesWhatLivesThere() throws IOException {
    final List<String> wrong = new ArrayList<>();
    for (final Path directory : packages()) {
      if (!Files.exists(directory.resolve("package-info.java"))) {
        wrong.add(directory + " says nothing of itself");
        continue;
      }
      final long sentences = SENTENCE.matcher(textOf(directory)).results().count();
      if (sentences < 1 || (sentences > 5 && !LISTS.contains(directory.getFileName().toString()))) {
        wrong.add(directory + " has " + sentences + " sentences");
      }
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void aPackageOfCommandsNamesEachOfThem() throws IOException {
    final Map<String, Set<String>> missing = new TreeMap<>();
    int commands = 0;
    for (final Path directory : packages()) {
      if (!directory.toString().contains("cli")) {
        continue;
      }
      final Set<String> named = new TreeSet<>();
      CODE.matcher(textOf(directory))
          .results()
          .forEach(each -> named.addAll(List.of(each.group(1).split(" ", -1))));
      try (Stream<Path> files = Files.list(directory)) {
        for (final Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          final var command = COMMAND.matcher(Files.readString(file));
          if (command.find()) {
            commands++;
            if (!named.contains(command.group(1)) && !command.group(1).equals("gongbei")) {
              missing
                  .computeIfAbsent(directory.getFileName().toString(), unused -> new TreeSet<>())
                  .add(command.group(1));
            }
          }
        }
      }
    }
    assertTrue(commands > 25, commands + " commands");
    assertEquals(Map.of(), missing);
  }
}
