package gongbei.verifier.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.trust.KeyGeneration;
import gongbei.verifier.TestNode;
import gongbei.verifier.cli.CommandRuns;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A load that goes on: where it got to, what may have changed since, and where it is through. */
final class LoadResumeTest extends CommandRuns {
  private static final String HEADER =
      "subject,colour,result,sampleTime,doses,lastDoseDate,flags\n";

  @TempDir private Path directory;
  @AutoClose private TestNode node;
  private Path file;

  @BeforeEach
  void start() throws Exception {
    node = new TestNode();
    KeyGeneration.write(node.authority, "authority", directory.resolve("authority"));
    file = directory.resolve("residents.csv");
  }

  private int load(String... more) {
    final List<String> arguments =
        new ArrayList<>(
            List.of(
                "load",
                file.toString(),
                "--url",
                node.http("/"),
                "--authority-keys",
                directory.resolve("authority").toString(),
                "--no-progress"));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(new String[0]));
  }

  /** The node has room for a thousand holders: rows may be of the same. */
  private static String row(int holder, String rest) {
    return String.format(Locale.ROOT, "%032x,%s%n", 100 + holder % 500, rest).replace("\r", "");
  }

  private static String rows(int count) {
    final StringBuilder rows = new StringBuilder(HEADER);
    for (int i = 0; i < count; i++) {
      rows.append(row(i, "green,,,2,2025-01-01,"));
    }
    return rows.toString();
  }

  private long version() {
    return node.node.resources().statusMap().version();
  }

  @Test
  void aLoadThatIsThroughHasNothingToDo() throws Exception {
    Files.writeString(file, rows(3));
    assertEquals(0, load(), err);
    assertEquals("3 residents loaded\n", out);
    final long version = version();
    assertEquals(0, load("--resume"), err);
    assertEquals("nothing to do: 3 residents loaded before\n", out);
    assertEquals(version, version(), "nothing was changed");
    assertEquals(0, load("--resume", "--json"), err);
    assertEquals("{\"rows\":3,\"loaded\":0,\"loadedBefore\":3}\n", out);
    assertEquals(0, load(), err);
    assertEquals("3 residents loaded\n", out, "without --resume it is loaded again");
    assertEquals(version + 3, version());
  }

  @Test
  void oneIsOne() throws Exception {
    Files.writeString(file, rows(1));
    assertEquals(0, load(), err);
    assertEquals("1 resident loaded\n", out);
    assertEquals(0, load("--resume"), err);
    assertEquals("nothing to do: 1 resident loaded before\n", out);
  }

  @Test
  void whatIsAddedToAFileIsLoadedAlone() throws Exception {
    Files.writeString(file, rows(3));
    assertEquals(0, load(), err);
    final long version = version();
    Files.writeString(file, rows(5));
    assertEquals(0, load("--resume"), err);
    assertEquals("2 residents loaded\n", out);
    assertEquals(version + 2, version());
  }

  @Test
  void aRowAtFaultIsCorrectedAndTheLoadGoesOnAfterWhatWasLoaded() throws Exception {
    Files.writeString(file, rows(1_500) + row(1_500, "green,,,two,,") + row(1_501, "red,,,0,,"));
    assertEquals(1, load());
    assertTrue(err.contains("line 1502: doses is not a whole number"), err);
    final long version = version();
    Files.writeString(file, rows(1_500) + row(1_500, "green,,,2,,") + row(1_501, "red,,,0,,"));
    assertEquals(0, load("--resume"), err);
    assertEquals("502 residents loaded\n", out, "a thousand were");
    assertEquals(version + 502, version());
  }

  /** A new day's file may be as long as the last one to the byte. */
  @Test
  void aFileWhoseLoadedRowsAreOthersIsAnother() throws Exception {
    Files.writeString(file, rows(3));
    assertEquals(0, load(), err);
    Files.writeString(file, rows(3).replace("2025-01-01", "2025-01-02"));
    assertEquals(1, load("--resume"));
    assertTrue(err.contains("residents.csv.progress is of another file: its first 3 rows"), err);
    Files.writeString(file, rows(2));
    assertEquals(1, load("--resume"));
    assertTrue(err.contains("it says 3 rows, and there are 2"), err);
    Files.writeString(directory.resolve("residents.csv.progress"), "{}");
    assertEquals(1, load("--resume"));
    assertTrue(err.contains("is damaged: load without --resume"), err);
    assertEquals(0, load(), err);
  }

  @Test
  void aLoadToAnotherPlaceIsAnother() throws Exception {
    Files.writeString(file, rows(3));
    assertEquals(0, load(), err);
    assertEquals(1, load("--resume", "--node-region", "MO"));
    assertTrue(err.contains("is of a load to gongbei:GD:main, not to gongbei:MO:main"), err);
  }

  @Test
  void theProgressOfAnEarlierReleaseIsGoneOnWith() throws Exception {
    Files.writeString(file, rows(3));
    Files.writeString(directory.resolve("residents.csv.progress"), "2 " + Files.size(file) + "\n");
    assertEquals(0, load("--resume"), err);
    assertEquals("1 resident loaded\n", out);
    Files.writeString(directory.resolve("residents.csv.progress"), "2 7\n");
    assertEquals(1, load("--resume"));
    assertTrue(err.contains("is of another file"), err);
  }

  @Test
  void whatTheNodeFindsAtFaultIsNamedByItsLineAndColumn() throws Exception {
    Files.writeString(file, rows(2) + row(9, "green,negative,2999-01-01T00:00:00Z,0,,"));
    assertEquals(1, load());
    assertEquals(
        "gongbei: "
            + file
            + " line 4: sampleTime is in the future; the rows before it may be loaded\n",
        err);
  }
}
