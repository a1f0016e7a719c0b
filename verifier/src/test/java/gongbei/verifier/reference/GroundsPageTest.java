package gongbei.verifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.codec.model.Colour;
import gongbei.replication.command.Applied;
import gongbei.replication.ground.Ground;
import gongbei.replication.ground.GroundTable;
import gongbei.testing.Document;
import gongbei.verifier.ground.GroundTableJson;
import gongbei.verifier.ground.GroundTableReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code reference/grounds.md} against the table and the outcomes that it tells of. */
final class GroundsPageTest {
  private static final int DAY_MINUTES = 24 * 60;

  private final ReferencePage page = new ReferencePage(Document.GROUNDS);

  private static String number(int count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private static List<String> row(Ground ground) {
    final boolean hasEnd = ground.term().longestMinutes() != 0;
    final String ceiling =
        ground.ceiling().isNone()
            ? "any"
            : number(ground.ceiling().hourly()) + ", " + number(ground.ceiling().daily());
    return List.of(
        ground.name(),
        "" + ground.number(),
        ground.colours().stream().map(Colour::wireName).collect(Collectors.joining(", ")),
        hasEnd ? ground.term().longestMinutes() / DAY_MINUTES + " days" : "none",
        hasEnd ? ground.term().fills() ? "filled in" : "refused" : "none",
        ceiling + (ground.ceiling().countsFirst() ? "" : "; first registrations free"),
        ground.term().needs().wireName(),
        ground.signers().wantsSecond() ? "2" : "1");
  }

  @Test
  void theTableThatIsShippedIsTheOneThatCounts() {
    assertEquals(
        GroundTable.DEFAULT.grounds().stream().map(GroundsPageTest::row).toList(),
        page.table("| ground | number |").stream()
            .map(row -> row.stream().map(String::strip).toList())
            .toList());
  }

  @Test
  void theRefusalsAreTheLogsOutcomes() {
    final Set<String> outcomes = new TreeSet<>();
    for (final Applied.Outcome outcome :
        EnumSet.range(Applied.Outcome.GROUND_UNKNOWN, Applied.Outcome.POSITIVE_TEST_MISSING)) {
      outcomes.add(outcome.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    assertEquals(
        outcomes,
        page.table("| problem | field |").stream()
            .map(row -> row.get(0))
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void theFileOfTheExampleIsATableThatCanBePut() throws Exception {
    final GroundTable table =
        GroundTableReader.read(page.blocks("yaml").get(0).getBytes(StandardCharsets.UTF_8));
    table.requireNamesOf(GroundTable.DEFAULT);
    assertEquals(1, table.revision());
    assertEquals(5, table.grounds().size());
    assertEquals(2, table.find(GroundTable.CLOSE_CONTACT).signers().authorities().size());
  }

  @Test
  void everyKeyOfATableIsExplained() {
    final Set<String> keys = new TreeSet<>(GroundTableReader.KEYS);
    keys.remove("grounds");
    GroundTableJson.of(GroundTable.DEFAULT)
        .path("grounds")
        .forEach(ground -> ground.fieldNames().forEachRemaining(keys::add));
    final List<String> explained = new ArrayList<>();
    page.table("| key | is |")
        .forEach(row -> explained.addAll(List.of(row.get(0).split(", ", -1))));
    assertEquals(keys, new TreeSet<>(explained));
  }
}
