package gongbei.verifier.ground;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gongbei.replication.ground.GroundTable;
import gongbei.replication.map.StatusRecord;
import gongbei.verifier.config.Limits;
import gongbei.verifier.status.StatusForm;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GroundTableReaderTest {
  private static final String GROUND =
      "{name: area, number: 4, colours: [yellow], longestMinutes: 60, missingUntil: refuse,"
          + " hourly: 5, daily: 10, firstRegistrations: free, signatures: 2,"
          + " authorities: ['00112233aabbccdd']}";

  private static GroundTable read(String yaml) throws GroundTableException {
    return GroundTableReader.read(yaml.getBytes(StandardCharsets.UTF_8));
  }

  private static String fault(String yaml) {
    return assertThrows(GroundTableException.class, () -> read(yaml)).getMessage();
  }

  @Test
  void whatIsWrittenIsReadAgainAsItWas() throws Exception {
    final GroundTable table = read("revision: 7\ngrounds: [" + GROUND + "]");
    assertEquals(table, GroundTableReader.read(GroundTableJson.of(table)));
    assertEquals(7, table.revision());
    final GroundTable shipped =
        read(GroundTableJson.of(GroundTable.DEFAULT).put("revision", 1).toString());
    assertEquals(GroundTable.DEFAULT.grounds(), shipped.grounds());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "number: 4             | number: 0                | grounds[0].number is 0",
        "number: 4             | number: 70000            | grounds[0].number is not a whole number",
        "number: 4             | number: four             | grounds[0].number is not a whole number",
        "number: 4             | number: 4, why: x        | grounds[0].why is not a setting",
        "name: area            | name: Area               | grounds[0].name is not 1 to 32",
        "name: area,           | `  `                     | grounds[0].name is missing",
        "name: area            | name: before-history     | grounds[0].name is not 1 to 32",
        "name: area            | name: lockdown           | grounds of ground 4 is area for ever",
        "[yellow]              | [yellow, yellow]         | grounds[0].colours is not a list",
        "[yellow]              | [blue]                   | grounds[0].colours holds other than",
        "[yellow]              | yellow                   | grounds[0].colours is not a list",
        "[yellow]              | []                       | grounds[0].colours is empty",
        "[yellow]              | [green]                  | grounds[0].longestMinutes goes with",
        "longestMinutes: 60    | longestMinutes: 0        | grounds[0].longestMinutes goes with",
        "longestMinutes: 60    | longestMinutes: 527041   | grounds[0].longestMinutes is not a whole",
        "longestMinutes: 60,   | `  `                     | grounds[0].longestMinutes is missing",
        "missingUntil: refuse, | `  `                     | grounds[0].missingUntil is missing",
        "missingUntil: refuse  | missingUntil: ask        | grounds[0].missingUntil is neither fill",
        "hourly: 5             | hourly: 11               | grounds[0].hourly is 11, more than daily",
        "hourly: 5             | hourly: -1               | grounds[0].hourly is not a whole number",
        "firstRegistrations: free | firstRegistrations: x | grounds[0].firstRegistrations is neither",
        "signatures: 2         | signatures: 3            | grounds[0].signatures is neither 1 nor 2",
        "['00112233aabbccdd']  | [1]                      | grounds[0].authorities holds other than",
        "['00112233aabbccdd']  | ['0000000000000000']     | grounds[0].authorities holds 0",
        "revision: 7           | revision: 0              | revision is 0",
        "revision: 7           | rev: 7                   | rev is not a setting",
        "grounds: [            | grounds: [1,             | grounds[0] is not a map",
      })
  void aFaultNamesItsFieldAndItsReason(String part, String instead, String reason) {
    final String yaml = "{revision: 7, grounds: [" + GROUND + "]}";
    final String told = fault(yaml.replace(part.strip(), instead.strip()));
    assertEquals(
        reason.strip(), told.substring(0, Math.min(told.length(), reason.strip().length())));
  }

  @Test
  void whatIsNoTableIsRefused() {
    assertEquals("is not a map of revision and grounds", fault("[]"));
    assertEquals("grounds is not a list of grounds", fault("{revision: 1, grounds: []}"));
    assertEquals(
        "is not YAML", fault("revision: 1\nrevision: 2").substring(0, "is not YAML".length()));
    assertEquals(
        "is longer than " + Limits.MAX_GROUND_TABLE_BYTES + " bytes",
        fault("#".repeat(Limits.MAX_GROUND_TABLE_BYTES + 1)));
    assertEquals(
        "grounds of ground 4 area is given twice, by number or name",
        fault("{revision: 1, grounds: [" + GROUND + ", " + GROUND + "]}"));
  }

  @Test
  void theFormOfAStatusKeepsEndsAsFarAsTheMapDoes() {
    assertEquals(StatusRecord.MAX_UNTIL_EPOCH_MINUTES, StatusForm.MAX_UNTIL_EPOCH_MINUTES);
  }
}
