package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.AppealReason;
import gongbei.replication.command.Appeal;
import gongbei.replication.command.Applied;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.log.CommandLog;
import gongbei.replication.machine.AppealBook;
import gongbei.replication.map.StatusRecord;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code POST /v1/appeals}: a holder objects to their colour; and {@code GET /v1/appeals} with what
 * is below it: what authorities have to decide. For any thread.
 */
public final class AppealResource {
  private static final Set<String> FIELDS = Set.of("code", "reason");
  private static final int SECONDS_PER_MINUTE = 60;
  private static final String[] REASONS =
      Arrays.stream(AppealReason.values()).map(AppealReason::wireName).toArray(String[]::new);

  /** An authority's kid, or nothing for all, and from the second page on after which appeal. */
  private static final Pattern QUEUE =
      Pattern.compile("(all|[0-9a-f]{16})(?:-([0-9]{1,12})-([0-9]{1,18}))?");

  private final CommandLog log;
  private final HolderProof holders;
  private final AppealCauses causes;
  private final long termSeconds;
  private final LongSupplier epochSeconds;

  AppealResource(ApiContext<?> context, HolderProof holders, AppealCauses causes) {
    this.log = context.log();
    this.holders = holders;
    this.causes = causes;
    this.termSeconds = context.appealSeconds();
    this.epochSeconds = context.epochSeconds();
  }

  private AppealBook book() {
    return log.documents().appeals();
  }

  /**
   * Opens an appeal; one that the holder has opened already is told as it is.
   *
   * @param writing where the answer is put together, off the log's thread
   */
  CompletableFuture<Response> open(Request question, Executor writing) {
    final JsonBody body = JsonBody.read(question, FIELDS);
    final AppealReason reason = AppealReason.ofNumber(body.choice("reason", REASONS));
    final HolderProof.Holder holder = holders.require(body, "code");
    final long now = epochSeconds.getAsLong();
    if (holder.status().colourAt(now / SECONDS_PER_MINUTE) == StatusRecord.GREEN) {
      throw Problem.of(409, "nothing-to-appeal", "the holder is green");
    }
    final AppealCauses.Change change = causes.of(holder);
    final Appeal appeal =
        new Appeal(
            change.version(),
            holder.subject(),
            change.cause(),
            reason,
            new Appeal.Term(now, now + termSeconds),
            Appeal.Decision.OPEN);
    if (book().find(appeal.version()).isPresent()) {
      return CompletableFuture.completedFuture(standing(appeal));
    }
    return StatusResource.unwrapped(
            ChangeWait.submit(log, () -> log.submit(DocumentCommand.appeal(appeal))))
        .thenApplyAsync(applied -> opened(applied, appeal), writing);
  }

  private Response opened(Applied applied, Appeal asked) {
    return switch (applied.outcome()) {
      case APPLIED -> Response.json(201, json(require(asked.version())));
      case SUPERSEDED -> standing(asked);
      case MAP_FULL ->
          throw Problem.of(503, "appeals-full", "the log has no room for another appeal")
              .ofVersion(applied.version());
      default ->
          throw Problem.of(
                  409, "status-changed", "the holder's status has changed meanwhile: ask again")
              .ofVersion(applied.version());
    };
  }

  /** The answer to who has appealed already. */
  private Response standing(Appeal asked) {
    final Appeal appeal =
        book()
            .find(asked.version())
            .filter(each -> each.subject().equals(asked.subject()))
            .orElseThrow(() -> Problem.of(409, "nothing-to-appeal", "the holder is green"));
    if (!appeal.isOpen()) {
      throw Problem.of(
              409,
              "appeal-decided",
              "the change of version "
                  + appeal.version()
                  + " has been appealed, and the appeal "
                  + appeal.decision().state().wireName())
          .ofVersion(appeal.decision().version());
    }
    return Response.json(200, json(appeal));
  }

  /** The open appeals of all authorities, those that are due first first. */
  Response list(Request question) {
    return page("all", AppealBook.Place.FIRST);
  }

  /**
   * The open appeals of one authority, or further pages of any list.
   *
   * @param queue an authority's kid, or what {@code next} of a page has said
   */
  Response queue(String queue) {
    final Matcher matcher = QUEUE.matcher(queue);
    if (!matcher.matches()) {
      throw Problem.ofField(
          "queue", "is neither an authority's kid nor the last segment of a page's next");
    }
    return page(
        matcher.group(1),
        matcher.group(2) == null
            ? AppealBook.Place.FIRST
            : new AppealBook.Place(
                Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3))));
  }

  private Response page(String whose, AppealBook.Place after) {
    final List<Appeal> appeals =
        whose.equals("all")
            ? book().open(after, Limits.MAX_APPEALS_A_PAGE)
            : book().open(HexFormat.fromHexDigitsToLong(whose), after, Limits.MAX_APPEALS_A_PAGE);
    requireServing();
    final ObjectNode json = JsonNodeFactory.instance.objectNode();
    final ArrayNode array = json.putArray("appeals");
    appeals.forEach(each -> array.add(json(each)));
    if (appeals.size() == Limits.MAX_APPEALS_A_PAGE) {
      final AppealBook.Place last = AppealBook.Place.of(appeals.get(appeals.size() - 1));
      json.put(
          "next", "/v1/appeals/queues/" + whose + "-" + last.epochSeconds() + "-" + last.version());
    }
    return Response.json(200, json);
  }

  /**
   * One appeal, open or decided.
   *
   * @param number the version of the change that is appealed
   */
  Response get(String number) {
    final Appeal appeal = require(versionOf(number).orElseThrow(AppealResource::noNumber));
    requireServing();
    return Response.json(200, json(appeal));
  }

  private static Problem noNumber() {
    return Problem.ofField("appeal", "is not a version");
  }

  /** The version that a path names; empty where it is none. */
  static OptionalLong versionOf(String number) {
    try {
      final long version = Long.parseLong(number);
      return version > 0 ? OptionalLong.of(version) : OptionalLong.empty();
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private Appeal require(long version) {
    return book()
        .find(version)
        .orElseThrow(() -> Problem.of(404, "unknown-appeal", "no such appeal exists"));
  }

  private void requireServing() {
    if (!log.isServing()) {
      throw Problem.rebuilding();
    }
  }

  private ObjectNode json(Appeal appeal) {
    return AppealJson.of(appeal, log.documents().grounds(), epochSeconds.getAsLong());
  }
}
