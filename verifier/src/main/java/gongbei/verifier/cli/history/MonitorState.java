package gongbei.verifier.cli.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.file.PrivateFiles;
import gongbei.codec.transparency.Frontier;
import gongbei.codec.transparency.SignedHead;
import gongbei.codec.transparency.TransparencyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a monitor remembers between its turns, in a file: heads, the tree, and counts by hour. */
final class MonitorState {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  Optional<SignedHead> head = Optional.empty();
  Frontier tree = new Frontier();

  /** Heads that were signed of fewer entries than the newest, and are to be held to the next. */
  final List<SignedHead> smaller = new ArrayList<>();

  /**
   * How many holders were stopped: hour, authority, ground, and the effect where it is not their
   * colour, to the number.
   */
  final TreeMap<String, Long> restricted = new TreeMap<>();

  /** The numbers that were reported. */
  final TreeMap<String, Long> reported = new TreeMap<>();

  private MonitorState(Path file) {
    this.file = file;
  }

  /**
   * Reads what is remembered; nothing where there is no file.
   *
   * @throws TransparencyException where the file holds no heads
   */
  static MonitorState read(Path file) throws IOException, TransparencyException {
    final MonitorState state = new MonitorState(file);
    if (!Files.exists(file)) {
      return state;
    }
    final JsonNode json = JSON.readTree(Files.readString(file));
    state.head = Optional.of(SignedHead.of(json.path("head").asText()));
    try {
      state.tree = Frontier.of(Base64.getDecoder().decode(json.path("tree").asText()));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": tree is not base64", e);
    }
    for (final JsonNode each : json.path("smaller")) {
      state.smaller.add(SignedHead.of(each.asText()));
    }
    readCounts(json.path("restricted"), state.restricted);
    readCounts(json.path("reported"), state.reported);
    return state;
  }

  private static void readCounts(JsonNode from, Map<String, Long> into) {
    from.properties().forEach(each -> into.put(each.getKey(), each.getValue().asLong()));
  }

  /** Writes what is to be remembered, whole or not at all. */
  void write() throws IOException {
    final ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("head", head.orElseThrow().note());
    json.put("tree", Base64.getEncoder().encodeToString(tree.toBytes()));
    final ArrayNode notes = json.putArray("smaller");
    smaller.forEach(each -> notes.add(each.note()));
    writeCounts(restricted, json.putObject("restricted"));
    writeCounts(reported, json.putObject("reported"));
    PrivateFiles.replace(file, json.toPrettyString().getBytes(StandardCharsets.UTF_8));
  }

  private static void writeCounts(Map<String, Long> from, ObjectNode into) {
    from.forEach(into::put);
  }

  /** Keeps two heads that can't both be of one history, for whoever is to be shown them. */
  Path writeEvidence(SignedHead one, SignedHead other) throws IOException {
    final Path evidence = file.resolveSibling(file.getFileName() + ".fork-" + other.head().size());
    PrivateFiles.replace(
        evidence, (one.note() + "\n" + other.note()).getBytes(StandardCharsets.UTF_8));
    return evidence;
  }
}
