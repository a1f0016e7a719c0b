package gongbei.verifier.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.testing.OneJdk;
import gongbei.testing.Prerequisite;
import gongbei.verifier.TestNode;
import gongbei.verifier.print.QrImage;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures that are chosen on the checkpoint page: read as the command line reads them. */
@OneJdk
final class PagePicturesTest {
  private static final Path CORPORA = Path.of("..", "..", "shared", "corpora");

  /** One published picture in so many, besides those of Belgium, whose modules are the smallest. */
  private static final int SAMPLE = 12;

  @TempDir private static Path directory;
  @AutoClose private static TestNode node;
  @AutoClose private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    Browser.require();
    node = new TestNode();
    browser = new Browser(directory, "en");
    browser.openAnew(node.http("/checkpoint"));
    browser.until("kinds", () -> browser.find("#kind").getText().length() > 4);
  }

  private static Path corpus(String name) {
    return Prerequisite.require(CORPORA.resolve(name));
  }

  /** What the page's reader reads in a file. */
  private static Object read(Path file) throws Exception {
    return browser.await(
        "const { readFile } = await import('/pages/scanner.js');"
            + "const bytes = Uint8Array.from(atob(arguments[0]), (each) => each.charCodeAt(0));"
            + "return readFile(new Blob([bytes]));",
        Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
  }

  @Test
  void publishedPicturesAreReadOnThePageAsOnTheCommandLine() throws Exception {
    final Path folder = corpus("dcc-pictures");
    final Map<String, Object> wrong = new TreeMap<>();
    int index = 0;
    int tried = 0;
    for (final String line : Files.readAllLines(folder.resolve("pictures.jsonl"))) {
      final JsonNode picture = new ObjectMapper().readTree(line);
      final String file = picture.path("file").asText();
      if (index++ % SAMPLE == 0 || file.startsWith("BE_1.3.0")) {
        tried++;
        final Object read = read(folder.resolve(file));
        if (!List.of(picture.path("text").asText()).equals(read)) {
          wrong.put(file, String.valueOf(read));
        }
      }
    }
    assertEquals(Map.of(), wrong);
    assertTrue(tried > 20, "tried " + tried);
  }

  @Test
  void lightOnDarkAndACodeBelowAnotherAreReadOnThePage() throws Exception {
    final Path folder = corpus("real-world").resolve("images");
    final Object plain = read(folder.resolve("01-plain.png"));
    assertTrue(plain instanceof List<?> read && read.size() == 1, String.valueOf(plain));
    assertEquals(plain, read(folder.resolve("02-inverted.png")));
    assertEquals(plain, read(folder.resolve("42-two-url-top.png")));
  }

  @Test
  void webpIsReadByTheCommandLineToo() throws Exception {
    final String code = node.code(TestNode.GREEN);
    final String webp =
        (String)
            browser.await(
                "const bytes = Uint8Array.from(atob(arguments[0]), (each) => each.charCodeAt(0));"
                    + "const picture = await createImageBitmap(new Blob([bytes]));"
                    + "const canvas = document.createElement('canvas');"
                    + "canvas.width = picture.width; canvas.height = picture.height;"
                    + "canvas.getContext('2d').drawImage(picture, 0, 0);"
                    + "return canvas.toDataURL('image/webp', 0.5);",
                Base64.getEncoder().encodeToString(QrImage.png(code)));
    assertTrue(webp.startsWith("data:image/webp;base64,"), webp);
    final byte[] file = Base64.getDecoder().decode(webp.substring(webp.indexOf(',') + 1));
    assertEquals(List.of(code), QrImage.readAll(new ByteArrayInputStream(file)));
  }

  @Test
  void severalHealthCodesInAPictureAreShownOneAfterTheOther() throws Exception {
    final BufferedImage picture = new BufferedImage(1_300, 620, BufferedImage.TYPE_INT_RGB);
    final Graphics2D graphics = picture.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
    int x = 0;
    for (final byte[] png :
        List.of(
            QrImage.png(node.code(TestNode.GREEN)), QrImage.png(node.code(TestNode.POSITIVE)))) {
      graphics.drawImage(ImageIO.read(new ByteArrayInputStream(png)), x, 10, null);
      x += 650;
    }
    graphics.dispose();
    final Path file = directory.resolve("two.png");
    ImageIO.write(picture, "png", file.toFile());
    browser.openAnew(node.http("/checkpoint"));
    browser.until("kinds", () -> browser.find("#kind").getText().length() > 4);
    browser.find("#picture").sendKeys(file.toString());
    browser.until("a verdict", () -> browser.text("#verdict-facts").contains("1 of 2"));
    final String first = browser.find("#verdict").getDomAttribute("data-reason");
    browser.until(
        "the other's",
        () -> {
          if (browser.text("#verdict-facts").contains("1 of 2")) {
            browser.click("#next");
          }
          return browser.text("#verdict-facts").contains("2 of 2");
        });
    final String second = browser.find("#verdict").getDomAttribute("data-reason");
    assertEquals(Map.of("ok", 1, "positive-test", 1), new TreeMap<>(Map.of(first, 1, second, 1)));
    browser.putOut(() -> browser.click("#next"));
  }
}
