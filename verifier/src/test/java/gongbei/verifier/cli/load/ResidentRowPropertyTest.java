package gongbei.verifier.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.http.StatusChanges;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** That a resident reaches the node as the row of the file has them. */
final class ResidentRowPropertyTest {
  private static final long SECONDS_A_MINUTE = 60;

  /** A row that is not of a file. */
  private record Row(Map<String, String> columns) implements ResidentRows {
    @Override
    public boolean advance() {
      return false;
    }

    @Override
    public String get(String column) {
      return columns.getOrDefault(column, "");
    }

    @Override
    public void requireConsistent() {}

    @Override
    public String place() {
      return "nowhere";
    }

    @Override
    public long position() {
      return 0;
    }

    @Override
    public long length() {
      return 0;
    }

    @Override
    public String unit() {
      return "rows";
    }

    @Override
    public void close() {}
  }

  @Provide
  Arbitrary<StatusCommand.SetStatus> residents() {
    return Combinators.combine(
            Arbitraries.longs(),
            Arbitraries.longs(),
            Arbitraries.integers().between(0, 8),
            Arbitraries.integers().between(1, Integer.MAX_VALUE),
            Arbitraries.integers().between(0, 99),
            Arbitraries.integers().between(0, StatusCommand.MAX_EPOCH_DAY),
            Arbitraries.integers().between(0, 7))
        .as(
            (high, low, mix, minutes, doses, day, flags) ->
                StatusCommand.SetStatus.of(new Subject(high, low))
                    .colour(Colour.ofNumber(mix % 3))
                    .test(TestResult.ofNumber(mix / 3), mix / 3 == 0 ? 0 : minutes)
                    .doses(doses)
                    .lastDoseEpochDay(day)
                    .flags(flags)
                    .build());
  }

  private static Row row(StatusCommand.SetStatus status) {
    final Map<String, String> columns = new HashMap<>();
    columns.put("subject", status.subject().toHex());
    columns.put("colour", List.of("green", "yellow", "red").get(status.colour().number()));
    if (status.test().result() != TestResult.NONE) {
      columns.put(
          "result", List.of("none", "negative", "positive").get(status.test().result().number()));
      columns.put(
          "sampleTime",
          Instant.ofEpochSecond(SECONDS_A_MINUTE * status.test().sampleEpochMinutes()).toString());
    }
    columns.put("doses", String.valueOf(status.doses().count()));
    if (status.doses().lastEpochDay() != 0) {
      columns.put("lastDoseDate", LocalDate.ofEpochDay(status.doses().lastEpochDay()).toString());
    }
    final List<String> flags = new ArrayList<>();
    if ((status.flags() & StatusRecord.VISITOR) != 0) {
      flags.add("visitor");
    }
    if ((status.flags() & StatusRecord.LINKED) != 0) {
      flags.add("linked");
    }
    if ((status.flags() & StatusRecord.DECEASED) != 0) {
      flags.add("deceased");
    }
    columns.put("flags", String.join(";", flags));
    return new Row(columns);
  }

  @Property(tries = 500)
  void aRowIsReadAndSentAsItIs(@ForAll("residents") StatusCommand.SetStatus resident) {
    final ResidentRow read = ResidentRow.read(row(resident), Optional.empty());
    assertEquals(resident, read.command(GroundTable.DEFAULT));
    final ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putArray("statuses").add(read.json());
    assertEquals(
        List.of(resident.withOrigin(StatusChanges.SIGNER)), StatusChanges.read(body.toString()));
  }
}
