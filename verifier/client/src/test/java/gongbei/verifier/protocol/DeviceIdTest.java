package gongbei.verifier.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.conformance.ScannerConformance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DeviceIdTest {
  private static final String REFUSAL = "deviceId is not 1 to 64 letters, digits and . _ : / @ -";

  @ParameterizedTest
  @ValueSource(strings = {"g", "gate-7", "GD/metro/line-3@east:2_b.1"})
  void anIdIsOfLettersDigitsAndAFewMarks(String id) {
    assertEquals(id, DeviceId.require(id));
    assertEquals("x".repeat(64), DeviceId.require("x".repeat(64)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gate 7", "gate\n7", "gate,7", "gate#7", "閘口", "gate\u0000", "é"})
  void whatIsNoneIsRefusedBeforeAnythingIsSentAndTheFieldIsNamed(String id) {
    final DeviceClient.Context context = new DeviceClient.Context();
    assertEquals(
        REFUSAL,
        assertThrows(IllegalArgumentException.class, () -> context.device(id, new byte[0]))
            .getMessage());
    final ScannerConformance.Target target = new ScannerConformance.Target();
    assertEquals(
        REFUSAL,
        assertThrows(IllegalArgumentException.class, () -> target.device(id, new byte[0]))
            .getMessage());
    assertEquals(
        REFUSAL,
        assertThrows(IllegalArgumentException.class, () -> target.revokedDevice(id, new byte[0]))
            .getMessage());
  }

  @Test
  void anIdIsOfSixtyFourCharactersAtMostAndNeverMissing() {
    assertEquals(
        REFUSAL,
        assertThrows(IllegalArgumentException.class, () -> DeviceId.require("x".repeat(65)))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> DeviceId.require(null));
  }
}
