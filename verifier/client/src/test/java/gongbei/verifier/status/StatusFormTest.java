package gongbei.verifier.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.time.Rfc3339;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StatusFormTest {
  /** Fields as text, as a row of a file has them. */
  private record Fields(Map<String, String> values) implements StatusSource {
    @Override
    public boolean has(String field) {
      return values.containsKey(field);
    }

    @Override
    public String text(String field, int maxCharacters) {
      if (!has(field)) {
        throw ofField(field, "is missing");
      }
      return values.get(field);
    }

    @Override
    public int number(String field, int least, int greatest, int preset) {
      return has(field) ? Integer.parseInt(values.get(field)) : preset;
    }

    @Override
    public List<String> words(String field, int maxWords) {
      return has(field) ? List.of(values.get(field).split(";", -1)) : List.of();
    }

    @Override
    public long epochSeconds(String field) {
      return Rfc3339.epochSeconds(values.get(field));
    }

    @Override
    public RuntimeException ofField(String field, String reason) {
      return new IllegalStateException(field + " " + reason);
    }
  }

  /** As in {@code colour=red until=2026-01-01T00:00:00Z}. */
  private static StatusForm read(String fields) {
    final Map<String, String> values = new HashMap<>();
    for (final String each : fields.split(" ", -1)) {
      values.put(each.substring(0, each.indexOf('=')), each.substring(each.indexOf('=') + 1));
    }
    return StatusForm.read(new Fields(values));
  }

  @Test
  void everyFieldIsReadAndWrittenAsItIs() {
    final StatusForm form =
        read(
            "colour=red result=positive sampleTime=2026-11-24T08:00:59Z doses=3"
                + " lastDoseDate=2026-01-02 flags=visitor;linked ground=lab-result"
                + " until=2026-12-08T08:00:00Z next=yellow");
    assertEquals(Colour.RED, form.colour());
    assertEquals(TestResult.POSITIVE, form.result());
    assertEquals(
        Instant.parse("2026-12-08T08:00:00Z").getEpochSecond() / 60, form.untilEpochMinutes());
    assertEquals(Colour.YELLOW, form.next());
    assertEquals(
        "{\"colour\":\"red\",\"result\":\"positive\",\"sampleTime\":\"2026-11-24T08:00:00Z\","
            + "\"doses\":3,\"lastDoseDate\":\"2026-01-02\",\"flags\":[\"visitor\",\"linked\"],"
            + "\"ground\":\"lab-result\",\"until\":\"2026-12-08T08:00:00Z\",\"next\":\"yellow\"}",
        form.writeInto(JsonNodeFactory.instance.objectNode()).toString());
  }

  @Test
  void whatIsNotSaidHasItsDefaultAndIsNotWritten() {
    assertEquals(
        "{\"colour\":\"yellow\",\"doses\":0}",
        read("colour=yellow").writeInto(JsonNodeFactory.instance.objectNode()).toString());
    assertEquals("", read("colour=yellow").ground());
    assertEquals(0, read("colour=yellow").untilEpochMinutes());
    assertEquals(Colour.GREEN, read("colour=yellow").next());
  }

  @Test
  void whatIsStatedStaysAndWhatIsNotIsFilledIn() {
    final StatusForm red = read("colour=red").otherwise("area", 30_000_000);
    assertEquals("area", red.ground());
    assertEquals(30_000_000, red.untilEpochMinutes());
    final StatusForm stated =
        read("colour=red ground=lab-result until=2026-12-08T08:00:00Z").otherwise("area", 1);
    assertEquals("lab-result", stated.ground());
    assertEquals("2026-12-08T08:00:00Z", StatusForm.minute(stated.untilEpochMinutes()));
    final StatusForm green = read("colour=green doses=2").otherwise("area", 30_000_000);
    assertEquals(0, green.untilEpochMinutes(), "green has no end");
    assertEquals(2, green.doses());
  }

  @ParameterizedTest
  @CsvSource({
    "doses=1,                                                     colour is missing",
    "colour=blue,                         'colour is not one of green, yellow, red'",
    "colour=green result=maybe,     'result is not one of none, negative, positive'",
    "colour=green result=negative,     'sampleTime goes with a result, and only with one'",
    "colour=green sampleTime=2026-01-01T00:00:00Z,"
        + " 'sampleTime goes with a result, and only with one'",
    "colour=green result=negative sampleTime=1970-01-01T00:00:59Z,"
        + " sampleTime is not from 1970-01-01T00:01Z to 6053-01-23T02:07Z",
    "colour=green result=negative sampleTime=6053-01-23T02:08:00Z,"
        + " sampleTime is not from 1970-01-01T00:01Z to 6053-01-23T02:07Z",
    "colour=green doses=100,                             'doses is 100, not from 0 to 99'",
    "colour=green lastDoseDate=1970-01-01," + " lastDoseDate is not from 1970-01-02 to 9999-12-31",
    "colour=green flags=vip,         'flags holds other than visitor, linked, deceased'",
    "colour=green flags=translated,  'flags holds other than visitor, linked, deceased'",
    "colour=red ground=Because," + " 'ground is not a name of small letters, digits and hyphens'",
    "colour=red until=1970-01-01T00:00:59Z,"
        + " until is not from 1970-01-01T00:01Z to 6053-01-16T02:07Z",
    "colour=green until=2026-12-08T08:00:00Z,"
        + " 'until goes with yellow or red, and only with one'",
    "colour=red until=2026-12-08T08:00:00Z next=red,           next is no milder than colour",
    "colour=yellow until=2026-12-08T08:00:00Z next=yellow,     next is no milder than colour",
    "colour=red next=blue,                  'next is not one of green, yellow, red'",
  })
  void aFaultNamesItsFieldAndItsReason(String fields, String fault) {
    assertEquals(fault, assertThrows(IllegalStateException.class, () -> read(fields)).getMessage());
  }
}
