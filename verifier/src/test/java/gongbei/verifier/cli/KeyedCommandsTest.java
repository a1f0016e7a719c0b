package gongbei.verifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SubjectSecret;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.map.Subject;
import gongbei.testing.OneJdk;
import gongbei.testing.SecretFile;
import gongbei.verifier.access.ApiKey;
import gongbei.verifier.access.ApiKeys;
import gongbei.verifier.access.Role;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.ground.GroundTableJson;
import gongbei.verifier.node.Node;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Every command that takes a key shows it with whatever it asks of a node. */
@OneJdk
final class KeyedCommandsTest {
  private static final String OPTION = "--api-key-file";
  private static final Subject HOLDER = new Subject(1, 1);

  /** What a node says of itself to everybody: these commands ask for nothing else. */
  private static final Set<String> ASK_WHAT_IS_PUBLIC =
      Set.of(
          "gongbei status",
          "gongbei cluster members",
          "gongbei appeals open",
          "gongbei minting show",
          "gongbei venue visit",
          "gongbei history prove",
          "gongbei history verify",
          "gongbei history watch");

  @TempDir private Path directory;

  /** Every command, at whatever depth, that has the option. */
  private static Set<String> keyed(CommandLine line) {
    final Set<String> names = new TreeSet<>();
    if (line.getCommandSpec().findOption(OPTION) != null) {
      names.add(line.getCommandSpec().qualifiedName());
    }
    line.getSubcommands().values().forEach(each -> names.addAll(keyed(each)));
    return names;
  }

  private Map<String, List<String>> arguments(String url) throws Exception {
    final String keys = directory.resolve("authority").toString();
    final Path residents =
        Files.writeString(
            directory.resolve("residents.csv"),
            "subject,colour,result,sampleTime,doses,lastDoseDate,flags\n"
                + HOLDER.toHex()
                + ",green,,,1,,\n");
    final Path members = Files.writeString(directory.resolve("members.txt"), HOLDER.toHex() + "\n");
    final Path holders =
        Files.writeString(directory.resolve("holders.csv"), HOLDER.toHex() + ",Lei\n");
    final List<String> place = List.of("--url", url);
    final List<String> signed = List.of("--url", url, "--authority-keys", keys);
    final Map<String, List<String>> all = new HashMap<>();
    all.put("status", place);
    all.put("top", joined(place, "--times", "1"));
    all.put("cluster members", place);
    all.put("mint", joined(place, "--subject", HOLDER.toHex()));
    all.put("scan", joined(place, "--checkpoint", "metro", "GD1:BB8"));
    all.put("holder show", joined(place, "--subject", HOLDER.toHex()));
    all.put("holder set", joined(signed, "--subject", HOLDER.toHex(), "--doses", "1"));
    all.put("translate", joined(place, "--target", "GD", "MO1:X"));
    all.put("grounds show", place);
    all.put(
        "grounds put",
        joined(
            signed,
            Files.writeString(
                    directory.resolve("grounds.yaml"),
                    GroundTableJson.of(GroundTable.DEFAULT).put("revision", 1).toString())
                .toString()));
    all.put("minting show", place);
    all.put("minting degraded", signed);
    all.put("minting restored", signed);
    all.put("guardians show", joined(place, "--subject", HOLDER.toHex()));
    all.put("guardians link", joined(signed, "--ward", HOLDER.toHex(), "--code", "GD1:BB8"));
    all.put(
        "guardians end", joined(signed, "--ward", HOLDER.toHex(), "--guardian", HOLDER.toHex()));
    all.put("venue issue", joined(place, "--checkpoint", "metro", "--place", "here"));
    all.put(
        "venue code",
        joined(
            place,
            "--licence",
            Files.writeString(directory.resolve("licence.txt"), "GD1:BB8\n").toString()));
    all.put("venue visit", joined(place, "--code", "GD1:BB8", "--venue", "GD1:BB8"));
    all.put("appeals list", place);
    all.put("appeals show", joined(place, "7"));
    all.put("appeals open", joined(place, "--code", "GD1:BB8", "--reason", "no-contact"));
    all.put("appeals grant", joined(signed, "7"));
    all.put("appeals refuse", joined(signed, "7", "--refusal", "not-over"));
    all.put("why", joined(place, "--subject", HOLDER.toHex()));
    final String issuers = directory.resolve("keys").toString();
    all.put("history verify", List.of(url, "--certificate", issuers));
    all.put(
        "history prove",
        List.of(
            url,
            "--version-number",
            "1",
            "--certificate",
            issuers,
            "--into",
            directory.resolve("proof").toString()));
    all.put(
        "history watch",
        List.of(
            url,
            "--certificate",
            issuers,
            "--state",
            directory.resolve("watch.json").toString(),
            "--once"));
    all.put("rules show", place);
    all.put(
        "rules put",
        joined(
            signed,
            "value-sets",
            Files.writeString(directory.resolve("sets.json"), "{\"targets\":[\"840539006\"]}")
                .toString()));
    all.put("revocations show", place);
    all.put(
        "revocations import",
        joined(
            signed,
            "--format",
            "denylist",
            "--from",
            Files.writeString(
                    directory.resolve("denylist.json"),
                    "{\"revoked\":[{\"identifier\":\"VB0009990012\"}]}")
                .toString()));
    all.put("ruleset show", joined(place, "metro"));
    all.put("ruleset set", joined(signed, "metro", "replays=hold"));
    all.put(
        "ruleset put",
        joined(
            signed,
            Files.writeString(
                    directory.resolve("late.yaml"),
                    "name: metro\nversion: 900\nallowedColours: [green]\ntestWithinHours: 48\n")
                .toString()));
    all.put("link", joined(signed, "--other", HOLDER.toHex(), "--withdraw"));
    all.put("group", joined(signed, "--members", members.toString()));
    all.put("load", joined(signed, residents.toString(), "--no-progress"));
    all.put(
        "paper",
        joined(
            place,
            "--subjects",
            holders.toString(),
            "--out",
            directory.resolve("paper.pdf").toString()));
    all.put(
        "lookup",
        joined(
            place,
            "--keys",
            keys,
            "--checkpoint",
            "metro",
            "--document-type",
            "mainland-id",
            "--document-number",
            "11010519491231002X"));
    all.put(
        "pack fetch",
        joined(place, "--keys", keys, "--out", directory.resolve("pack.bin").toString()));
    final Map<String, List<String>> byName = new HashMap<>();
    all.forEach((name, of) -> byName.put("gongbei " + name, of));
    return byName;
  }

  private static List<String> joined(List<String> first, String... rest) {
    return Stream.concat(first.stream(), Stream.of(rest)).toList();
  }

  private static String run(String command, List<String> arguments) {
    final StringWriter text = new StringWriter();
    final CommandLine line = Gongbei.commandLine();
    line.setOut(new PrintWriter(text));
    line.setErr(new PrintWriter(text));
    final List<String> words = List.of(command.split(" "));
    final int exit =
        line.execute(
            Stream.concat(words.subList(1, words.size()).stream(), arguments.stream())
                .toArray(String[]::new));
    assertTrue(exit != ExitCode.USAGE, command + " is meant: " + text);
    return text.toString();
  }

  /** How many answers of each status a node has given. */
  private static Map<String, Double> answers(String url, String key) throws Exception {
    final String metrics =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(url + "/metrics"))
                    .header("Authorization", "Bearer " + key)
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    final Map<String, Double> answers = new HashMap<>();
    Pattern.compile("gongbei_http_answers_total\\{status=\"(\\d+)\"} (\\S+)")
        .matcher(metrics)
        .results()
        .forEach((MatchResult each) -> answers.put(each.group(1), Double.valueOf(each.group(2))));
    return answers;
  }

  @Test
  void aNodeThatAsksForKeysRefusesNoCommandThatHasOne() throws Exception {
    final Instant from = Instant.now().minus(Duration.ofDays(1));
    final Instant until = from.plus(Duration.ofDays(3));
    final SigningKey authority = new KeyGeneration().generateAuthority("CDC", from, until);
    KeyGeneration.write(authority, "authority", directory.resolve("authority"));
    KeyGeneration.write(
        new KeyGeneration().generate("GD", from, until), "gd", directory.resolve("keys"));
    SubjectSecret.generate().write(directory.resolve("subject.secret"));
    final Path apiKeys = directory.resolve("apikeys");
    final ApiKey.Made made = ApiKey.make("all", Set.of(Role.values()), null);
    ApiKeys.add(apiKeys, made.key());
    final Path keyFile = SecretFile.write(directory.resolve("key"), made.text() + "\n");
    Files.writeString(
        directory.resolve("node.yaml"),
        """
        region: GD
        trustDirectory: keys
        signingKeyDirectory: keys
        authorityDirectory: authority
        lookupDirectory: authority
        subjectSecretFile: subject.secret
        maxSubjects: 100
        http: {host: 127.0.0.1, port: 0}
        tcp: {host: 127.0.0.1, port: 0}
        access: {apiKeyFile: apikeys, addressRequestsPerSecond: 0}
        """);
    try (Node node = Node.start(NodeConfig.read(directory.resolve("node.yaml")))) {
      node.resources()
          .log()
          .submit(StatusCommand.SetStatus.of(HOLDER).colour(Colour.GREEN).build())
          .join();
      final String url = "http://127.0.0.1:" + node.httpPort();
      final Map<String, List<String>> arguments = arguments(url);
      assertEquals(
          keyed(Gongbei.commandLine()),
          new TreeSet<>(arguments.keySet()),
          "every command with " + OPTION + " is tried");
      for (final String command : new TreeSet<>(arguments.keySet())) {
        final double before = total(answers(url, made.text()));
        final String said =
            run(command, joined(arguments.get(command), OPTION, keyFile.toString()));
        final Map<String, Double> after = answers(url, made.text());
        assertTrue(total(after) > before + 1, command + " asks the node: " + said);
        assertEquals(null, after.get("401"), command + " shows its key: " + said);
      }
      // A command that makes a file wants a new one.
      for (final String file : List.of("paper.pdf", "pack.bin", "residents.csv.progress")) {
        Files.deleteIfExists(directory.resolve(file));
      }
      double refused = 0;
      for (final String command : new TreeSet<>(arguments.keySet())) {
        final String said = run(command, arguments.get(command));
        final double now = answers(url, made.text()).getOrDefault("401", 0.0);
        assertEquals(!ASK_WHAT_IS_PUBLIC.contains(command), now > refused, command + said);
        refused = now;
      }
    }
  }

  private static double total(Map<String, Double> answers) {
    return answers.values().stream().mapToDouble(Double::doubleValue).sum();
  }
}
