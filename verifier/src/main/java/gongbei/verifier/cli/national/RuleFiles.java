package gongbei.verifier.cli.national;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import gongbei.codec.trust.FileFault;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.config.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads files of rules, tests and value sets; says which file and line is at fault. */
final class RuleFiles {
  private static final ObjectReader JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private RuleFiles() {}

  /** The JSON of a whole file. */
  static JsonNode json(Path file) {
    return parse(file.toString(), read(file));
  }

  /** The JSON of each line; empty lines are ignored. */
  static List<JsonNode> lines(Path file) {
    final List<JsonNode> all = new ArrayList<>();
    int number = 0;
    for (final String line : new String(read(file), StandardCharsets.UTF_8).split("\\R", -1)) {
      number++;
      if (!line.isBlank()) {
        all.add(parse(file + ":" + number, line.getBytes(StandardCharsets.UTF_8)));
      }
    }
    return all;
  }

  private static byte[] read(Path file) {
    try (InputStream bytes = Files.newInputStream(file)) {
      final byte[] read = bytes.readNBytes(Limits.MAX_RULE_FILE_BYTES + 1);
      if (read.length > Limits.MAX_RULE_FILE_BYTES) {
        throw CommandException.refused(
            file + " is longer than " + Limits.MAX_RULE_FILE_BYTES + " bytes");
      }
      return read;
    } catch (IOException e) {
      throw CommandException.unreachable(file + " " + FileFault.reasonOf(e));
    }
  }

  private static JsonNode parse(String source, byte[] json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw CommandException.refused(source + " is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw CommandException.refused(source + " is not JSON in UTF-8");
    }
  }
}
