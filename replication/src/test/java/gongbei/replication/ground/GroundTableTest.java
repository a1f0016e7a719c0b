package gongbei.replication.ground;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GroundTableTest {
  private static final String SHIPPED =
      """
      gongbei-grounds 2
      number name colours longest missing hourly daily first signatures needs authorities
      1 registry green,yellow,red 20160 fill 100 200 free 1 nothing *
      2 lab-result green,yellow,red 20160 fill 1000 5000 counts 1 positive-test *
      3 close-contact yellow,red 20160 refuse 200 500 counts 1 nothing *
      4 area yellow 20160 refuse 1000 5000 counts 2 nothing *
      5 self-report yellow 10080 fill 100 200 counts 1 nothing *
      6 recovery green 0 refuse 50 100 counts 1 nothing *
      7 correction green,yellow 20160 refuse 50 100 counts 1 nothing *
      8 appeal green,yellow 20160 refuse 50 100 counts 1 nothing *
      9 translation green,yellow,red 20160 fill 0 0 counts 1 nothing *
      """;

  /** As it shipped with version 7 of the log's protocol, which knew no needs. */
  private static final String SHIPPED_BEFORE =
      """
      gongbei-grounds 1
      number name colours longest missing hourly daily first signatures authorities
      1 registry green,yellow,red 20160 fill 1000 5000 free 1 *
      2 lab-result green,yellow,red 20160 fill 5000 20000 counts 1 *
      3 close-contact yellow,red 20160 refuse 200 500 counts 1 *
      4 area yellow 20160 refuse 1000 5000 counts 2 *
      5 self-report yellow 10080 fill 200 500 counts 1 *
      6 recovery green 0 refuse 0 0 counts 1 *
      7 correction green,yellow 20160 refuse 200 500 counts 1 *
      8 appeal green,yellow 20160 refuse 200 500 counts 1 *
      9 translation green,yellow,red 20160 fill 0 0 counts 1 *
      """;

  /** The depositors of Henan. */
  private static final int DEPOSITORS = 1_317;

  private static Ground ground(int number, String name, Signers signers) {
    return new Ground(
        number,
        name,
        EnumSet.of(Colour.YELLOW, Colour.RED),
        new Ground.Term(60, true),
        signers,
        new Ground.Ceiling(1, 2, false));
  }

  private static GroundTable parse(String text) {
    return GroundTable.parse(text.getBytes(US_ASCII), 7);
  }

  private static String refusal(String text) {
    return assertThrows(IllegalArgumentException.class, () -> parse(text), text).getMessage();
  }

  @Test
  void theTableThatShipsIsWrittenAsItIsDocumented() {
    assertEquals(SHIPPED, new String(GroundTable.DEFAULT.toBytes(), US_ASCII));
    assertEquals(0, GroundTable.DEFAULT.revision());
    assertEquals(GroundTable.DEFAULT.grounds(), parse(SHIPPED).grounds());
    assertEquals(7, parse(SHIPPED).revision());
    assertEquals(SHIPPED_BEFORE, new String(GroundTable.OF_VERSION_7.toBytes(), US_ASCII));
    assertEquals(GroundTable.OF_VERSION_7.grounds(), parse(SHIPPED_BEFORE).grounds());
  }

  @Test
  void oneAuthorityStopsFewerThanTheDepositorsInADayWithoutATest() {
    final int alone =
        GroundTable.DEFAULT.grounds().stream()
            .filter(ground -> ground.number() != GroundTable.TRANSLATION)
            .filter(ground -> !ground.signers().wantsSecond())
            .filter(ground -> ground.term().needs() == Ground.Evidence.NOTHING)
            .peek(ground -> assertFalse(ground.ceiling().daily() == 0, ground.name()))
            .mapToInt(ground -> ground.ceiling().daily())
            .sum();
    assertTrue(alone < DEPOSITORS, "on all of its grounds together: " + alone);
  }

  @Test
  void aTableIsReadAsItWasWritten() {
    final GroundTable table =
        GroundTable.of(
            3,
            List.of(
                ground(40, "quarantine-hotel", Signers.of(List.of(-1L, 0x1FL, 2L), true)),
                ground(1, "registry", Signers.ALL)));
    assertEquals(table, GroundTable.parse(table.toBytes(), 3));
    assertEquals(List.of(1, 40), table.grounds().stream().map(Ground::number).toList());
    assertTrue(
        new String(table.toBytes(), US_ASCII)
            .endsWith(
                "40 quarantine-hotel yellow,red 60 fill 1 2 free 2"
                    + " ffffffffffffffff,0000000000000002,000000000000001f\n"));
  }

  @Test
  void aGroundIsFoundByNumberAndNameAndNamedAlsoWhereItIsGone() {
    final GroundTable table = GroundTable.of(1, List.of(ground(40, "hotel", Signers.ALL)));
    assertEquals("hotel", table.find(40).name());
    assertEquals(40, table.ofName("hotel").orElseThrow().number());
    assertNull(table.find(1));
    assertTrue(table.ofName("registry").isEmpty());
    assertEquals("registry", table.nameOf(1), "what it was stays readable");
    assertEquals("before-history", table.nameOf(0));
    assertEquals("41", table.nameOf(41));
    assertTrue(table.find(40).sets(Colour.RED));
    assertFalse(table.find(40).sets(Colour.GREEN));
  }

  @Test
  void aNumberKeepsItsNameForEver() {
    assertEquals(
        "ground 1 is registry for ever, and can't be hotel",
        assertThrows(
                IllegalArgumentException.class,
                () -> GroundTable.of(1, List.of(ground(1, "hotel", Signers.ALL))))
            .getMessage());
    final GroundTable first = GroundTable.of(1, List.of(ground(40, "hotel", Signers.ALL)));
    final GroundTable second = GroundTable.of(2, List.of(ground(40, "home", Signers.ALL)));
    assertThrows(IllegalArgumentException.class, () -> second.requireNamesOf(first));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gongbei-grounds 2 | gongbei-grounds 1                     | does not begin as a table of grounds does
          gongbei-grounds 2 | gongbei-grounds 3                     | does not begin as a table of grounds does
          number name       | name number                           | does not begin as a table of grounds does
          1 registry        | 01 registry                           | is not written as a table of grounds is
          1 registry        | x registry                            | line 3: number is not a whole number
          1 registry        | 0 registry                            | line 3: number is 0, not from 1 to 65534
          1 registry        | 65535 registry                        | line 3: number is 65535, not from 1 to 65534
          1 registry        | 2 registry                            | ground 2
          2 lab-result      | 2 registry                            | ground 2
          2 lab-result      | 2 Lab-result                          | line 4: name is not
          2 lab-result      | 2 before-history                      | line 4: name is not
          2 lab-result      | 2 lab--result                         | line 4: name is not
          yellow 10080 fill | blue 10080 fill                       | line 7: colours holds other than colours
          yellow 10080 fill | yellow,yellow 10080 fill              | is not written as a table of grounds is
          yellow 10080 fill | yellow 0 fill                         | line 7: longest goes with colours other than green
          yellow 10080 fill | yellow 527041 fill                    | line 7: longest is 527041, not from 0 to 527040
          yellow 10080 fill | yellow 10080 maybe                    | is not written as a table of grounds is
          green 0 refuse    | green 1 refuse                        | line 8: longest goes with colours other than green
          100 200 free      | 201 200 free                          | line 3: hourly is 201, more than daily: 200
          100 200 free      | 100 -5 free                           | line 3: daily is not a whole number
          100 200 free      | 100 1000000001 free                   | line 3: daily is 1000000001, not from 0 to 1000000000
          free 1 nothing *  | free 3 nothing *                      | is not written as a table of grounds is
          free 1 nothing *  | free 1 nothing                        | line 3: has 10 columns, not 11
          free 1 nothing *  | free 1 something *                    | line 3: needs is nothing that there is
          1 positive-test * | 1 nothing *                           | is not written as a table of grounds is
          free 1 nothing *  | free 1 nothing 0000000000000000       | line 3: authorities holds 0
          free 1 nothing *  | free 1 nothing 000000000000000A       | is not written as a table of grounds is
          free 1 nothing *  | free 1 nothing 000000000000000g       | line 3: authorities is not a whole number
          free 1 nothing *  | free 1 nothing 0000000000000002,0000000000000002 | line 3: authorities holds 0, or one of them twice
          """)
  void aTableThatIsWrittenOtherwiseIsRefusedByLineAndField(String from, String to, String refusal) {
    final String spoilt = SHIPPED.replaceFirst(Pattern.quote(from), to);
    assertFalse(spoilt.equals(SHIPPED), from);
    final String message = refusal(spoilt);
    assertTrue(message.startsWith(refusal), message);
  }

  @Test
  void aTableIsNotCutShortNorEmptyNorTooLong() {
    final String[] lines = SHIPPED.split("(?<=\n)", -1);
    for (int cut = 0; cut < SHIPPED.length(); cut++) {
      final String start = SHIPPED.substring(0, cut);
      if (!start.endsWith("\n") || start.equals(lines[0]) || start.equals(lines[0] + lines[1])) {
        refusal(start);
      }
    }
    refusal(SHIPPED + "\n");
    final List<Ground> many = new ArrayList<>();
    for (int i = 0; i <= GroundTable.MAX_GROUNDS; i++) {
      many.add(ground(100 + i, "ground-" + i, Signers.ALL));
    }
    assertEquals(
        "grounds is 257, not from 1 to 256",
        assertThrows(IllegalArgumentException.class, () -> GroundTable.of(1, many)).getMessage());
    assertEquals(256, GroundTable.of(1, many.subList(0, 256)).grounds().size());
    assertThrows(IllegalArgumentException.class, () -> GroundTable.of(0, many.subList(0, 1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Ground(40, "none", Set.of(), Ground.Term.NONE, Signers.ALL, Ground.Ceiling.NONE));
  }

  @Test
  void whereNobodyIsNamedEveryAuthorityMayUseAGround() {
    assertTrue(Signers.ALL.allows(0));
    assertTrue(Signers.ALL.allows(-9));
    final Signers two = Signers.of(List.of(9L, -9L), false);
    assertTrue(two.allows(9) && two.allows(-9));
    assertFalse(two.allows(0) || two.allows(8));
    assertFalse(two.wantsSecond());
    final List<Long> crowd = new ArrayList<>();
    for (long id = 1; id <= Signers.MAX_AUTHORITIES + 1; id++) {
      crowd.add(id);
    }
    assertThrows(IllegalArgumentException.class, () -> Signers.of(crowd, false));
  }
}
