package gongbei.verifier.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.replication.command.StatusCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What the command line reads, for fuzzing. */
public final class TextInputs {
  private final VerifyLine lines = new VerifyLine(new ObjectMapper());

  /** Reads a line of JSON that asks for a verdict. */
  public void line(byte[] input) {
    try {
      if (lines.read(new String(input, StandardCharsets.UTF_8)).code() == null) {
        throw new AssertionError("a line without a code is read");
      }
    } catch (VerifyLine.FaultException e) {
      if (e.field().isEmpty()) {
        throw new AssertionError("a fault names no field", e);
      }
    }
  }

  /** Reads residents from CSV; what is read is written and read again as it was. */
  public static void residents(Path file, byte[] input) throws IOException {
    Files.write(file, input);
    try (CsvRows rows = new CsvRows(file)) {
      while (rows.advance()) {
        try {
          rows.requireConsistent();
          final StatusCommand.SetStatus status = ResidentRow.read(rows, Optional.empty());
          if (!ResidentRow.json(status)
              .path("subject")
              .textValue()
              .equals(status.subject().toHex())) {
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
