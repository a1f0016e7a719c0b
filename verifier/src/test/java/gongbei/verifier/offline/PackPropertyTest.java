package gongbei.verifier.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.TestKind;
import gongbei.codec.model.Colour;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.machine.StatusStateMachine;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.pack.PackMaker;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.rules.Rulesets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** That a pack says what it was made of: rules by way of their own reader, and who is not green. */
final class PackPropertyTest {
  private static final long NOW = 1_767_225_600L;
  private static final SigningKey KEY =
      new KeyGeneration()
          .generate("GD", Instant.ofEpochSecond(NOW - 10), Instant.ofEpochSecond(NOW + 100));
  private static final TrustList ANCHORS = new TrustList(List.of(KEY.issuerKey()));

  @Provide
  Arbitrary<Ruleset> rulesets() {
    return Combinators.combine(
            Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(32),
            Arbitraries.integers().between(1, Integer.MAX_VALUE),
            Arbitraries.integers().between(0, 15),
            Arbitraries.integers().between(0, 72),
            Arbitraries.integers().between(0, 99),
            Arbitraries.of(Ruleset.ForeignCodes.class),
            Arbitraries.integers().between(1, 3_600))
        .as(
            (name, version, bits, hours, doses, foreign, stale) ->
                new Ruleset(
                    name,
                    version,
                    (bits & 1) != 0,
                    hours,
                    (bits & 8) != 0 ? Set.of(TestKind.values()) : Ruleset.DEFAULT_TEST_KINDS,
                    doses,
                    foreign,
                    1_000L * stale,
                    (bits & 2) != 0 ? Ruleset.WhenStale.HOLD : Ruleset.WhenStale.ANSWER,
                    (bits & 4) != 0 ? Ruleset.Replays.HOLD : Ruleset.Replays.IGNORE,
                    (bits & 16) != 0 ? List.of("EU", "DE-BY") : List.of()));
  }

  private static Subject subject(int number) {
    return new Subject(0x9E3779B97F4A7C15L * (number + 1), ~number);
  }

  @Example
  void aPackOfTwoWhoAreNotGreenIsMade() {
    final Ruleset metro = RulesetStore.shipped().current().find("metro");
    assertTimeoutPreemptively(
        Patience.DURATION, () -> aPackSaysWhatItWasMadeOf(metro, List.of(true, true)));
  }

  @Property(tries = 60)
  void aPackSaysWhatItWasMadeOf(
      @ForAll("rulesets") Ruleset ruleset, @ForAll @Size(max = 80) List<Boolean> isRed)
      throws PackException {
    try (StatusMap map = StatusMap.inMemory(100)) {
      final StatusStateMachine machine = new StatusStateMachine(map);
      for (int i = 0; i < isRed.size(); i++) {
        machine.apply(
            StatusCommand.SetStatus.of(subject(i))
                .colour(Colour.ofNumber(isRed.get(i) ? 2 : 0))
                .build());
      }
      final byte[] bytes =
          new PackMaker(map, ANCHORS, new Rulesets(List.of(ruleset)))
              .full(new PackMaker.Terms(KEY, NOW, 60))
              .orElseThrow();
      final OfflinePack pack = OfflinePack.read(bytes, ANCHORS, NOW);
      assertEquals(List.of(ruleset), pack.rulesets().all());
      assertEquals(map.version(), pack.header().version());
      assertEquals(map.size(), pack.header().residents());
      for (int i = 0; i < isRed.size(); i++) {
        final Subject subject = subject(i);
        if (isRed.get(i)) {
          assertTrue(
              pack.mayBeOtherThanGreen(OfflinePack.holder(subject.high(), subject.low()), null));
        }
      }
      bytes[bytes.length / 2] ^= 1;
      assertThrows(PackException.class, () -> OfflinePack.read(bytes, ANCHORS, NOW));
    }
  }
}
