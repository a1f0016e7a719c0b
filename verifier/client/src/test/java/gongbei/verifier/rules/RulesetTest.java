package gongbei.verifier.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.TestKind;
import gongbei.testing.Patience;
import gongbei.verifier.limits.ClientLimits;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RulesetTest {
  private static final int NOW_MINUTES = 30_000_000;
  private static final long NOW = NOW_MINUTES * 60L;
  private static final Ruleset METRO =
      new Ruleset(
          "metro",
          1,
          false,
          72,
          Ruleset.DEFAULT_TEST_KINDS,
          3,
          Ruleset.ForeignCodes.HOLD,
          60_000,
          Ruleset.WhenStale.HOLD,
          Ruleset.Replays.IGNORE,
          List.of());

  private static Holder green() {
    return new Holder().result(1).sampleEpochMinutes(NOW_MINUTES - 60);
  }

  @Test
  void ofSeveralReasonsTheFirstInPrecedenceIsGiven() {
    final Holder worst = new Holder().result(2).colour(2).sampleEpochMinutes(1);
    assertEquals(Reason.POSITIVE_TEST, METRO.judge(worst, NOW, 100_000));
    assertEquals(Reason.RED, METRO.judge(worst.result(1), NOW, 100_000));
    assertEquals(Reason.YELLOW, METRO.judge(worst.colour(1), NOW, 100_000));
    assertEquals(Reason.TEST_TOO_OLD, METRO.judge(worst.colour(0), NOW, 100_000));
    assertEquals(
        Reason.TEST_MISSING, METRO.judge(worst.result(0).sampleEpochMinutes(0), NOW, 100_000));
    assertEquals(Reason.STALE, METRO.judge(green(), NOW, 100_000));
    assertEquals(Reason.OK, METRO.judge(green(), NOW, 60_000));
  }

  @Test
  void aTestHoldsToItsLastMinute() {
    final Holder status = green();
    assertEquals(Reason.OK, METRO.judge(status.sampleEpochMinutes(NOW_MINUTES - 72 * 60), NOW, 0));
    assertEquals(
        Reason.TEST_TOO_OLD,
        METRO.judge(status.sampleEpochMinutes(NOW_MINUTES - 72 * 60 - 1), NOW, 0));
    assertEquals(Reason.OK, METRO.judge(status.sampleEpochMinutes(NOW_MINUTES + 5), NOW, 0));
    assertEquals(
        Reason.TEST_MISSING, METRO.judge(status.sampleEpochMinutes(NOW_MINUTES + 6), NOW, 0));
  }

  private static Ruleset read(String yaml) throws RulesetException {
    return RulesetReader.read("test", new ByteArrayInputStream(yaml(yaml)));
  }

  @Test
  void everySettingIsReadAndWhatIsNotSetHasItsPreset() throws Exception {
    assertEquals(
        new Ruleset(
            "school-2",
            2_147_483_647,
            true,
            720,
            Ruleset.DEFAULT_TEST_KINDS,
            99,
            Ruleset.ForeignCodes.REFUSE,
            86_400_000,
            Ruleset.WhenStale.HOLD,
            Ruleset.Replays.HOLD,
            List.of()),
        read(
            "{name: school-2, version: 2147483647, allowedColours: [yellow, green],"
                + " testWithinHours: 720, testWaivedFromDoses: 99, foreignCodes: refuse,"
                + " staleAfterSeconds: 86400, whenStale: hold, replays: hold}"));
    assertEquals(
        new Ruleset(
            "a",
            1,
            false,
            0,
            Ruleset.DEFAULT_TEST_KINDS,
            0,
            Ruleset.ForeignCodes.HOLD,
            60_000,
            Ruleset.WhenStale.ANSWER,
            Ruleset.Replays.IGNORE,
            List.of()),
        read("{name: a, version: 1, allowedColours: [green]}"));
  }

  @Test
  void theKindsOfTestAreNamedAndANucleicAcidTestIsWhatIsWantedElse() throws Exception {
    final String one = "{name: a, version: 1, allowedColours: [green]";
    assertEquals(Set.of(TestKind.NAAT), read(one + "}").testKinds());
    assertEquals(Set.of(TestKind.NAAT), read(one + ", testKinds: [naat]}").testKinds());
    assertEquals(Set.of(TestKind.RAT), read(one + ", testKinds: [rat]}").testKinds());
    assertEquals(
        List.of(TestKind.NAAT, TestKind.RAT),
        List.copyOf(read(one + ", testKinds: [rat, naat, rat]}").testKinds()));
    for (final String bad : List.of("[]", "[pcr]", "[NAAT]", "naat", "[null]", "{naat: 1}", "~")) {
      final RulesetException refusal =
          assertThrows(RulesetException.class, () -> read(one + ", testKinds: " + bad + "}"), bad);
      assertEquals("testKinds", refusal.field());
    }
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Ruleset(
                "a",
                1,
                false,
                0,
                Set.of(),
                0,
                Ruleset.ForeignCodes.HOLD,
                60_000,
                Ruleset.WhenStale.HOLD,
                Ruleset.Replays.IGNORE,
                List.of()));
  }

  @Test
  void everySettingIsWrittenAsItIsRead() throws Exception {
    final Ruleset ruleset =
        read(
            "{name: school-2, version: 7, allowedColours: [yellow, green], testWithinHours: 720,"
                + " testKinds: [rat, naat], testWaivedFromDoses: 99, foreignCodes: refuse,"
                + " staleAfterSeconds: 86400, whenStale: hold, replays: hold}");
    final ObjectNode written = RulesetJson.of(ruleset);
    assertEquals(ruleset, read(written.toString()));
    final Set<String> names = new HashSet<>();
    written.fieldNames().forEachRemaining(names::add);
    assertEquals(RulesetReader.KEYS, names);
    for (final Ruleset shipped : RulesetStore.shipped().current().all()) {
      assertEquals(shipped, read(RulesetJson.of(shipped).toString()));
      assertEquals(Set.of(TestKind.NAAT), shipped.testKinds(), shipped.name());
    }
  }

  @Test
  void theTestsOfTheMapAreNucleicAcidTests() throws Exception {
    final String gate =
        "{name: gate, version: 1, allowedColours: [green], testWithinHours: 24, testKinds: ";
    assertEquals(Reason.OK, read(gate + "[naat]}").judge(green(), NOW, 0));
    assertEquals(Reason.OK, read(gate + "[naat, rat]}").judge(green(), NOW, 0));
    assertEquals(Reason.TEST_MISSING, read(gate + "[rat]}").judge(green(), NOW, 0));
  }

  @Test
  void aSettingIsRefusedFromTheFirstValueOutsideItsRange() {
    for (final String setting :
        List.of(
            "version: 0",
            "testWithinHours: -1",
            "testWithinHours: " + (ClientLimits.MAX_TEST_WITHIN_HOURS + 1),
            "testWaivedFromDoses: -1",
            "testWaivedFromDoses: 100",
            "staleAfterSeconds: 0",
            "staleAfterSeconds: " + (ClientLimits.MAX_STALE_AFTER_SECONDS + 1))) {
      final String version = setting.startsWith("version") ? "" : "version: 1, ";
      final RulesetException refusal =
          assertThrows(
              RulesetException.class,
              () -> read("{name: a, " + version + "allowedColours: [green], " + setting + "}"),
              setting);
      assertTrue(
          refusal.getMessage().contains(setting.substring(0, setting.indexOf(':'))),
          refusal.getMessage());
    }
  }

  @Test
  void aRulesetOfTheLongestLengthIsReadAndALongerOneIsNot() throws Exception {
    final String yaml = "{name: a, version: 1, allowedColours: [green]} #";
    final String longest = yaml + "x".repeat(ClientLimits.MAX_RULESET_BYTES - yaml.length());
    assertEquals("a", read(longest).name());
    assertTrue(
        assertThrows(RulesetException.class, () -> read(longest + "x"))
            .getMessage()
            .contains("is longer than"));
  }

  @Test
  void whereNoTestIsNeededNoneIsLookedAt() {
    final Ruleset lenient =
        new Ruleset(
            "park",
            1,
            true,
            0,
            Ruleset.DEFAULT_TEST_KINDS,
            0,
            Ruleset.ForeignCodes.HOLD,
            60_000,
            Ruleset.WhenStale.ANSWER,
            Ruleset.Replays.IGNORE,
            List.of());
    assertEquals(Reason.OK, lenient.judge(new Holder(), NOW, 100_000));
    assertEquals(Reason.OK, lenient.judge(new Holder().colour(1), NOW, 100_000));
    assertEquals(Reason.RED, lenient.judge(new Holder().colour(2), NOW, 0));
    assertTrue(lenient.isStale(60_001));
    assertFalse(lenient.isStale(60_000));
    final Ruleset noWaiver =
        new Ruleset(
            "ward",
            1,
            false,
            1,
            Ruleset.DEFAULT_TEST_KINDS,
            0,
            Ruleset.ForeignCodes.HOLD,
            60_000,
            Ruleset.WhenStale.ANSWER,
            Ruleset.Replays.IGNORE,
            List.of());
    assertEquals(Reason.TEST_MISSING, noWaiver.judge(new Holder().doses(99), NOW, 0));
    assertEquals(Reason.TEST_TOO_OLD, noWaiver.judge(new Holder().result(1), NOW, 0), "of 1970");
  }

  @Test
  void aDirectoryHoldsAsManyRulesetsAsThereMayBeAndNotOneMore(@TempDir Path directory)
      throws Exception {
    for (int i = 0; i < ClientLimits.MAX_RULESETS; i++) {
      Files.writeString(
          directory.resolve("r" + i + ".yaml"),
          "{name: r" + i + ", version: 1, allowedColours: [green]}");
    }
    assertEquals(
        ClientLimits.MAX_RULESETS, RulesetStore.ofDirectory(directory).current().all().size());
    Files.writeString(
        directory.resolve("more.yaml"), "{name: more, version: 1, allowedColours: [green]}");
    assertThrows(RulesetException.class, () -> RulesetStore.ofDirectory(directory));
  }

  @Test
  void whatIsShippedNeverChanges() throws Exception {
    assertFalse(RulesetStore.shipped().reloadIfChanged());
  }

  @Test
  void reasonsAndVerdictsHaveTheirNamesOnTheWire() {
    for (final Reason reason : Reason.values()) {
      assertEquals(reason.name().toLowerCase(Locale.ROOT).replace('_', '-'), reason.wireName());
    }
    for (final Verdict verdict : Verdict.values()) {
      assertEquals(verdict.name().toLowerCase(Locale.ROOT), verdict.wireName());
    }
    final RulesetException refusal = assertThrows(RulesetException.class, () -> read("{name: A}"));
    assertEquals("name", refusal.field());
    assertTrue(refusal.reason().startsWith("is not 1 to 32"), refusal.reason());
  }

  @Test
  void onlyAForeignHolderWhomNobodyKnowsIsHeldForIt() {
    assertEquals(Verdict.HOLD, METRO.verdict(Reason.UNKNOWN_SUBJECT, true));
    assertEquals(Verdict.REFUSE, METRO.verdict(Reason.UNKNOWN_SUBJECT, false));
    for (final Reason reason : Reason.values()) {
      if (reason != Reason.UNKNOWN_SUBJECT) {
        assertEquals(reason.verdict(), METRO.verdict(reason, true), reason.name());
      }
    }
  }

  @Test
  void dosesMayWaiveTheTestButNothingElse() {
    assertEquals(Reason.OK, METRO.judge(new Holder().doses(3), NOW, 0));
    assertEquals(Reason.TEST_MISSING, METRO.judge(new Holder().doses(2), NOW, 0));
    assertEquals(Reason.RED, METRO.judge(new Holder().doses(9).colour(2), NOW, 0));
  }

  @Test
  void theFourShippedRulesetsAreFoundByTheirCheckpoints() {
    final Rulesets shipped = RulesetStore.shipped().current();
    assertEquals(4, shipped.all().size());
    for (final String kind :
        new String[] {"metro", "hospital", "border-to-macau", "border-to-guangdong"}) {
      assertEquals(kind, shipped.find(kind).name());
      assertEquals(kind, shipped.find(kind + "/any-place").name());
    }
    assertNull(shipped.find("metro/any/place"));
    assertNull(shipped.find("metr"));
    assertNull(shipped.find("metros"));
    assertNull(shipped.find("metrq"));
    assertNull(shipped.find("netro"));
    assertNull(shipped.find(""));
    assertEquals(24, shipped.find("hospital").testWithinHours());
    assertEquals("metro@1", shipped.find("metro").label());
  }

  private static void write(Path file, String yaml, int second) throws Exception {
    Files.writeString(file, yaml);
    Files.setLastModifiedTime(file, FileTime.fromMillis(second * 1000L));
  }

  @Test
  void rulesetsAreReadAgainAsAWholeOrNotAtAll(@TempDir Path directory) throws Exception {
    final Path metro = directory.resolve("metro.yaml");
    final Path school = directory.resolve("school.yaml");
    write(metro, "{name: metro, version: 1, allowedColours: [green]}", 1);
    final RulesetStore store = RulesetStore.ofDirectory(directory);
    assertEquals(0, store.current().find("metro").testWithinHours());
    assertFalse(store.reloadIfChanged());

    write(metro, "{name: metro, version: 2, allowedColours: [green], testWithinHours: 48}", 2);
    write(school, "{name: school, version: 1, allowedColours: [green, purple]}", 2);
    final RulesetException refusal = assertThrows(RulesetException.class, store::reloadIfChanged);
    assertTrue(refusal.getMessage().contains("school.yaml: allowedColours"), refusal.getMessage());
    assertEquals(1, store.current().find("metro").version(), "metro too stays as it was");

    write(school, "{name: school, version: 1, allowedColours: [green, yellow]}", 3);
    assertTrue(store.reloadIfChanged());
    assertEquals(48, store.current().find("metro").testWithinHours());
    assertNotNull(store.current().find("school"));

    write(metro, "{name: metro, version: 2, allowedColours: [green], testKinds: [rat]}", 4);
    assertTrue(
        assertThrows(RulesetException.class, store::reloadIfChanged)
            .getMessage()
            .contains("version must be over 2"));
  }

  private static byte[] yaml(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void theLogsRulesetsCountForMoreThanAFilesAndAreTakenAsAWholeOrNotAtAll(@TempDir Path directory)
      throws Exception {
    final Path metro = directory.resolve("metro.yaml");
    write(metro, "{name: metro, version: 9, allowedColours: [green]}", 1);
    write(
        directory.resolve("school.yaml"), "{name: school, version: 1, allowedColours: [green]}", 1);
    final RulesetStore store = RulesetStore.ofDirectory(directory);
    assertFalse(store.takeLogged(Map.of()));
    final byte[] logged = yaml("{name: metro, version: 2, allowedColours: [green, yellow]}");
    assertTrue(store.takeLogged(Map.of("metro", logged)));
    assertFalse(store.takeLogged(Map.of("metro", logged)), "nothing is new");
    assertEquals("metro@2", store.current().find("metro").label());
    assertEquals("school@1", store.current().find("school").label());
    assertEquals(2, store.current().all().size());

    write(metro, "{name: metro, version: 10, allowedColours: [green]}", 2);
    assertTrue(store.reloadIfChanged());
    assertEquals("metro@2", store.current().find("metro").label());

    final byte[] newer = yaml("{name: metro, version: 3, allowedColours: [green]}");
    for (final byte[] bad :
        List.of(
            yaml("{name: airport, version: 1, allowedColours: [purple]}"),
            yaml("{name: harbour, version: 1, allowedColours: [green]}"),
            yaml("{"))) {
      final RulesetException refusal =
          assertThrows(
              RulesetException.class,
              () -> store.takeLogged(Map.of("metro", newer, "airport", bad)));
      assertTrue(
          refusal.getMessage().startsWith("ruleset airport of the log"), refusal.getMessage());
      assertEquals("metro@2", store.current().find("metro").label(), "metro too stays as it was");
    }
    assertTrue(store.takeLogged(Map.of()));
    assertEquals("metro@10", store.current().find("metro").label(), "the files' again");

    final Map<String, byte[]> many = new HashMap<>();
    for (int i = 0; i < ClientLimits.MAX_RULESETS - 1; i++) {
      many.put("r" + i, yaml("{name: r" + i + ", version: 1, allowedColours: [green]}"));
    }
    assertThrows(RulesetException.class, () -> store.takeLogged(many));
    many.remove("r0");
    assertTrue(store.takeLogged(many), "with the files' two as many as there may be");
  }

  @Test
  void theLogsRulesetsAndAFilesThatChangeAtOnceBothComeIntoForce(@TempDir Path directory)
      throws Exception {
    final Path school = directory.resolve("school.yaml");
    write(school, "{name: school, version: 1, allowedColours: [green]}", 1);
    final RulesetStore store = RulesetStore.ofDirectory(directory);
    final ExecutorService log = Executors.newSingleThreadExecutor();
    try {
      for (int version = 2; version < 200; version++) {
        final String metro = "{name: metro, version: " + version + ", allowedColours: [green]}";
        write(school, "{name: school, version: " + version + ", allowedColours: [green]}", version);
        final CyclicBarrier both = new CyclicBarrier(2);
        final Future<Boolean> taken =
            log.submit(
                () -> {
                  both.await(Patience.SECONDS, TimeUnit.SECONDS);
                  return store.takeLogged(Map.of("metro", yaml(metro)));
                });
        both.await(Patience.SECONDS, TimeUnit.SECONDS);
        assertTrue(store.reloadIfChanged());
        assertTrue(taken.get(Patience.SECONDS, TimeUnit.SECONDS));
        assertEquals("metro@" + version, store.current().find("metro").label());
        assertEquals("school@" + version, store.current().find("school").label());
      }
    } finally {
      log.shutdown();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | is not a map of settings",
        "{name: [ | is not YAML",
        "{name: Metro, version: 1, allowedColours: [green]} | name",
        "{name: metro, allowedColours: [green]} | version",
        "{name: metro, version: 0, allowedColours: [green]} | version",
        "{name: metro, version: 1} | allowedColours",
        "{name: metro, version: 1, allowedColours: [yellow]} | allowedColours",
        "{name: metro, version: 1, allowedColours: [green], testWithinHours: 1.5} |"
            + " testWithinHours",
        "{name: metro, version: 1, allowedColours: [green], foreignCodes: maybe} | foreignCodes",
        "{name: metro, version: 1, allowedColours: [green], test: 1} | test is not",
        "{name: metro, name: metro} | is not YAML"
      })
  void aRulesetAtFaultIsRefusedByItsField(String yaml, String fault, @TempDir Path directory)
      throws Exception {
    assertFault(directory, yaml, fault);
  }

  private static void assertFault(Path directory, String yaml, String fault) throws Exception {
    Files.writeString(directory.resolve("one.yaml"), yaml);
    final RulesetException refusal =
        assertThrows(RulesetException.class, () -> RulesetStore.ofDirectory(directory));
    assertTrue(refusal.getMessage().contains("one.yaml"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains(fault), refusal.getMessage());
  }

  @Test
  void countriesWhoseRulesCountAreReadEachOnce() throws Exception {
    final String one = "{name: border, version: 1, allowedColours: [green], foreignRules: ";
    assertEquals(List.of("EU", "DE-BY"), read(one + "[EU, DE-BY]}").foreignRules());
    assertEquals(List.of(), read(one + "[]}").foreignRules());
    assertEquals(List.of(), read("{name: a, version: 1, allowedColours: [green]}").foreignRules());
    for (final String bad :
        List.of(
            "FR",
            "[fr]",
            "[FRA]",
            "[FR, FR]",
            "[1]",
            "[DE-]",
            "{FR: 1}",
            "[AA, AB, AC, AD, AE, AF, AG, AH, AI]")) {
      final RulesetException refusal =
          assertThrows(RulesetException.class, () -> read(one + bad + "}"), bad);
      assertEquals("foreignRules", refusal.field());
    }
  }

  /** The reason itself is given by the rules of countries: see NationalScanTest. */
  @Test
  void aCodeThatBreaksARuleIsRefusedAndOneThatNoRuleIsForIsHeld() {
    assertEquals(Verdict.REFUSE, METRO.verdict(ForeignFinding.RULE));
    assertEquals(Reason.RULE, ForeignFinding.RULE.reason());
    assertEquals(Verdict.HOLD, METRO.verdict(ForeignFinding.NO_RULES));
    assertEquals(Reason.RULE, ForeignFinding.NO_RULES.reason());
    assertTrue(Reason.RULE.compareTo(Reason.TEST_TOO_OLD) > 0);
    assertTrue(Reason.RULE.compareTo(Reason.REPLAYED) < 0);
  }
}
