package gongbei.verifier.cli.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gongbei.verifier.TestNode;
import gongbei.verifier.cli.exit.CommandException;
import org.junit.jupiter.api.Test;

/** What a newer node adds is ignored; what is no answer of a node ends the command. */
final class NodeJsonTest {
  private record Request(String subject, Integer ttlSeconds) {}

  @Test
  void aMemberThatIsNotKnownIsPassedOver() throws Exception {
    assertEquals(
        new Outcome("applied", 7),
        Outcome.of(TestNode.json("{\"outcome\":\"applied\",\"version\":7,\"later\":{\"a\":[1]}}")));
  }

  @Test
  void anAnswerOfAnotherShapeEndsTheCommandAndNamesNoClass() throws Exception {
    for (final String answer : new String[] {"[]", "{\"outcome\":{},\"version\":[]}", "7"}) {
      final CommandException refusal =
          assertThrows(CommandException.class, () -> Outcome.of(TestNode.json(answer)));
      assertEquals("the answer is not what a node answers there", refusal.getMessage());
    }
  }

  @Test
  void anOutcomeOtherThanAppliedIsNamed() throws Exception {
    final Outcome outcome = Outcome.of(TestNode.json("{\"outcome\":\"superseded\"}"));
    assertEquals(
        "metro@2 is superseded: raise it",
        assertThrows(CommandException.class, () -> outcome.requireApplied("metro@2", ": raise it"))
            .getMessage());
  }

  @Test
  void aComponentThatIsNullIsLeftOutOfARequest() {
    assertEquals("{\"subject\":\"ab\"}", NodeJson.write(new Request("ab", null)).toString());
  }
}
