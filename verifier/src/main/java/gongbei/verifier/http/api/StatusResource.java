package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.Applied;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.ground.Ground;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.log.CommandLog;
import gongbei.replication.log.LogBusyException;
import gongbei.replication.log.SequenceException;
import gongbei.replication.map.Subject;
import gongbei.verifier.config.Limits;
import gongbei.verifier.holder.StatusForms;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.status.StatusForm;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * {@code PUT /v1/subjects/{subject}/status} and {@code PUT /v1/subjects/status}: changes of status,
 * answered after they are applied. For any thread.
 */
public final class StatusResource {
  private static final String SUBJECT = "subject";
  static final String REVOKE_BEFORE = "revokeBefore";

  /** What a change that is no whole status may say besides what it changes. */
  private static final Set<String> OF_ANY_CHANGE = Set.of(StatusForm.GROUND);

  private static final Set<String> CHANGE = with(StatusForm.FIELDS, REVOKE_BEFORE);
  private static final Set<String> CHANGE_OF_SUBJECT =
      with(StatusForm.FIELDS, REVOKE_BEFORE, SUBJECT);
  private static final Set<String> BULK = Set.of("statuses", "client", "sequence");
  private static final Set<String> OF_TEST =
      Set.of(StatusForm.RESULT, StatusForm.SAMPLE_TIME, StatusForm.GROUND);
  private static final Pattern CLIENT = Pattern.compile("[0-9a-f]{16}");
  private static final int CLIENT_CHARACTERS = 16;
  private static final int SECONDS_PER_MINUTE = 60;

  /** RFC 4918 §11.1: what came of each is in the body, and not all is well. */
  private static final int MULTI_STATUS = 207;

  private final CommandLog log;
  private final LongSupplier epochSeconds;

  public StatusResource(CommandLog log, LongSupplier epochSeconds) {
    this.log = log;
    this.epochSeconds = epochSeconds;
  }

  /**
   * @param writing where the answer is put together, off the log's thread
   */
  CompletableFuture<Response> put(Request question, String subject, Executor writing) {
    final JsonBody body = JsonBody.read(question, CHANGE);
    final StatusCommand command = command(body, subject).withOrigin(origin(question, body));
    return SignedChange.submit(log, question.nonce(), List.of(command))
        .thenApplyAsync(
            applied -> Response.json(200, json(done(applied.get(0), command))), writing);
  }

  /**
   * @param writing where the answer is put together, off the log's thread
   */
  public CompletableFuture<Response> putAll(Request question, Executor writing) {
    final JsonBody body = JsonBody.read(question, BULK);
    final JsonNode statuses = body.array("statuses", Limits.MAX_CHANGES_A_REQUEST);
    final List<StatusCommand> commands = new ArrayList<>(statuses.size());
    for (int i = 0; i < statuses.size(); i++) {
      final JsonBody item = body.item(statuses, "statuses", i, CHANGE_OF_SUBJECT);
      commands.add(
          command(item, item.text(SUBJECT, 2 * Subject.BYTES)).withOrigin(origin(question, item)));
    }
    final CommandLog.Origin origin = origin(body);
    if (origin == null && commands.size() > CommandBatches.MAX_COMMANDS) {
      throw body.ofField(
          "statuses",
          "has more than "
              + CommandBatches.MAX_COMMANDS
              + " items, which must be numbered with client and sequence");
    }
    return (origin == null
            ? SignedChange.submit(log, question.nonce(), commands)
            : unwrapped(ChangeWait.submit(log, () -> log.submit(origin, commands))))
        .thenApplyAsync(
            applied -> {
              final ObjectNode answer = JsonNodeFactory.instance.objectNode();
              final ArrayNode results = answer.putArray("results");
              for (int i = 0; i < applied.size(); i++) {
                results.add(json(applied.get(i), commands.get(i)));
              }
              return Response.json(
                  applied.stream().allMatch(each -> hasCounted(each.outcome()))
                      ? 200
                      : MULTI_STATUS,
                  answer);
            },
            writing);
  }

  /** Who has numbered the changes, or null where nobody has. */
  private static CommandLog.Origin origin(JsonBody body) {
    final boolean isNumbered = body.has("client");
    if (isNumbered != body.has("sequence")) {
      throw Problem.ofField("sequence", "is to be given with client, and only with it");
    }
    if (!isNumbered) {
      return null;
    }
    final String client = body.text("client", CLIENT_CHARACTERS);
    if (!CLIENT.matcher(client).matches() || Long.parseUnsignedLong(client, 16) == 0) {
      throw Problem.ofField("client", "is not 16 lower-case hexadecimal digits, or is 0");
    }
    return new CommandLog.Origin(
        Long.parseUnsignedLong(client, 16), body.wholeNumber("sequence", 1));
  }

  /** Fails with a {@link Problem} where the log takes nothing. */
  public static <T> CompletableFuture<T> unwrapped(CompletableFuture<T> submitted) {
    return submitted.exceptionally(
        e -> {
          final Throwable cause = e instanceof CompletionException wrapped ? wrapped.getCause() : e;
          if (cause instanceof Problem problem) {
            throw problem;
          }
          if (cause instanceof SequenceException sequence) {
            throw Problem.of(
                409,
                "sequence-" + sequence.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                sequence.getMessage());
          }
          throw cause instanceof LogBusyException
              ? Problem.busy("the command log is full; try again")
              : Problem.of(503, "log-closed", reasonOf(cause));
        });
  }

  /** Why the log takes nothing, in its own words where it has some. */
  private static String reasonOf(Throwable cause) {
    return cause instanceof IllegalStateException && cause.getMessage() != null
        ? cause.getMessage()
        : "the command log takes nothing at the moment";
  }

  /** Whether a change came to what it was for, or to nothing because something newer is known. */
  private static boolean hasCounted(Applied.Outcome outcome) {
    return outcome == Applied.Outcome.APPLIED || outcome == Applied.Outcome.SUPERSEDED;
  }

  /** A change of status that has counted; a {@link Problem} is thrown of one that has not. */
  private Applied done(Applied applied, StatusCommand command) {
    final Optional<Problem> refusal =
        GroundRefusals.problem(applied.outcome(), command, this::grounds);
    if (refusal.isPresent()) {
      throw refusal.get().ofVersion(applied.version());
    }
    return done(applied);
  }

  /** A change that has counted; a {@link Problem} is thrown of one that came to nothing. */
  static Applied done(Applied applied) {
    if (hasCounted(applied.outcome())) {
      return applied;
    }
    final Problem problem =
        switch (applied.outcome()) {
          case UNKNOWN_SUBJECT ->
              Problem.of(
                  404,
                  "unknown-subject",
                  "the map knows no such subject and nothing was changed: a status with a"
                      + " colour creates a holder");
          case MAP_FULL ->
              Problem.of(503, "map-full", "the map has no room for another holder (maxSubjects)");
          default -> Problem.of(422, "invalid-field", "the log has found a field out of its range");
        };
    throw problem.ofVersion(applied.version());
  }

  /** What became of a change. */
  static ObjectNode json(Applied applied) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("version", applied.version())
        .put("outcome", GroundRefusals.typeOf(applied.outcome()));
  }

  /** What became of one change of many, and where the table of grounds refuses it, its field. */
  private ObjectNode json(Applied applied, StatusCommand command) {
    final ObjectNode json = json(applied);
    GroundRefusals.field(applied.outcome(), command, this::grounds)
        .ifPresent(field -> json.put("field", field));
    return json;
  }

  /** The subject written in hexadecimal. */
  static Subject subject(JsonBody body, String hex) {
    try {
      return Subject.ofHex(hex);
    } catch (IllegalArgumentException e) {
      throw body.ofField("subject", "is not 32 hexadecimal digits");
    }
  }

  private StatusCommand command(JsonBody body, String subjectHex) {
    final Subject subject = subject(body, subjectHex);
    if (body.has(REVOKE_BEFORE)) {
      refuseBeside(body, OF_ANY_CHANGE, "does not go with revokeBefore");
      final long revokedBefore = body.epochSeconds(REVOKE_BEFORE);
      if (revokedBefore == 0) {
        throw body.ofField(REVOKE_BEFORE, "is 1970-01-01T00:00:00Z, which revokes nothing");
      }
      return new StatusCommand.Revoke(subject, revokedBefore);
    }
    if (!body.has(StatusForm.COLOUR)
        && body.has(StatusForm.RESULT)
        && body.has(StatusForm.SAMPLE_TIME)) {
      return testResult(body, subject);
    }
    final StatusForm form = StatusForm.read(body);
    requireTaken(body, form.sampleEpochMinutes());
    if (form.untilEpochMinutes() != 0
        && form.untilEpochMinutes() <= epochSeconds.getAsLong() / SECONDS_PER_MINUTE) {
      throw body.ofField(StatusForm.UNTIL, "is not in the future");
    }
    return StatusForms.command(subject, form, ChangeOrigin.NONE);
  }

  private GroundTable grounds() {
    return log.documents().grounds();
  }

  /** Who answers for a change, and on what ground. */
  private ChangeOrigin origin(Request question, JsonBody body) {
    final String name = StatusForm.ground(body);
    if (name.isEmpty()) {
      return SignedChange.origin(question.nonce(), SignedChange.NO_GROUND);
    }
    final Ground ground =
        grounds()
            .ofName(name)
            .orElseThrow(() -> GroundRefusals.unknown(body.place(StatusForm.GROUND), name));
    if (ground.number() == GroundTable.TRANSLATION) {
      throw GroundRefusals.forVisitsAlone(body.place(StatusForm.GROUND), name);
    }
    return SignedChange.origin(question.nonce(), ground.number());
  }

  /** Refuses the fields of a status that do not go with what a change is. */
  private static void refuseBeside(JsonBody body, Set<String> allowed, String reason) {
    for (final String field : StatusForm.FIELDS) {
      if (body.has(field) && !allowed.contains(field)) {
        throw body.ofField(field, reason);
      }
    }
  }

  /** A test alone, which leaves the rest of the status be. */
  private StatusCommand testResult(JsonBody body, Subject subject) {
    refuseBeside(body, OF_TEST, "does not go with a result alone: colour is missing");
    final TestResult result =
        TestResult.ofNumber(1 + body.choice(StatusForm.RESULT, "negative", "positive"));
    final int sampled = StatusForm.sampleEpochMinutes(body, result);
    requireTaken(body, sampled);
    return new StatusCommand.SetTestResult(subject, result, sampled);
  }

  /** Tests are ordered by their sample's time: until one in the future, no true one would count. */
  private void requireTaken(JsonBody body, int sampleEpochMinutes) {
    final long now = epochSeconds.getAsLong() / SECONDS_PER_MINUTE;
    if (sampleEpochMinutes > now + CodeLimits.SAMPLE_SKEW_MINUTES) {
      throw body.ofField(StatusForm.SAMPLE_TIME, "is in the future");
    }
  }

  private static Set<String> with(List<String> fields, String... more) {
    final Set<String> all = new HashSet<>(fields);
    all.addAll(List.of(more));
    return Set.copyOf(all);
  }
}
