package gongbei.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import picocli.CommandLine;

final class ReportTest {
  @TempDir private Path directory;

  private static Document parse(String page) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(
            new ByteArrayInputStream(
                page.replace("<!DOCTYPE html>", "").getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aLittleOfEverythingIsMeasuredAndMakesAPageThatNeedsNothingElse() throws Exception {
    final Path page = directory.resolve("report.html");
    assertEquals(
        0,
        new CommandLine(new ReportCommand())
            .execute(
                "--quick",
                "--data",
                directory.resolve("data").toString(),
                "--out",
                page.toString()));
    final String html = Files.readString(page);
    final Document document = parse(html);
    assertTrue(document.getElementsByTagName("svg").getLength() >= 4, "plots");
    assertTrue(html.contains("Latency by rate"), "steps");
    assertTrue(html.contains("Three times too much"), "overload");
    assertTrue(html.contains("StageBenchmark.decode"), "benchmarks");
    assertFalse(html.contains("NaN"), "a figure is none");
    assertFalse(html.matches("(?s).*(src|href)=.*"), "something is fetched");
  }

  @Test
  void theCommittedPageIsThatOfTheCommittedFigures() throws Exception {
    final Path committed = Path.of("report");
    assertEquals(
        new ReportPage(Figures.read(committed.resolve("data"))).write(),
        Files.readString(committed.resolve("report.html")));
  }

  @Test
  void aFileThatIsNeitherOfALoadNorOfJmhIsRefusedByName() throws Exception {
    Files.writeString(directory.resolve("other.json"), "{}");
    assertTrue(
        assertThrows(IOException.class, () -> Figures.read(directory))
            .getMessage()
            .contains("other.json"));
  }
}
