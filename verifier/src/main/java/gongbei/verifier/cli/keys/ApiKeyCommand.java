package gongbei.verifier.cli.keys;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.verifier.access.ApiKey;
import gongbei.verifier.access.ApiKeys;
import gongbei.verifier.access.Role;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.config.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes, lists and revokes the keys by which callers show over HTTP who they are. */
@Command(
    name = "apikey",
    description =
        "Creates, lists and revokes API keys for HTTP. A running node picks up " + "changes.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ApiKeyCommand.Create.class,
      ApiKeyCommand.ListKeys.class,
      ApiKeyCommand.Revoke.class
    })
public final class ApiKeyCommand implements Callable<Integer> {
  private static final int MAX_DAYS = 36_500;

  @Override
  public Integer call() {
    throw CommandException.usage("apikey takes create, list or revoke; see gongbei apikey --help");
  }

  private static ObjectNode json(ApiKey key) {
    final ObjectNode json =
        JsonNodeFactory.instance.objectNode().put("id", key.id()).put("name", key.name());
    final ArrayNode roles = json.putArray("roles");
    EnumSet.copyOf(key.roles()).forEach(role -> roles.add(role.wireName()));
    return json.put("expires", key.expires() == null ? null : key.expires().toString());
  }

  /** Makes a key. */
  @Command(
      name = "create",
      description = "Creates a key and shows it once; the file contains only its hash.",
      mixinStandardHelpOptions = true)
  static final class Create implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
        names = "--file",
        paramLabel = "FILE",
        required = true,
        description = "The file of API keys.")
    private Path file;

    @Option(names = "--name", required = true, description = "A name for people to read.")
    private String name;

    @Option(
        names = "--role",
        required = true,
        split = ",",
        description = "Roles of the key: checkpoint, issuer, paper, authority, operator, auditor.")
    private List<String> roles;

    @Option(names = "--valid-days", description = "Lifetime in days; default: unlimited.")
    private Integer validDays;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() {
      if (validDays != null && (validDays < 1 || validDays > MAX_DAYS)) {
        throw CommandException.usage("--valid-days is not from 1 to " + MAX_DAYS);
      }
      final ApiKey.Made made;
      try {
        final Set<Role> chosen = EnumSet.noneOf(Role.class);
        roles.forEach(role -> chosen.add(Role.ofWireName(role)));
        made =
            ApiKey.make(
                name,
                chosen,
                validDays == null
                    ? null
                    : Instant.now()
                        .truncatedTo(ChronoUnit.SECONDS)
                        .plus(Duration.ofDays(validDays)));
      } catch (IllegalArgumentException e) {
        throw CommandException.usage(e.getMessage());
      }
      try {
        ApiKeys.add(file, made.key());
      } catch (ConfigException e) {
        throw CommandException.unreachable(e.getMessage());
      }
      spec.commandLine()
          .getOut()
          .println(json ? ApiKeyCommand.json(made.key()).put("key", made.text()) : made.text());
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    }
  }

  /** Lists keys. */
  @Command(
      name = "list",
      description = "Lists keys with id, roles, expiry and name.",
      mixinStandardHelpOptions = true)
  static final class ListKeys implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
        names = "--file",
        paramLabel = "FILE",
        required = true,
        description = "The file of API keys.")
    private Path file;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() {
      final List<ApiKey> keys;
      try {
        keys = ApiKeys.read(file);
      } catch (ConfigException e) {
        throw CommandException.unreachable(e.getMessage());
      }
      final ArrayNode all = JsonNodeFactory.instance.arrayNode();
      for (final ApiKey key : keys) {
        final ObjectNode each = ApiKeyCommand.json(key);
        all.add(each);
        if (!json) {
          final List<String> roles =
              EnumSet.copyOf(key.roles()).stream().map(Role::wireName).toList();
          spec.commandLine()
              .getOut()
              .printf(
                  Locale.ROOT,
                  "%s  %-28s %-20s  %s%n",
                  key.id(),
                  String.join(",", roles),
                  key.expires() == null ? "no end" : key.expires(),
                  key.name());
        }
      }
      if (json) {
        spec.commandLine().getOut().println(all);
      }
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    }
  }

  /** Revokes a key. */
  @Command(
      name = "revoke",
      description = "Removes a key from the file; nodes refuse it within reloadSeconds.",
      mixinStandardHelpOptions = true)
  static final class Revoke implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
        names = "--file",
        paramLabel = "FILE",
        required = true,
        description = "The file of API keys.")
    private Path file;

    @Parameters(paramLabel = "ID", description = "The key's id, the 8 digits after gbk-.")
    private String id;

    @Override
    public Integer call() {
      try {
        if (!ApiKeys.remove(file, id)) {
          throw CommandException.refused(file + " has no key of the id " + id);
        }
      } catch (ConfigException e) {
        throw CommandException.unreachable(e.getMessage());
      }
      spec.commandLine().getOut().println("revoked " + id);
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    }
  }
}
