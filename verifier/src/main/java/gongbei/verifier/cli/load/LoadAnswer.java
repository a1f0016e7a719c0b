package gongbei.verifier.cli.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.remote.NodeFaults;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a node says of a batch of rows, in terms of the file that they stand in. */
final class LoadAnswer {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern ITEM = Pattern.compile("statuses\\[(\\d{1,6})\\]\\.?");

  private LoadAnswer() {}

  /**
   * A row that came to nothing.
   *
   * @param place where it stands in the file
   * @param reason why, opening with the column where one is at fault
   */
  record Fault(String place, String reason) {}

  /**
   * The first row at fault; none where all were taken.
   *
   * @param places where each row stands in the file
   * @throws CommandException where the batch was refused for another reason than a row
   */
  static Optional<Fault> fault(URI server, HttpResponse<String> answer, List<String> places) {
    final JsonNode body;
    try {
      body = JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      throw NodeFaults.refusal(server, answer.statusCode(), answer.body());
    }
    if (answer.statusCode() < 300) {
      return ofOutcomes(server, body.path("results"), places);
    }
    final Matcher item = ITEM.matcher(body.path("field").asText());
    if (answer.statusCode() == 400 && item.lookingAt()) {
      final int index = Integer.parseInt(item.group(1));
      if (index < places.size()) {
        final String detail = ITEM.matcher(body.path("detail").asText()).replaceFirst("");
        return Optional.of(new Fault(places.get(index), detail));
      }
    }
    throw NodeFaults.refusal(server, answer.statusCode(), answer.body());
  }

  private static Optional<Fault> ofOutcomes(URI server, JsonNode results, List<String> places) {
    if (results.size() != places.size()) {
      throw CommandException.unreachable(server + " did not answer as a node does");
    }
    for (int i = 0; i < places.size(); i++) {
      final String outcome = results.get(i).path("outcome").asText();
      if (outcome.equals("map-full")) {
        throw CommandException.refused(
            "the node's status map is full (maxSubjects); the rows before "
                + places.get(i)
                + " are loaded");
      }
      if (!outcome.equals("applied") && !outcome.equals("superseded")) {
        return Optional.of(new Fault(places.get(i), "the node answered " + outcome));
      }
    }
    return Optional.empty();
  }
}
