package gongbei.codec.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.issue.HcertIssuer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is understood of a certificate, and what is refused by its field. */
final class HcertClaimsTest {
  private static final String V = "{'tg':'840539006','dn':2,'sd':2,'dt':'2021-06-01'}";
  private static final String T =
      "{'tg':'840539006','tt':'LP6464-4','tr':'260415000','sc':'2021-06-01T10:00:00Z'}";
  private static final String R = "{'tg':'840539006','fr':'2021-06-01'}";

  private final HealthCode code = new HealthCode();

  private boolean wrap(String members) {
    final String json = "{" + members.replace("V", V).replace("T!", T).replace("R!", R) + "}";
    try {
      final byte[] text =
          TestCodes.ascii(
              new HcertIssuer(TestCodes.XX)
                  .issue(
                      new ObjectMapper().readTree(json.replace('\'', '"')),
                      TestCodes.IAT,
                      TestCodes.EXP));
      return code.wrap(text, 0, text.length);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(members, e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "'v':[V]|1",
        "'t':[T!]|2",
        "'r':[R!]|4",
        "'v':[V,V]|1",
        "'v':[V],'t':null,'r':null|1",
        "'x':[1],'vv':[2],'v':[V]|1"
      })
  void oneOfVaccinationsTestsAndRecoveriesIsThere(String members, int types) {
    assertTrue(wrap(members), () -> code.field() + " " + code.explanation());
    assertEquals(types, code.facts().types());
    assertTrue(code.facts().isOfThisDisease());
    assertNull(code.facts().fieldOutsideValueSets());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "'x':1|hcert has none of v, t and r",
        "'v':null|hcert has none of v, t and r",
        "'v':[]|v has no entry",
        "'t':[]|t has no entry",
        "'r':[]|r has no entry",
        "'v':[V],'t':[T!]|t stands beside another of v, t and r",
        "'t':[T!],'v':[]|v stands beside another of v, t and r",
        "'r':[R!],'v':[V]|v stands beside another of v, t and r",
        "'v':V|v is not an array",
        "'t':'x'|t is not an array",
        "'r':1|r is not an array",
        "'v':[1]|v has an entry that is not a map",
        "'v':[V,[]]|v has an entry that is not a map",
        "'t':[null]|t has an entry that is not a map"
      })
  void whatIsNotOneOfThemIsRefusedByName(String members, String fault) {
    assertFalse(wrap(members), members);
    assertEquals(fault, code.field() + " " + code.explanation());
    assertFalse(code.isUnsupported());
  }

  @ParameterizedTest
  @CsvSource({
    "v, tg, is not text",
    "v, dn, is not an integer",
    "v, sd, is not an integer",
    "v, dt, is not text",
    "t, tg, is not text",
    "t, tt, is not text",
    "t, tr, is not text",
    "t, sc, is not text",
    "r, tg, is not text",
    "r, fr, is not text"
  })
  void aClaimThatRulesGoByIsThereAndOfItsType(String name, String claim, String fault) {
    final String entry = name.equals("v") ? V : name.equals("t") ? T : R;
    final String without = entry.replaceFirst("'" + claim + "':('[^']*'|[0-9]+),?", "");
    assertFalse(wrap("'" + name + "':[" + without.replace(",}", "}") + "]"));
    assertEquals(claim + " is missing", code.field() + " " + code.explanation());
    for (final String wrong : new String[] {"null", "true", "[]", "{}", "[[1]]"}) {
      final String other =
          entry.replaceFirst("'" + claim + "':('[^']*'|[0-9]+)", "'" + claim + "':" + wrong);
      assertFalse(wrap("'" + name + "':[" + other + "]"), other);
      assertEquals(claim + " " + fault, code.field() + " " + code.explanation());
    }
  }

  @Test
  void aDateIsOneOfTheCalendar() {
    assertFalse(wrap("'v':[" + V.replace("06-01", "02-30") + "]"));
    assertEquals("dt is not a date", code.field() + " " + code.explanation());
    assertFalse(wrap("'r':[" + R.replace("06-01", "06-31") + "]"));
    assertEquals("fr is not a date", code.field() + " " + code.explanation());
    for (final String wrong :
        new String[] {
          "2021-02-30T10:00:00Z", "2021-06-01T10:00:00", "2021-06-01", "x".repeat(99)
        }) {
      assertFalse(wrap("'t':[" + T.replace("2021-06-01T10:00:00Z", wrong) + "]"), wrong);
      assertEquals(
          "sc is not a date and time with its zone", code.field() + " " + code.explanation());
    }
  }

  @Test
  void nothingIsCertifiedByACodeOfAnotherFormatThatFollows() {
    assertTrue(wrap("'t':[" + T.replace("260415000", "260373001") + "]"));
    assertTrue(code.facts().isPositive());
    final byte[] text = TestCodes.ascii(TestCodes.valid(CodeFormat.GD1));
    assertTrue(code.wrap(text, 0, text.length));
    assertEquals(0, code.facts().types());
    assertFalse(code.facts().isPositive());
    assertFalse(code.facts().isOfThisDisease());
  }

  @Test
  void theNewestNegativeTestOfEachKindIsFoundAndTheGreatestDose() {
    final String older = T.replace("2021-06-01", "2021-05-01");
    final String antigen = older.replace("LP6464-4", "LP217198-3");
    assertTrue(wrap("'t':[" + older + "," + T + "," + antigen + "]"));
    final int june = 1_622_541_600 / 60;
    assertEquals(june, code.facts().negativeSampleEpochMinutes(TestKind.NAAT));
    assertEquals(june - 31 * 1_440, code.facts().negativeSampleEpochMinutes(TestKind.RAT));
    assertEquals("sc", code.facts().fieldAfter(1_622_541_600 - 301));
    assertNull(code.facts().fieldAfter(1_622_541_600 - 300));
    assertTrue(wrap("'v':[" + V.replace("'dn':2", "'dn':3") + "," + V + "]"));
    assertEquals(3, code.facts().doses());
    assertEquals("dt", code.facts().fieldAfter(1_622_505_600 - 14 * 3_600 - 1));
    assertNull(code.facts().fieldAfter(1_622_505_600 - 14 * 3_600));
  }
}
