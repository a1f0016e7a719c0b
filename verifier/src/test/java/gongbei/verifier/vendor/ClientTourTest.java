package gongbei.verifier.vendor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
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
}
