package gongbei.verifier.cli.load;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.Colour;
import gongbei.codec.model.HolderFlag;
import gongbei.codec.model.TestResult;
import gongbei.codec.time.Rfc3339;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.cli.input.NearestName;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One row of a file of residents, and what it becomes. */
final class ResidentRow {
  static final List<String> COLUMNS =
      List.of("subject", "colour", "result", "sampleTime", "doses", "lastDoseDate", "flags");
  private static final List<String> COLOURS = List.of("green", "yellow", "red");
  private static final List<String> RESULTS = List.of("none", "negative", "positive");

  private ResidentRow() {}

  /** What is wrong with the columns of a file: which is unknown, missing or there twice. */
  static Optional<String> faultOfColumns(List<String> columns) {
    final List<String> seen = new ArrayList<>();
    for (final String column : columns) {
      if (!COLUMNS.contains(column)) {
        return Optional.of(
            "column '"
                + column
                + "' is not one of "
                + String.join(",", COLUMNS)
                + NearestName.of(column, COLUMNS)
                    .map(name -> "; did you mean " + name + "?")
                    .orElse(""));
      }
      if (seen.contains(column)) {
        return Optional.of("column " + column + " is there twice");
      }
      seen.add(column);
    }
    final List<String> missing = new ArrayList<>(COLUMNS);
    missing.removeAll(seen);
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of("column " + String.join(", ", missing) + " is missing");
  }

  /**
   * Reads a row.
   *
   * @param zone where times without an offset were told; empty refuses them
   * @throws IllegalArgumentException when a column is at fault; the message opens with its name
   */
  static StatusCommand.SetStatus read(ResidentRows row, Optional<ZoneId> zone) {
    final int result = row.get("result").isBlank() ? 0 : choice(row, "result", RESULTS);
    if ((result == StatusRecord.RESULT_NONE) != row.get("sampleTime").isBlank()) {
      throw new IllegalArgumentException("sampleTime goes with a result, and only with one");
    }
    return StatusCommand.SetStatus.of(Subject.ofHex(row.get("subject").strip()))
        .colour(Colour.ofNumber(choice(row, "colour", COLOURS)))
        .test(TestResult.ofNumber(result), sampleEpochMinutes(row, zone))
        .doses(number(row, "doses"))
        .lastDoseEpochDay(lastDoseEpochDay(row))
        .flags(flags(row))
        .build();
  }

  /** The same as an item of a signed change of statuses. */
  static ObjectNode json(StatusCommand.SetStatus status) {
    final ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("subject", status.subject().toHex())
            .put("colour", status.colour().wireName())
            .put("doses", status.doses().count());
    if (status.test().result() != TestResult.NONE) {
      json.put("result", status.test().result().wireName())
          .put(
              "sampleTime",
              Instant.ofEpochSecond(status.test().sampleEpochMinutes() * 60L).toString());
    }
    if (status.doses().lastEpochDay() != 0) {
      json.put("lastDoseDate", LocalDate.ofEpochDay(status.doses().lastEpochDay()).toString());
    }
    if (status.flags() != 0) {
      final ArrayNode flags = json.putArray("flags");
      HolderFlag.of(status.flags()).forEach(flag -> flags.add(flag.wireName()));
    }
    return json;
  }

  private static int choice(ResidentRows row, String column, List<String> choices) {
    final int index = choices.indexOf(row.get(column).strip());
    if (index < 0) {
      throw new IllegalArgumentException(column + " is not one of " + choices);
    }
    return index;
  }

  private static int number(ResidentRows row, String column) {
    final String text = row.get(column).strip();
    try {
      return text.isEmpty() ? 0 : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(column + " is not a whole number", e);
    }
  }

  private static int sampleEpochMinutes(ResidentRows row, Optional<ZoneId> zone) {
    final String text = row.get("sampleTime").strip();
    if (text.isEmpty()) {
      return 0;
    }
    final long minutes;
    try {
      if (zone.isEmpty() && Rfc3339.lacksOffset(text)) {
        throw new IllegalArgumentException(
            "has no offset (Z, +08:00): write it, or say where it was told by --time-zone");
      }
      final Instant time = Rfc3339.lenient(text, zone.orElse(ZoneOffset.UTC));
      minutes = Math.floorDiv(time.getEpochSecond(), 60L);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("sampleTime " + e.getMessage(), e);
    }
    if (minutes < 1 || minutes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "sampleTime is not from 1970-01-01T00:01Z to 6053-01-23T02:07Z");
    }
    return (int) minutes;
  }

  private static int lastDoseEpochDay(ResidentRows row) {
    final String text = row.get("lastDoseDate").strip();
    if (text.isEmpty()) {
      return 0;
    }
    final long day;
    try {
      day = Rfc3339.date(text).toEpochDay();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("lastDoseDate " + e.getMessage(), e);
    }
    if (day < 1 || day > StatusCommand.MAX_EPOCH_DAY) {
      throw new IllegalArgumentException("lastDoseDate is not from 1970-01-02 to 9999-12-31");
    }
    return (int) day;
  }

  private static int flags(ResidentRows row) {
    int flags = 0;
    for (final String flag : row.get("flags").strip().split("[ ;]+", -1)) {
      if (!flag.isEmpty()) {
        flags |=
            HolderFlag.settable(flag)
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "flags holds other than visitor, linked and deceased"))
                .bit();
      }
    }
    return flags;
  }
}
