package gongbei.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Document;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** All documents: where they are, and where they lead. */
final class DocumentsTest {
  private static final int MOST_WORDS_OF_A_MODULE = 400;
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]*)(?:#([^)\\s]*))?\\)");
  private static final Path ROOT = Document.root();

  private static String withoutBlocks(String text) {
    return text.replaceAll("(?ms)^```.*?^```$", "");
  }

  private static List<MatchResult> links(Path page) {
    return LINK.matcher(withoutBlocks(Document.read(page)))
        .results()
        .filter(link -> !link.group(1).matches("[a-z]+:.*"))
        .toList();
  }

  private static Path target(Path page, MatchResult link) {
    return link.group(1).isEmpty() ? page : page.getParent().resolve(link.group(1)).normalize();
  }

  private static Set<String> anchors(Path page) {
    return withoutBlocks(Document.read(page))
        .lines()
        .filter(line -> line.startsWith("#"))
        .map(line -> Document.anchor(line.replaceAll("^#+ ", "")))
        .collect(Collectors.toSet());
  }

  @Test
  void everyLinkLeadsToAFileAndToASectionThatIsThere() {
    final List<String> missing = new ArrayList<>();
    for (final Path page : Document.all()) {
      for (final MatchResult link : links(page)) {
        final Path target = target(page, link);
        if (!Files.exists(target)
            || (link.group(2) != null && !anchors(target).contains(link.group(2)))) {
          missing.add(ROOT.relativize(page) + ": " + link.group());
        }
      }
    }
    assertEquals(List.of(), missing);
  }

  @Test
  void everyFolderHasAnIndexThatLeadsToAllOfItsPages() throws IOException {
    try (Stream<Path> folders = Files.list(ROOT.resolve("verifier/docs"))) {
      for (final Path folder :
          folders.filter(each -> Files.isDirectory(each) && !each.endsWith("images")).toList()) {
        final Path index = folder.resolve("README.md");
        final Set<Path> linked =
            links(index).stream().map(link -> target(index, link)).collect(Collectors.toSet());
        try (Stream<Path> pages = Files.list(folder)) {
          assertEquals(
              List.of(),
              pages.filter(page -> !page.equals(index) && !linked.contains(page)).toList());
        }
      }
    }
  }

  @Test
  void everyDocumentThatTestsKnowIsThere() {
    for (final Document each : Document.values()) {
      assertTrue(Files.exists(ROOT.resolve(each.path())), each.path());
    }
  }

  @Test
  void everyModuleHasAShortReadme() {
    for (final String module : List.of("codec", "replication", "verifier", "bench")) {
      final String text = Document.read(ROOT.resolve(module).resolve("README.md"));
      final int words = text.strip().split("\\s+", -1).length;
      assertTrue(words <= MOST_WORDS_OF_A_MODULE, module + ": " + words + " words");
    }
  }

  /** Pictures are shown by a page, and nothing else is among them. */
  @Test
  void everyPictureIsShown() throws IOException {
    final Set<Path> shown =
        Document.all().stream()
            .flatMap(page -> links(page).stream().map(link -> target(page, link)))
            .collect(Collectors.toSet());
    try (Stream<Path> pictures = Files.list(ROOT.resolve("verifier/docs/images"))) {
      assertEquals(List.of(), pictures.filter(each -> !shown.contains(each)).toList());
    }
  }
}
