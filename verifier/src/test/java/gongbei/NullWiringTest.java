package gongbei;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Null stands for no service that is off: what a class is made with is there, or an {@code
 * Optional} says that it is not. So a final field is never asked whether it is null, nor is any
 * field of a context; a field that is made late, or that ends, is not final.
 */
final class NullWiringTest {
  private static final List<String> MODULES =
      List.of("codec", "replication", "verifier", "verifier/client", "bench");

  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\n]*");

  private static final Pattern FINAL_FIELD =
      Pattern.compile("(?m)^ +(?:private|protected) final [^;=()]+?(\\w+);$");

  private static final Pattern FIELD =
      Pattern.compile("(?m)^ +private (?!static)[^;=()]+?(\\w+)(?: = [^;]+)?;$");

  private static final Pattern NULL_CHECK =
      Pattern.compile("(?<![\\w.])(?:this\\.)?(\\w+) [!=]= null");

  private static final String INNER_LOOP = "an inner loop, which reads one field less";
  private static final String FILE = "a setting of a file, which may be left out";

  /** Files in which such a field is asked nevertheless. */
  private static final Map<String, String> EXCEPTIONS =
      Map.of(
          "GeneratorComb", INNER_LOOP,
          "PointSums", INNER_LOOP,
          "HmacNonces", INNER_LOOP,
          "SigningBatch", INNER_LOOP,
          "ScanEvaluator", INNER_LOOP,
          "ReplicationConfig", FILE,
          "JsonBody", "a request's body, which may be missing");

  @Test
  void noFinalFieldIsAskedWhetherItIsThere() throws IOException {
    final Map<String, Set<String>> found = found();
    found.keySet().removeAll(EXCEPTIONS.keySet());
    assertEquals(Map.of(), found);
  }

  @Test
  void everyExceptionIsNeeded() throws IOException {
    final var unneeded = new TreeSet<>(EXCEPTIONS.keySet());
    unneeded.removeAll(found().keySet());
    assertEquals(List.of(), List.copyOf(unneeded));
  }

  @Test
  void whatIsAskedIsFoundAndALocalVariableOfTheNameIsNot() {
    final String field = "  private final Feed feed;\n";
    assertEquals(Set.of("feed"), asked(field + "    if (feed != null) {\n", FINAL_FIELD));
    assertEquals(Set.of("feed"), asked(field + "    return this.feed == null;\n", FINAL_FIELD));
    assertEquals(
        Set.of(),
        asked(field + "    final Feed feed = find();\n    if (feed == null) {\n", FINAL_FIELD));
    assertEquals(Set.of(), asked("  private Feed feed;\n    if (feed == null) {\n", FINAL_FIELD));
    assertEquals(Set.of("feed"), asked("  private Feed feed;\n    if (feed == null) {\n", FIELD));
  }

  private static Set<String> asked(String source, Pattern fields) {
    final Set<String> names = new TreeSet<>();
    fields.matcher(source).results().forEach(field -> names.add(field.group(1)));
    final Set<String> asked = new TreeSet<>();
    final Matcher check = NULL_CHECK.matcher(source);
    while (check.find()) {
      if (names.contains(check.group(1)) && !isLocal(source, check.group(1))) {
        asked.add(check.group(1));
      }
    }
    return asked;
  }

  /** Whether a variable or a parameter of some method has the name. */
  private static boolean isLocal(String source, String name) {
    return Pattern.compile(
            "(?m)^ {4,}+(?!return|private|protected)(?:final )?[\\w.<>\\[\\], ?]+ "
                + name
                + "( =|;)|\\w+ "
                + name
                + "\\)? ->")
        .matcher(source)
        .find();
  }

  private static Map<String, Set<String>> found() throws IOException {
    final Map<String, Set<String>> found = new TreeMap<>();
    int read = 0;
    for (final String module : MODULES) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
        for (final Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          read++;
          final String name = file.getFileName().toString().replace(".java", "");
          final Set<String> asked =
              asked(
                  COMMENT.matcher(Files.readString(file)).replaceAll(""),
                  name.endsWith("Context") ? FIELD : FINAL_FIELD);
          if (!asked.isEmpty()) {
            found.put(name, asked);
          }
        }
      }
    }
    assertTrue(read > 400, read + " files");
    return found;
  }
}
