package gongbei.verifier.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a checkpoint may be called, over HTTP, over TCP and on the page alike. */
final class CheckpointNameTest {
  @Test
  void aPlaceIsOfLowerCaseLettersDigitsAndHyphens() {
    final Rulesets rulesets = RulesetStore.shipped().current();
    for (final String name :
        List.of("metro", "metro/gate-3", "metro/1", "metro/" + "x".repeat(58))) {
      assertNull(CheckpointName.fault(name), name);
      assertEquals("metro", rulesets.find(name).name(), name);
    }
    for (final String name :
        List.of(
            "metro/",
            "metro/GATE",
            "metro/gate 3",
            "metro/HC1:6BF",
            "metro/a/b",
            "metro/广",
            "metro/a\n")) {
      assertNotNull(CheckpointName.fault(name), name);
      assertNull(rulesets.find(name), name);
    }
    assertNotNull(CheckpointName.fault("metro/" + "x".repeat(59)));
    assertNull(CheckpointName.fault(""), "which is of no kind");
  }
}
