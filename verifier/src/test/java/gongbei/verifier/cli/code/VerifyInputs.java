package gongbei.verifier.cli.code;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;

/** Lines as {@code verify --jsonl} reads them, for fuzzing. */
public final class VerifyInputs {
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
}
