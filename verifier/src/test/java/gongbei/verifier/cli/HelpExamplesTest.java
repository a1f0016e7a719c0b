package gongbei.verifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.testing.Document;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.reference.ReferencePage;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The examples in every {@code --help}: there are some, they parse, and they do what they say. */
final class HelpExamplesTest {
  private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");
  private static final String SECRET = "secrets/subject.secret";
  private static final String HOLDER = "2ebb4b65a0e4adb32e86ba03402ef157";

  /** Examples that can't run in one directory of one machine, and who runs what they do. */
  private static final Map<String, String> NOT_HERE =
      Map.of(
          "gongbei serve --config node\\.yaml --role replica", "ReplicaTest: it needs a cluster",
          "gongbei serve --config node\\.yaml", "this test starts the node by that very file",
          ".*https?://(node-1|macau)[:/].*", "hosts of the reader's: FailureWordsTest, TlsTest",
          "gongbei device-test node-1:9700 .*", "a host of the reader's: DeviceCommandsTest",
          "gongbei guardians link .*", "GuardianHttpTest: it needs the guardian's fresh code",
          "gongbei appeals grant .*",
              "AppealsCommandTest: an appeal is decided once, and here refused",
          "gongbei cluster hand-over .*", "ClusterCommandsTest: it needs another member",
          "gongbei demo .*", "CommandLineTest: it takes a machine for itself");

  /** What one types where a command asks for it, or reads from standard input. */
  private static final Map<String, String> TYPED =
      Map.of("--document-number", "11010519491231002X", "--lines", "GD1:BB8\n");

  /** Commands whose answer is no, as it should be. */
  private static final Set<String> REFUSED =
      Set.of("gongbei scan", "gongbei pack judge", "gongbei lookup", "gongbei venue visit");

  /** The names of the session's files, as the examples have them. */
  private static final Pattern FILE =
      Pattern.compile(
          "(keys|macau|authority|secrets|ca|tls|data|restored|backup|devices|tiles|proof|foreign)(/[a-z.]+)?"
              + "|[a-z0-9-]+\\.(png|jsonl|csv|txt|yaml|pdf|pack|credential|keys|key|json)");

  @TempDir private Path directory;
  private final InputStream inputBefore = System.in;
  private String said = "";
  private String code = "";
  private String venue = "";
  private String keyId = "";
  private String appeal = "";
  private Node node;

  @AfterEach
  void end() {
    System.setIn(inputBefore);
    if (node != null) {
      node.close();
    }
  }

  private static Map<String, CommandLine> commands() {
    final Map<String, CommandLine> commands = new TreeMap<>();
    collect(Gongbei.commandLine(), commands);
    return commands;
  }

  private static void collect(CommandLine line, Map<String, CommandLine> into) {
    if (!line.getCommandName().equals("help")) {
      into.put(line.getCommandSpec().qualifiedName(), line);
      line.getSubcommands().values().forEach(each -> collect(each, into));
    }
  }

  private static List<String> words(String example) {
    final List<String> words = new ArrayList<>();
    final Matcher word = WORD.matcher(example);
    while (word.find()) {
      words.add(
          word.group(1) != null
              ? word.group(1)
              : word.group(2) != null ? word.group(2) : word.group(3));
    }
    return words;
  }

  private int run(List<String> arguments) {
    final StringWriter text = new StringWriter();
    final int exitCode =
        Gongbei.commandLine()
            .setOut(new PrintWriter(text))
            .setErr(new PrintWriter(text))
            .execute(arguments.toArray(new String[0]));
    said = text.toString();
    return exitCode;
  }

  @Test
  void everyCommandsHelpEndsWithExamplesOfItselfEachOnALine() {
    assertEquals(commands().keySet(), new TreeSet<>(HelpExamples.all().keySet()));
    HelpExamples.all()
        .forEach(
            (command, examples) -> {
              assertFalse(examples.isEmpty(), command);
              final List<String> help = words(command).subList(1, words(command).size());
              final List<String> asked = new ArrayList<>(help);
              asked.add("--help");
              assertEquals(0, run(asked), command);
              final int start = said.indexOf("\nExamples:\n");
              assertTrue(start > 0, said);
              assertEquals(
                  examples.stream().map(each -> "  " + each).toList(),
                  said.substring(start + 11).lines().toList(),
                  command);
            });
  }

  @Test
  void everyExampleIsOneOfItsCommandAndParses() {
    HelpExamples.all()
        .forEach(
            (command, examples) -> {
              for (final String example : examples) {
                assertTrue(example.startsWith(command + " "), example);
                final List<String> words = words(example);
                final CommandLine line = Gongbei.commandLine();
                line.setInterpolateVariables(true);
                if (words.contains("--document-number")) {
                  words.add(words.indexOf("--document-number") + 1, "1");
                }
                line.parseArgs(words.subList(1, words.size()).toArray(new String[0]));
              }
            });
  }

  @Test
  void theSessionOfTheExamplesRuns() throws Exception {
    writeWhatAReaderHas();
    final List<String> failed = new ArrayList<>();
    for (final Map.Entry<String, List<String>> section : HelpExamples.all().entrySet()) {
      for (final String example : section.getValue()) {
        if (section.getKey().equals("gongbei") || isNotHere(example)) {
          continue;
        }
        if (example.contains(":8080") && node == null) {
          startNode();
        }
        final int exitCode = run(own(section.getKey(), example));
        final int expected = REFUSED.contains(section.getKey()) ? 1 : 0;
        if (exitCode != expected) {
          failed.add(example + " ended with " + exitCode + ": " + said);
        }
        learn(section.getKey());
      }
    }
    assertEquals(List.of(), failed);
    for (final String made :
        List.of("code.png", "papers.pdf", "full.pack", "excerpt.jsonl", "backup", "restored")) {
      assertTrue(Files.exists(directory.resolve(made)), made);
    }
  }

  private static boolean isNotHere(String example) {
    return NOT_HERE.keySet().stream().anyMatch(example::matches);
  }

  /** An example as it is run: in the test's directory, on the node's port, with what is asked. */
  private List<String> own(String command, String example) {
    final List<String> own = new ArrayList<>();
    final List<String> words = words(example);
    for (int i = 1; i < words.size(); i++) {
      final String word = words.get(i);
      if (word.equals("$CODE")) {
        own.add(code);
      } else if (word.equals("$VENUE")) {
        own.add(venue);
      } else if (FILE.matcher(word).matches() && i >= words(command).size()) {
        own.add(directory.resolve(word).toString());
      } else if (word.contains("127.0.0.1:8080")) {
        own.add(word.replace("8080", "" + node.httpPort()));
      } else if (words.get(1).equals("device-test") && word.equals("127.0.0.1")) {
        own.add("127.0.0.1:" + node.tcpPort());
      } else if (word.equals("f56f2674")) {
        own.add(keyId);
      } else if (word.equals("4711")) {
        own.add(appeal);
      } else {
        own.add(word);
      }
      if (word.equals("--document-number")) {
        own.add(TYPED.get(word));
      } else if (word.equals("--lines")) {
        System.setIn(new ByteArrayInputStream(TYPED.get(word).getBytes(StandardCharsets.UTF_8)));
      }
    }
    if (example.startsWith("gongbei holder show --document-type")) {
      own.addAll(List.of("--url", "http://127.0.0.1:" + node.httpPort()));
    }
    return own;
  }

  private void learn(String command) throws Exception {
    if (command.equals("gongbei keygen") && Files.exists(directory.resolve(SECRET))) {
      // The holder of the examples is whom reference/subjects.md makes by this secret.
      Files.writeString(
          directory.resolve(SECRET),
          "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    } else if (command.equals("gongbei issue")) {
      code = said.strip();
      Files.writeString(directory.resolve("codes.jsonl"), "{\"code\":\"" + code + "\"}\n");
    } else if (command.equals("gongbei apikey create") && keyId.isEmpty()) {
      keyId = said.strip().substring(4, 12);
    } else if (command.equals("gongbei mint")) {
      code = said.strip();
    } else if (command.equals("gongbei venue issue") && venue.isEmpty()) {
      venue = said.strip();
    } else if (command.equals("gongbei venue issue")) {
      Files.writeString(directory.resolve("licence.txt"), said);
    } else if (command.equals("gongbei appeals open")) {
      appeal = said.substring(0, said.indexOf(' '));
    }
  }

  private void writeWhatAReaderHas() throws Exception {
    Files.writeString(
        directory.resolve("people.csv"),
        "documentType,documentNumber,colour,result,sampleTime,doses,lastDoseDate,flags\n"
            + "mainland-id,11010519491231002X,green,,,2,2025-03-01,\n");
    Files.writeString(
        directory.resolve("rules.jsonl"),
        """
        {"Identifier":"VR-FR-0001","Type":"Acceptance","Country":"FR","Version":"1.0.0",\
        "SchemaVersion":"1.0.0","Engine":"CERTLOGIC","EngineVersion":"1.3.3",\
        "CertificateType":"Vaccination","ValidFrom":"2022-01-01T00:00:00Z",\
        "ValidTo":"2099-01-01T00:00:00Z","AffectedFields":["v.0.tg"],\
        "Description":[{"lang":"en","desc":"Of COVID-19."}],\
        "Logic":{"in":[{"var":"payload.v.0.tg"},{"var":"external.valueSets.targets"}]}}
        """);
    Files.writeString(
        directory.resolve("denylist.json"), "{\"revoked\":[{\"identifier\":\"VB0009990012\"}]}");
    Files.writeString(directory.resolve("sets.json"), "{\"targets\":[\"840539006\"]}");
    Files.writeString(
        directory.resolve("collections.json"), "{\"a\":{\"targets\":[\"840539006\"]}}");
    Files.writeString(
        directory.resolve("tests.jsonl"),
        "{\"rule\":\"VR-FR-0001\",\"valueSets\":\"a\",\"payload\":{\"v\":[{\"tg\":\"840539006\"}]},"
            + "\"external\":{},\"expected\":true}\n");
    Files.writeString(
        directory.resolve("suite.json"),
        "{\"cases\":[{\"name\":\"a\",\"certLogicExpression\":{\"var\":\"\"},"
            + "\"assertions\":[{\"data\":1,\"expected\":1}]}]}");
    Files.writeString(directory.resolve("members.txt"), HOLDER + "\n");
    Files.writeString(directory.resolve("elders.csv"), HOLDER + ",Lei\n");
    Files.writeString(
        directory.resolve("stadium.yaml"),
        "name: stadium\nversion: 1\nallowedColours: [green]\ntestWithinHours: 72\n");
    Files.writeString(
        directory.resolve("grounds.yaml"),
        new ReferencePage(Document.GROUNDS).blocks("yaml").get(0));
    Files.writeString(
        directory.resolve("node.yaml"),
        """
        region: GD
        dataDirectory: data
        trustDirectory: keys
        signingKeyDirectory: keys
        authorityDirectory: authority
        lookupDirectory: authority
        subjectSecretFile: secrets/subject.secret
        maxSubjects: 1000
        http: {host: 127.0.0.1, port: 0}
        tcp: {host: 127.0.0.1, port: 0}
        replication: {logTermBytes: 1048576, segmentBytes: 1048576, lowStorageBytes: 16777216}
        """);
  }

  private void startNode() throws Exception {
    node = Node.start(NodeConfig.read(directory.resolve("node.yaml")));
    node.resources()
        .log()
        .submit(
            StatusCommand.SetStatus.of(Subject.ofHex("000102030405060708090a0b0c0d0e0f"))
                .colour(Colour.GREEN)
                .build())
        .join();
  }
}
