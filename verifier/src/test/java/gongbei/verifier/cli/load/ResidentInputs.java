package gongbei.verifier.cli.load;

import gongbei.verifier.cli.exit.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Files of residents as {@code load} reads them, for fuzzing. */
public final class ResidentInputs {
  private ResidentInputs() {}

  /** Reads residents from CSV; what is read is written and read again as it was. */
  public static void residents(Path file, byte[] input) throws IOException {
    Files.write(file, input);
    try (CsvRows rows = new CsvRows(file)) {
      while (rows.advance()) {
        try {
          rows.requireConsistent();
          final ResidentRow row = ResidentRow.read(rows, Optional.empty());
          if (!row.json().path("subject").textValue().equals(row.subject().toHex())) {
            throw new AssertionError("a row is written as another");
          }
        } catch (IllegalArgumentException e) {
          if (e.getMessage() == null) {
            throw new AssertionError("a fault says nothing", e);
          }
        }
      }
    } catch (CommandException e) {
      if (e.getMessage() == null) {
        throw new AssertionError("a fault says nothing", e);
      }
    }
  }
}
