package gongbei.codec.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.Region;
import gongbei.codec.model.TestResult;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** That a translation never says more than what it came from. */
final class TranslationPropertyTest {
  private static final int TRIES = 150;

  private record Source(CodeFormat format, CodeClaims claims) {
    CodeFormat target() {
      return format == CodeFormat.GD1 ? CodeFormat.MO1 : CodeFormat.GD1;
    }
  }

  @Provide
  Arbitrary<Source> sources() {
    return Combinators.combine(
            Arbitraries.of(CodeFormat.GD1, CodeFormat.MO1),
            Arbitraries.bytes().array(byte[].class).ofSize(16),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(-10, 5 * 1_440),
            Arbitraries.integers().between(0, 99),
            Arbitraries.bytes().array(byte[].class).ofSize(8),
            Arbitraries.integers().between(0, 300))
        .as(
            (format, subject, colour, result, sampleAge, doses, serial, age) ->
                new Source(
                    format,
                    CodeClaims.of(CodeKind.PERSON, subject)
                        .colour(Colour.ofNumber(colour))
                        .test(TestResult.ofNumber(result), (int) (Regions.NOW / 60) - sampleAge)
                        .doses(doses)
                        .serial(serial)
                        .validity(Regions.NOW - age, Regions.NOW - age + 301)
                        .build()));
  }

  @Provide
  Arbitrary<Map<Colour, Colour>> colourMaps() {
    return Combinators.combine(
            Arbitraries.of(Colour.class), Arbitraries.of(Colour.YELLOW, Colour.RED))
        .as(
            (green, yellow) ->
                Map.of(Colour.GREEN, green, Colour.YELLOW, yellow, Colour.RED, Colour.RED));
  }

  private static void assertNoBetter(HealthCode code, HealthCode source) {
    assertTrue(code.region().colour().compareTo(source.region().colour()) >= 0, "greener");
    assertTrue(
        code.cwt().expiresAtEpochSeconds() <= source.cwt().expiresAtEpochSeconds(), "longer-lived");
    assertTrue(code.region().doses() <= source.region().doses(), "more doses");
    if (code.region().result() == TestResult.NONE) {
      assertFalse(source.region().result() == TestResult.POSITIVE, "a positive test is gone");
    } else {
      assertEquals(source.region().result(), code.region().result(), "another test");
      assertEquals(
          source.region().sampleEpochMinutes(), code.region().sampleEpochMinutes(), "a newer test");
    }
  }

  @Property(tries = TRIES)
  void aTranslatedCodeIsNeverGreenerNorLongerLivedNorHasMoreTestsOrDoses(
      @ForAll("sources") Source source, @ForAll("colourMaps") Map<Colour, Colour> colours) {
    final Regions regions =
        new Regions(
            Regions.table(Region.GUANGDONG, Region.MACAU, colours),
            Regions.table(Region.MACAU, Region.GUANGDONG, colours));
    final String code = Regions.issue(source.format(), source.claims());
    final Translation translation = regions.translate(code, source.target(), Regions.NOW);
    assertTrue(translation.isTranslated(), translation.field());
    final HealthCode translated = Regions.decoded(translation.code());
    assertNoBetter(translated, Regions.decoded(code));
    assertEquals(
        colours.get(source.claims().colour()),
        translated.region().colour(),
        "the source's alone, whatever is known here");
    assertEquals(source.target(), translated.format());
    assertEquals(CodeKind.TRANSLATED, translated.region().kind());
    assertEquals(source.format().issuer(), translated.region().origin());
  }

  @Property(tries = TRIES)
  void aCodeTranslatedThereAndBackIsNoBetterThanItBegan(@ForAll("sources") Source source) {
    final Regions regions = new Regions();
    final String code = Regions.issue(source.format(), source.claims());
    final Translation there = regions.translate(code, source.target(), Regions.NOW);
    assertNotNull(there.code());
    final Translation back = regions.translate(there.code(), source.format(), Regions.NOW);
    assertTrue(back.isTranslated(), back.field());
    assertNoBetter(Regions.decoded(back.code()), Regions.decoded(there.code()));
    assertNoBetter(Regions.decoded(back.code()), Regions.decoded(code));
  }

  @Property(tries = TRIES)
  void aTranslatedCodeHasNothingOfItsSourceBySecretsThatDiffer(@ForAll("sources") Source source) {
    final String code = Regions.issue(source.format(), source.claims());
    final HealthCode first =
        Regions.decoded(new Regions().translate(code, source.target(), Regions.NOW).code());
    final HealthCode second =
        Regions.decoded(new Regions().translate(code, source.target(), Regions.NOW).code());
    // By another secret the same holder is another visitor: without it the two can't be matched.
    assertFalse(Arrays.equals(subject(first), subject(second)));
    for (final HealthCode translated : List.of(first, second)) {
      final String signed =
          HexFormat.of().formatHex(translated.cose().signed(), 0, translated.cose().signedLength());
      assertFalse(signed.contains(HexFormat.of().formatHex(source.claims().subject())));
      assertFalse(signed.contains(HexFormat.of().formatHex(source.claims().serial())));
    }
  }

  private static byte[] subject(HealthCode code) {
    return Arrays.copyOfRange(
        code.buffer(), code.region().subjectOffset(), code.region().subjectOffset() + 16);
  }
}
