package gongbei.verifier.cli.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.NodeFaults;
import gongbei.verifier.cli.remote.NodeJson;
import gongbei.verifier.cli.remote.OpenAccess;
import gongbei.verifier.client.NodeConnection;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows how a node is doing. */
@Command(
    name = "status",
    description = "Shows the state of a running node.",
    mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  @Spec private CommandSpec spec;

  @Mixin private OpenAccess access;

  @Option(names = "--json", description = "Write JSON.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    final JsonNode status = fetch(access.url(), access.connection());
    if (json) {
      spec.commandLine().getOut().println(status);
    } else {
      print("", NodeJson.write(NodeJson.read(status, NodeStatus.class)));
    }
    spec.commandLine().getOut().flush();
    return ExitCode.OK;
  }

  private void print(String prefix, JsonNode object) {
    for (final Map.Entry<String, JsonNode> entry : object.properties()) {
      final JsonNode value = entry.getValue();
      if (value.isObject()) {
        print(entry.getKey() + ".", value);
      } else {
        spec.commandLine()
            .getOut()
            .printf(
                Locale.ROOT,
                "%-20s %s%n",
                prefix + entry.getKey(),
                value.isValueNode() ? value.asText() : value.toString());
      }
    }
  }

  /** What a node says of itself. */
  static JsonNode fetch(URI url, NodeConnection connection) throws InterruptedException {
    return fetch(url, connection, "/health/ready");
  }

  /** What a node says of itself to an operator. */
  static NodeStatus figures(URI url, NodeConnection connection) throws InterruptedException {
    final JsonNode status = fetch(url, connection);
    if (!status.has("log")) {
      throw CommandException.refused(
          url
              + " is ready; what it is doing needs the role operator: give --api-key-file FILE, or"
              + " the variable GONGBEI_API_KEY");
    }
    return NodeJson.read(status, NodeStatus.class);
  }

  /** What a node answers at a path. */
  static JsonNode fetch(URI url, NodeConnection connection, String path)
      throws InterruptedException {
    try {
      final HttpResponse<String> answer =
          connection
              .http()
              .connectTimeout(TIMEOUT)
              .build()
              .send(
                  connection
                      .authorize(HttpRequest.newBuilder(url.resolve(path)))
                      .timeout(TIMEOUT)
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw NodeFaults.refusal(url, answer.statusCode(), answer.body());
      }
      return new ObjectMapper().readTree(answer.body());
    } catch (JsonProcessingException e) {
      throw CommandException.unreachable(url + " did not answer as a node does");
    } catch (IOException e) {
      throw NodeFaults.unreachable(url, e);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--url " + e.getMessage());
    }
  }
}
