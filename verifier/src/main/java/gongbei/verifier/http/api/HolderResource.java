package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.TestResult;
import gongbei.replication.log.CommandLog;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.holder.StatusForms;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.status.StatusForm;
import java.time.Instant;
import java.util.function.LongSupplier;

/** {@code GET /v1/subjects/{subject}/status}: what the map knows of a holder. For any thread. */
public final class HolderResource {
  private final StatusMap map;
  private final CommandLog log;
  private final LongSupplier epochSeconds;

  HolderResource(StatusMap map, CommandLog log, LongSupplier epochSeconds) {
    this.map = map;
    this.log = log;
    this.epochSeconds = epochSeconds;
  }

  /**
   * @param hex the holder's subject, 32 hexadecimal digits
   */
  Response get(String hex) {
    final Subject subject;
    try {
      subject = Subject.ofHex(hex);
    } catch (IllegalArgumentException e) {
      throw Problem.ofField("subject", "is not 32 hexadecimal digits");
    }
    final StatusRecord status = new StatusRecord();
    final long ageMillis = log.dataAgeMillis();
    final boolean isKnown = map.get(subject, status);
    if (!log.isServing()) {
      throw Problem.rebuilding();
    }
    if (!isKnown) {
      throw Problem.of(404, "unknown-subject", "the map knows no such subject");
    }
    status.lapse(epochSeconds.getAsLong());
    return Response.json(200, json(subject, status).put("dataAgeMillis", ageMillis));
  }

  private static ObjectNode json(Subject subject, StatusRecord status) {
    final ObjectNode json =
        StatusForms.of(status)
            .writeInto(JsonNodeFactory.instance.objectNode().put("subject", subject.toHex()));
    if (!json.has(StatusForm.RESULT)) {
      json.put(StatusForm.RESULT, TestResult.NONE.wireName());
    }
    if (!json.has(StatusForm.FLAGS)) {
      json.putArray(StatusForm.FLAGS);
    }
    if (status.revokedBeforeEpochSeconds() != 0) {
      json.put(
          "revokedBefore", Instant.ofEpochSecond(status.revokedBeforeEpochSeconds()).toString());
    }
    return json.put("version", status.version());
  }
}
