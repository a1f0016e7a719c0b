package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.Colour;
import gongbei.codec.model.HolderFlag;
import gongbei.codec.model.TestResult;
import gongbei.replication.log.CommandLog;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Response;
import java.time.Instant;
import java.time.LocalDate;

/** {@code GET /v1/subjects/{subject}/status}: what the map knows of a holder. For any thread. */
public final class HolderResource {
  private static final long SECONDS_PER_MINUTE = 60;

  private final StatusMap map;
  private final CommandLog log;

  HolderResource(StatusMap map, CommandLog log) {
    this.map = map;
    this.log = log;
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
      throw Problem.busy("the node's map is being made anew; ask another");
    }
    if (!isKnown) {
      throw Problem.of(404, "unknown-subject", "the map knows no such subject");
    }
    return Response.json(200, json(subject, status).put("dataAgeMillis", ageMillis));
  }

  private static ObjectNode json(Subject subject, StatusRecord status) {
    final ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("subject", subject.toHex())
            .put("colour", Colour.ofNumber(status.colour()).wireName())
            .put("result", TestResult.ofNumber(status.result()).wireName())
            .put("doses", status.doses());
    if (status.result() != StatusRecord.RESULT_NONE) {
      json.put(
          "sampleTime",
          Instant.ofEpochSecond(status.sampleEpochMinutes() * SECONDS_PER_MINUTE).toString());
    }
    if (status.lastDoseEpochDay() != 0) {
      json.put("lastDoseDate", LocalDate.ofEpochDay(status.lastDoseEpochDay()).toString());
    }
    final ArrayNode flags = json.putArray("flags");
    HolderFlag.of(status.flags()).forEach(flag -> flags.add(flag.wireName()));
    if (status.revokedBeforeEpochSeconds() != 0) {
      json.put(
          "revokedBefore", Instant.ofEpochSecond(status.revokedBeforeEpochSeconds()).toString());
    }
    return json.put("version", status.version());
  }
}
