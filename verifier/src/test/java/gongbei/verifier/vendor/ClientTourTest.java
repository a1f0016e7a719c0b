package gongbei.verifier.vendor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClientTourTest {
  @Test
  void whoHasTheClientAndItsLibrariesAloneNeedsNoOptionOfTheJvm(@TempDir Path directory)
      throws Exception {
    ClientTour.run(ClientClassPath.ofClasses(), directory);
  }

  @Test
  void theLibrariesThatAVendorNeedsAreThoseOfTheClientsList() throws Exception {
    final String pom = ClientClassPath.read(Path.of("client", "pom.xml"));
    final int start = pom.indexOf("<id>what-a-vendor-needs</id>");
    assertEquals(
        Pattern.compile("<include>([^<:]+):([^<]+)</include>")
            .matcher(pom.substring(start, pom.indexOf("</includes>", start)))
            .results()
            .filter(include -> !include.group(1).equals("gongbei"))
            .map((MatchResult include) -> include.group(2))
            .collect(Collectors.toCollection(TreeSet::new)),
        new TreeSet<>(ClientClassPath.LIBRARIES.keySet()));
  }

  @Test
  void thePageNamesEachOfThemWithTheVersionInUse() throws Exception {
    final String page = ClientClassPath.read(Path.of("docs", "reference", "scanner-protocol.md"));
    final Map<String, String> named = new TreeMap<>();
    for (final String line : page.substring(page.indexOf("## In Java")).lines().toList()) {
      final String[] cells = line.split("\\|", -1);
      if (cells.length == 4 && cells[1].contains("`")) {
        Pattern.compile("`(?:[^`:]+:)?([^`:]+)`")
            .matcher(cells[1])
            .results()
            .forEach(library -> named.put(library.group(1), cells[2].strip()));
      }
    }
    final Map<String, String> used = new TreeMap<>();
    ClientClassPath.LIBRARIES.forEach(
        (library, member) ->
            used.put(
                library,
                ClientClassPath.placeOf(member)
                    .getFileName()
                    .toString()
                    .replaceFirst(Pattern.quote(library + "-"), "")
                    .replaceFirst("\\.jar$", "")));
    assertEquals(used, named);
  }
}
