package gongbei.verifier.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.replication.status.Applied;
import gongbei.replication.status.CommandLog;
import gongbei.replication.status.LogBusyException;
import gongbei.replication.status.StatusCommand;
import gongbei.replication.status.StatusRecord;
import gongbei.replication.status.Subject;
import gongbei.verifier.config.Limits;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * {@code PUT /v1/subjects/{subject}/status} and {@code PUT /v1/subjects/status}: changes of status,
 * answered after they are applied. For any thread.
 */
final class StatusResource {
  private static final Set<String> CHANGE =
      Set.of("colour", "result", "sampleTime", "doses", "lastDoseDate", "flags", "revokeBefore");
  private static final Set<String> CHANGE_OF_SUBJECT =
      Set.of(
          "subject",
          "colour",
          "result",
          "sampleTime",
          "doses",
          "lastDoseDate",
          "flags",
          "revokeBefore");
  private static final Set<String> BULK = Set.of("statuses");

  private final CommandLog log;
  private final RequestSignature signature;

  StatusResource(CommandLog log, RequestSignature signature) {
    this.log = log;
    this.signature = signature;
  }

  CompletableFuture<HttpAnswer> put(HttpQuestion question, String subject) {
    signature.require(question);
    final JsonBody body = JsonBody.read(question, CHANGE);
    return submit(List.of(command(body, subject)))
        .thenApply(applied -> HttpAnswer.json(200, json(applied.get(0))));
  }

  CompletableFuture<HttpAnswer> putAll(HttpQuestion question) {
    signature.require(question);
    final JsonBody body = JsonBody.read(question, BULK);
    final JsonNode statuses = body.array("statuses", Limits.MAX_CHANGES_A_REQUEST);
    final List<StatusCommand> commands = new ArrayList<>(statuses.size());
    for (int i = 0; i < statuses.size(); i++) {
      final JsonBody item = body.item(statuses, "statuses", i, CHANGE_OF_SUBJECT);
      commands.add(command(item, item.text("subject", 2 * Subject.BYTES)));
    }
    return submit(commands)
        .thenApply(
            applied -> {
              final ObjectNode answer = JsonNodeFactory.instance.objectNode();
              final ArrayNode results = answer.putArray("results");
              applied.forEach(each -> results.add(json(each)));
              return HttpAnswer.json(200, answer);
            });
  }

  private CompletableFuture<List<Applied>> submit(List<StatusCommand> commands) {
    return log.submit(commands)
        .exceptionally(
            e -> {
              final Throwable cause =
                  e instanceof CompletionException wrapped ? wrapped.getCause() : e;
              throw cause instanceof LogBusyException
                  ? Problem.busy("the command log is full; try again")
                  : Problem.of(503, "log-closed", "the command log takes nothing at the moment");
            });
  }

  private static ObjectNode json(Applied applied) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("version", applied.version())
        .put("outcome", applied.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }

  private static StatusCommand command(JsonBody body, String subjectHex) {
    try {
      final Subject subject = Subject.ofHex(subjectHex);
      if (body.has("revokeBefore")) {
        if (body.has("colour")) {
          throw Problem.ofField("colour", "does not go with revokeBefore");
        }
        return new StatusCommand.Revoke(subject, body.epochSeconds("revokeBefore"));
      }
      final int result =
          body.has("result") ? body.choice("result", "none", "negative", "positive") : 0;
      final int sampleEpochMinutes =
          body.has("sampleTime")
              ? (int) Math.min(body.epochSeconds("sampleTime") / 60, Integer.MAX_VALUE)
              : 0;
      return new StatusCommand.SetStatus(
          subject,
          body.choice("colour", "green", "yellow", "red"),
          result,
          sampleEpochMinutes,
          body.number("doses", 0, StatusRecord.MAX_DOSES, 0),
          lastDoseEpochDay(body),
          flags(body));
    } catch (IllegalArgumentException e) {
      throw body.problem(e.getMessage());
    }
  }

  private static int lastDoseEpochDay(JsonBody body) {
    if (!body.has("lastDoseDate")) {
      return 0;
    }
    try {
      return Math.toIntExact(LocalDate.parse(body.text("lastDoseDate", 10)).toEpochDay());
    } catch (DateTimeException e) {
      throw body.problem("lastDoseDate is not a date");
    }
  }

  private static int flags(JsonBody body) {
    if (!body.has("flags")) {
      return 0;
    }
    int flags = 0;
    for (final JsonNode flag : body.array("flags", 8)) {
      flags |=
          switch (flag.asText()) {
            case "visitor" -> StatusRecord.VISITOR;
            case "linked" -> StatusRecord.LINKED;
            case "deceased" -> StatusRecord.DECEASED;
            default -> throw body.problem("flags holds other than visitor, linked and deceased");
          };
    }
    return flags;
  }
}
