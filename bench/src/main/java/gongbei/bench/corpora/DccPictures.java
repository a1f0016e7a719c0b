package gongbei.bench.corpora;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the EU's dcc-quality-assurance pictures through {@code verify --image}: the answer has to be
 * that to the text which an independent reader found in the picture. No issuer's key is at hand, so
 * each is of an unknown issuer; that a code is revoked only its issuer knows.
 */
final class DccPictures {
  private final Path folder;

  DccPictures(Path corpora) {
    folder = corpora.resolve("dcc-pictures");
  }

  List<Outcome> run() throws IOException {
    final List<Outcome> outcomes = new ArrayList<>();
    for (final JsonNode row : JsonFiles.lines(folder.resolve("pictures.jsonl"))) {
      final String file = row.get("file").textValue();
      outcomes.add(
          check("dcc-pictures/" + file, folder.resolve(file), row.get("text").textValue()));
    }
    return outcomes;
  }

  /**
   * Whether a picture is read as this text: it gets the answer that the text gets. One of the codes
   * names a day of month 17, and is malformed either way.
   */
  static Outcome check(String name, Path file, String text) {
    final List<JsonNode> right = CommandRun.of("verify", "--json", text).answers();
    final List<JsonNode> read =
        CommandRun.of("verify", "--json", "--image", file.toString()).answers();
    final boolean isCode = right.size() == 1 && right.get(0).path("format").isTextual();
    return new Outcome(
        name,
        "what the text that is in it gets",
        read.isEmpty() ? "there was no answer" : CommandRun.inWords(read.get(0)),
        isCode && read.containsAll(right));
  }
}
