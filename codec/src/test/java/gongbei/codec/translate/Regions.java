package gongbei.codec.translate;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.DocumentType;
import gongbei.codec.model.Region;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TrustList;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Both regions, each with its own key and secret, as they translate each other's codes. */
final class Regions {
  static final long NOW = 1_800_000_000L;
  static final SigningKey GUANGDONG = key("GD");
  static final SigningKey MACAU = key("MO");
  static final Map<Colour, Colour> SAME_COLOURS =
      Map.of(Colour.GREEN, Colour.GREEN, Colour.YELLOW, Colour.YELLOW, Colour.RED, Colour.RED);
  static final TranslationTable TO_MACAU = table(Region.GUANGDONG, Region.MACAU, SAME_COLOURS);
  static final TranslationTable TO_GUANGDONG = table(Region.MACAU, Region.GUANGDONG, SAME_COLOURS);

  private final Map<CodeFormat, SubjectSecret> secrets =
      Map.of(CodeFormat.GD1, SubjectSecret.generate(), CodeFormat.MO1, SubjectSecret.generate());
  private final Map<CodeFormat, CodeTranslator> translators = new HashMap<>();
  private final Map<String, byte[]> links = new HashMap<>();
  private long newest;

  Regions() {
    this(TO_MACAU, TO_GUANGDONG);
  }

  Regions(TranslationTable toMacau, TranslationTable toGuangdong) {
    translators.put(CodeFormat.MO1, translator(CodeFormat.MO1, toMacau));
    translators.put(CodeFormat.GD1, translator(CodeFormat.GD1, toGuangdong));
  }

  static SigningKey key(String region) {
    return new KeyGeneration()
        .generate(
            region, Instant.ofEpochSecond(NOW - 100_000), Instant.ofEpochSecond(NOW + 100_000));
  }

  static TranslationTable table(Region from, Region to, Map<Colour, Colour> colours) {
    return new TranslationTable(
        from,
        to,
        1,
        colours,
        Set.of(CodeKind.PERSON, CodeKind.TRANSLATED),
        300,
        3_600,
        72 * 60,
        3,
        Set.of(
            new TranslationTable.DocumentPair(DocumentType.MAINLAND_ID, DocumentType.MACAU_BIR)));
  }

  private CodeTranslator translator(CodeFormat target, TranslationTable table) {
    return new CodeTranslator(
        new CodeTranslator.Context(target, secrets.get(target))
            .trust(() -> new TrustList(List.of(GUANGDONG.issuerKey(), MACAU.issuerKey())))
            .engine(BouncyCastleEngine::new)
            .table(() -> table)
            .clockSkewSeconds(5)
            .batchCapacity(4)
            .holders(
                new CodeTranslator.Holders() {
                  @Override
                  public byte[] linked(byte[] buffer, int offset) {
                    return links.get(HexFormat.of().formatHex(buffer, offset, offset + 16));
                  }

                  @Override
                  public long newestSource(byte[] subject) {
                    return newest;
                  }
                }));
  }

  void link(byte[] other, byte[] own) {
    links.put(HexFormat.of().formatHex(other), own);
  }

  void knowCodesUpTo(long newestSource) {
    newest = newestSource;
  }

  static String issue(CodeFormat format, CodeClaims claims) {
    return new CodeIssuer(format, format == CodeFormat.MO1 ? MACAU : GUANGDONG).issue(claims);
  }

  static HealthCode decoded(String code) {
    final HealthCode decoded = new HealthCode();
    final byte[] text = code.getBytes(StandardCharsets.US_ASCII);
    if (!decoded.wrap(text, 0, text.length)) {
      throw new IllegalArgumentException(decoded.field() + " " + decoded.explanation());
    }
    return decoded;
  }

  static TranslationRequest request(String code, String target, boolean linkRequired) {
    return new TranslationRequest(code.getBytes(StandardCharsets.US_ASCII), target, linkRequired);
  }

  /** What a region makes of a code. */
  Translation translate(String code, CodeFormat target, long now) {
    return translate(target, List.of(request(code, target.issuer(), false)), now)[0];
  }

  Translation[] translate(CodeFormat target, List<TranslationRequest> requests, long now) {
    return translators
        .get(target)
        .translate(requests, target == CodeFormat.MO1 ? MACAU : GUANGDONG, now);
  }
}
