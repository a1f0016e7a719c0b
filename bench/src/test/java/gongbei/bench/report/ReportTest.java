package gongbei.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.testing.OneJdk;
import gongbei.testing.Prerequisite;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import picocli.CommandLine;

@OneJdk
final class ReportTest {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

  @TempDir private Path directory;

  private static Document parse(String page) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(
            new ByteArrayInputStream(
                page.replace("<!DOCTYPE html>", "").getBytes(StandardCharsets.UTF_8)));
  }

  /** How many plots the page's own script is given. */
  private static int plots(String page) throws Exception {
    final NodeList scripts = parse(page).getElementsByTagName("script");
    for (int i = 0; i < scripts.getLength(); i++) {
      final Element script = (Element) scripts.item(i);
      if (script.getAttribute("id").equals("report")) {
        return new ObjectMapper().readTree(script.getTextContent()).findValues("option").size();
      }
    }
    throw new IllegalStateException("no figures are in the page");
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
    final String whole = Files.readString(page);
    final String html = whole.replace(ReportPage.library(), "");
    assertTrue(html.length() < whole.length(), "the library is in it");
    assertTrue(plots(whole) >= 4, "plots");
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
  void aBrowserDrawsEveryPlotOfTheCommittedPageFromThePageAlone() throws Exception {
    Prerequisite.require(Files.isExecutable(CHROMIUM), CHROMIUM + " is not here");
    final Path page = Path.of("report", "report.html").toAbsolutePath();
    final Process browser =
        new ProcessBuilder(
                CHROMIUM.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                "--user-data-dir=" + directory.resolve("profile"),
                "--virtual-time-budget=10000",
                "--dump-dom",
                page.toUri().toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    final String drawn =
        new String(browser.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, browser.waitFor());
    final String body = drawn.substring(0, drawn.indexOf("<script"));
    assertEquals(
        plots(Files.readString(page)), body.split("<svg", -1).length - 1, "plots in the page");
    assertTrue(body.contains("<td class=\"\">headline</td>"), "tables");
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
