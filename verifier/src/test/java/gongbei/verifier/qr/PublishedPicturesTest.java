package gongbei.verifier.qr;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.testing.TestCorpora;
import gongbei.verifier.print.QrImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The pictures of EU codes as some thirty issuers have published them. */
final class PublishedPicturesTest {
  private static final int COUNT = 190;

  @Test
  void everyPublishedPictureIsReadAsAnotherReaderReadsIt() throws IOException {
    final Path pictures = TestCorpora.require("dcc-pictures");
    final ObjectMapper json = new ObjectMapper();
    final Map<String, String> wrong = new TreeMap<>();
    int right = 0;
    for (final String line : Files.readAllLines(pictures.resolve("pictures.jsonl"))) {
      final JsonNode picture = json.readTree(line);
      final String file = picture.path("file").asText();
      final List<String> read;
      try (InputStream bytes = Files.newInputStream(pictures.resolve(file))) {
        read = QrImage.readAll(bytes);
      } catch (QrImage.UnreadableException e) {
        wrong.put(file, e.getMessage());
        continue;
      }
      if (read.equals(List.of(picture.path("text").asText()))) {
        right++;
      } else {
        wrong.put(file, read.toString());
      }
    }
    assertEquals(Map.of(), wrong);
    assertEquals(COUNT, right);
  }
}
