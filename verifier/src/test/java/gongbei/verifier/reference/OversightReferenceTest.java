package gongbei.verifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Document;
import gongbei.verifier.config.Limits;
import gongbei.verifier.oversight.Oversight;
import gongbei.verifier.oversight.Series;
import gongbei.verifier.oversight.Tally;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page of oversight against what is counted. */
final class OversightReferenceTest {
  private static final String PAGE = Document.OVERSIGHT.text();

  @Test
  void everyCountIsInTheTableInItsOrderAndNoOther() {
    final List<String> counts =
        Pattern.compile("(?m)^\\| (`[^|]+`) \\| [^|]+ \\|$")
            .matcher(Document.OVERSIGHT.section("What is counted"))
            .results()
            .flatMap(row -> Arrays.stream(row.group(1).replace("`", "").split(", ", -1)))
            .toList();
    assertEquals(Arrays.stream(Tally.values()).map(Tally::wireName).toList(), counts);
  }

  @Test
  void theNumbersOnThePageAreThoseThatCount() {
    assertTrue(PAGE.contains("the last " + Series.HOURS + " hours"));
    assertTrue(PAGE.contains("hour of the next " + Series.HOURS + "."));
    assertTrue(PAGE.contains(Limits.MAX_OVERSIGHT_SERIES + " pairs"));
    assertEquals(TimeUnit.MINUTES.toMillis(1), Limits.OVERSIGHT_SAVE_MILLIS, "every minute");
    assertTrue(
        PAGE.contains("the file `" + Oversight.fileIn(Path.of("data")).getFileName() + "` there"));
  }
}
