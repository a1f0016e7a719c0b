package gongbei.verifier.cli.load;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.time.Rfc3339;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.ground.Ground;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.map.Subject;
import gongbei.verifier.cli.input.NearestName;
import gongbei.verifier.holder.StatusForms;
import gongbei.verifier.status.StatusForm;
import gongbei.verifier.status.StatusSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One row of a file of residents, and what it becomes.
 *
 * @param subject whose row it is
 * @param status what it says of them
 */
record ResidentRow(Subject subject, StatusForm status) {
  private static final String SUBJECT = "subject";

  /** The columns that a file must have. */
  static final List<String> COLUMNS =
      List.of(
          SUBJECT,
          StatusForm.COLOUR,
          StatusForm.RESULT,
          StatusForm.SAMPLE_TIME,
          StatusForm.DOSES,
          StatusForm.LAST_DOSE_DATE,
          StatusForm.FLAGS);

  /** The columns that a file may have besides. */
  static final List<String> MORE_COLUMNS =
      List.of(StatusForm.GROUND, StatusForm.UNTIL, StatusForm.NEXT);

  /** Every column, the ones that must be there first. */
  static final List<String> ALL_COLUMNS =
      Stream.concat(COLUMNS.stream(), MORE_COLUMNS.stream()).toList();

  /** What is wrong with the columns of a file: which is unknown, missing or there twice. */
  static Optional<String> faultOfColumns(List<String> columns) {
    final List<String> seen = new ArrayList<>();
    for (final String column : columns) {
      if (!ALL_COLUMNS.contains(column)) {
        return Optional.of(
            "column '"
                + column
                + "' is not one of "
                + String.join(",", ALL_COLUMNS)
                + NearestName.of(column, ALL_COLUMNS)
                    .map(name -> "; did you mean " + name + "?")
                    .orElse(""));
      }
      if (seen.contains(column)) {
        return Optional.of("column " + column + " is given twice");
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
  static ResidentRow read(ResidentRows row, Optional<ZoneId> zone) {
    return new ResidentRow(
        Subject.ofHex(row.get(SUBJECT).strip()), StatusForm.read(new Columns(row, zone)));
  }

  /** The same as an item of a signed change of statuses. */
  ObjectNode json() {
    return status.writeInto(JsonNodeFactory.instance.objectNode().put(SUBJECT, subject.toHex()));
  }

  /** The same, which states a ground and an end where it stated none. */
  ResidentRow otherwise(String ground, int untilEpochMinutes) {
    return new ResidentRow(subject, status.otherwise(ground, untilEpochMinutes));
  }

  /**
   * The same as a command of the log.
   *
   * @param grounds where its ground is looked up
   * @throws IllegalArgumentException where it is none of them
   */
  StatusCommand.SetStatus command(GroundTable grounds) {
    final int ground =
        status.ground().isEmpty()
            ? ChangeOrigin.NONE.ground()
            : grounds
                .ofName(status.ground())
                .map(Ground::number)
                .orElseThrow(
                    () -> new IllegalArgumentException("ground is not in the table of grounds"));
    return StatusForms.command(subject, status, ChangeOrigin.of(0, ground));
  }

  /** The columns of a row: all text, blank where there is none. */
  private record Columns(ResidentRows row, Optional<ZoneId> zone) implements StatusSource {
    @Override
    public boolean has(String column) {
      return !row.get(column).isBlank();
    }

    @Override
    public String text(String column, int maxCharacters) {
      final String text = row.get(column);
      if (text.length() > maxCharacters) {
        throw ofField(column, "is longer than " + maxCharacters + " characters");
      }
      return text.strip();
    }

    @Override
    public int number(String column, int least, int greatest, int preset) {
      if (!has(column)) {
        return preset;
      }
      try {
        final int number = Integer.parseInt(row.get(column).strip());
        if (number >= least && number <= greatest) {
          return number;
        }
      } catch (NumberFormatException e) {
        throw ofField(column, "is not a whole number");
      }
      throw ofField(column, "is not from " + least + " to " + greatest);
    }

    @Override
    public List<String> words(String column, int maxWords) {
      return Arrays.stream(row.get(column).strip().split("[ ;]+", -1))
          .filter(word -> !word.isEmpty())
          .toList();
    }

    @Override
    public long epochSeconds(String column) {
      final String text = row.get(column).strip();
      try {
        if (zone.isEmpty() && Rfc3339.lacksOffset(text)) {
          throw new IllegalArgumentException(
              "has no offset (Z, +08:00): write it, or say where it was told by --time-zone");
        }
        return Rfc3339.lenient(text, zone.orElse(ZoneOffset.UTC)).getEpochSecond();
      } catch (IllegalArgumentException e) {
        throw ofField(column, e.getMessage());
      }
    }

    @Override
    public IllegalArgumentException ofField(String column, String reason) {
      return new IllegalArgumentException(column + " " + reason);
    }
  }
}
