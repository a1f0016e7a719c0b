package gongbei.verifier;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.cbor.CborWriter;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HcertClaims;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.Region;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.translate.CodeTranslator;
import gongbei.codec.translate.TranslationFault;
import gongbei.codec.translate.TranslationRequest;
import gongbei.codec.translate.TranslationTable;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TrustList;
import gongbei.replication.map.StatusMap;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.offline.OfflineCheckpoint;
import gongbei.verifier.offline.PackException;
import gongbei.verifier.pack.PackMaker;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanEvaluator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rules of trust as one table, through all who apply them: a node's scan, a checkpoint without
 * a network, and the translator. A certificate ({@code HC1}) is never translated.
 */
final class CodeValidityTest {
  private static final long NOW = 1_767_225_600L;
  private static final long SKEW = ClientLimits.CLOCK_SKEW_SECONDS;
  private static final int SUBJECT = 1;

  private static final SigningKey GUANGDONG = key("GD", NOW - 600, NOW + 600);
  private static final SigningKey STRANGER = key("GD", NOW - 600, NOW + 600);
  private static final SigningKey PAST = key("GD", NOW - 600, NOW - 100);
  private static final SigningKey FOREIGN = key("XX", NOW - 600, NOW - 100);
  private static final SigningKey MACAU = key("MO", NOW - 600, NOW + 600);

  /** Of the same kid as Guangdong's key, with a period of its own. */
  private static final SigningKey NAMESAKE = renamed(PAST, GUANGDONG.issuerKey().kid());

  private static final List<IssuerKey> ALL =
      Stream.of(GUANGDONG, PAST, FOREIGN).map(SigningKey::issuerKey).toList();

  /** What is trusted, a code, and what becomes of it: {@code OK} where it holds. */
  private record Case(String name, List<IssuerKey> trusted, String code, Reason expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static SigningKey key(String issuer, long notBefore, long notAfter) {
    return new KeyGeneration()
        .generate(issuer, Instant.ofEpochSecond(notBefore), Instant.ofEpochSecond(notAfter));
  }

  private static SigningKey renamed(SigningKey key, long kid) {
    return with(key, kid, key.issuerKey().formats(), key.issuerKey().hcertTypes());
  }

  private static SigningKey with(
      SigningKey key, long kid, Set<CodeFormat> formats, int hcertTypes) {
    final IssuerKey own = key.issuerKey();
    return new SigningKey(
        new IssuerKey(
            own.issuer(),
            kid,
            own.algorithm(),
            own.publicKey(),
            formats,
            hcertTypes,
            own.notBeforeEpochSeconds(),
            own.notAfterEpochSeconds()),
        key.certificate(),
        key.privateKey());
  }

  private static IssuerKey usedFor(int hcertTypes) {
    return with(FOREIGN, FOREIGN.issuerKey().kid(), Set.of(CodeFormat.HC1), hcertTypes).issuerKey();
  }

  private static String code(SigningKey by, long iat, long exp) {
    return new CodeIssuer(CodeFormat.GD1, by)
        .issue(
            CodeClaims.of(CodeKind.PERSON, subject())
                .colour(Colour.GREEN)
                .serial(new byte[8])
                .validity(iat, exp)
                .build());
  }

  private static byte[] subject() {
    return ByteBuffer.allocate(16).putLong(SUBJECT).putLong(SUBJECT).array();
  }

  private static byte[] kid(SigningKey key) {
    return ByteBuffer.allocate(8).putLong(key.issuerKey().kid()).array();
  }

  /** A code of Guangdong's with {@code nbf}, which its issuer writes into none. */
  private static String notBefore(long nbf) throws IOException {
    final byte[] payload =
        new CborWriter(new byte[256])
            .writeMapHeader(5)
            .writeInt(1)
            .writeText("GD")
            .writeInt(4)
            .writeInt(NOW + 60)
            .writeInt(5)
            .writeInt(nbf)
            .writeInt(6)
            .writeInt(NOW)
            .writeInt(-65537)
            .writeMapHeader(4)
            .writeInt(1)
            .writeBytes(subject())
            .writeInt(2)
            .writeInt(CodeKind.PERSON.number())
            .writeInt(3)
            .writeInt(0)
            .writeInt(7)
            .writeBytes(new byte[8])
            .toByteArray();
    return MadeCode.of(CodeFormat.GD1, GUANGDONG, SignatureAlgorithm.SM2, kid(GUANGDONG), payload);
  }

  private static String certificate(long iat, long exp) throws IOException {
    return new HcertIssuer(FOREIGN)
        .issue(new ObjectMapper().readTree(ForeignCertificates.vaccination(2)), iat, exp);
  }

  private static Case of(String name, Reason expected, String code) {
    return new Case(name, ALL, code, expected);
  }

  static Stream<Case> cases() throws IOException {
    final String good = code(GUANGDONG, NOW, NOW + 60);
    final String byNamesake = code(NAMESAKE, NOW - 200, NOW + 60);
    final IssuerKey first = GUANGDONG.issuerKey();
    final IssuerKey namesake = NAMESAKE.issuerKey();
    final IssuerKey otherFormat =
        with(GUANGDONG, first.kid(), Set.of(CodeFormat.HC1), first.hcertTypes()).issuerKey();
    return Stream.of(
        of("a code within its times", Reason.OK, good),
        of("the last second before exp", Reason.OK, code(GUANGDONG, NOW - 1, NOW + 1)),
        of("exp", Reason.EXPIRED, code(GUANGDONG, NOW - 1, NOW)),
        of("iat within the skew", Reason.OK, code(GUANGDONG, NOW + SKEW, NOW + 60)),
        of("iat past it", Reason.NOT_YET_VALID, code(GUANGDONG, NOW + SKEW + 1, NOW + 60)),
        of("nbf within the skew", Reason.OK, notBefore(NOW + SKEW)),
        of("nbf past it", Reason.NOT_YET_VALID, notBefore(NOW + SKEW + 1)),
        of("the key's first second", Reason.OK, code(GUANGDONG, NOW - 600, NOW + 60)),
        of("one before it", Reason.REVOKED, code(GUANGDONG, NOW - 601, NOW + 60)),
        of("the key's last second", Reason.OK, code(PAST, NOW - 100, NOW + 60)),
        of("one past it", Reason.REVOKED, code(PAST, NOW - 99, NOW + 60)),
        of("expired comes before revoked", Reason.EXPIRED, code(PAST, NOW - 99, NOW)),
        of("a kid that nobody has", Reason.UNKNOWN_ISSUER, code(STRANGER, NOW, NOW + 60)),
        of(
            "a kid of whom another signs",
            Reason.BAD_SIGNATURE,
            code(renamed(STRANGER, first.kid()), NOW, NOW + 60)),
        of(
            "a false signature comes before the future",
            Reason.BAD_SIGNATURE,
            code(renamed(STRANGER, first.kid()), NOW + SKEW + 1, NOW + 60)),
        new Case("a key of another format", List.of(otherFormat), good, Reason.UNKNOWN_ISSUER),
        new Case("the first of a kid", List.of(first, namesake), good, Reason.OK),
        new Case("the second of a kid", List.of(namesake, first), good, Reason.OK),
        new Case("the other of a kid", List.of(first, namesake), byNamesake, Reason.OK),
        new Case(
            "each of a kid has its own period",
            List.of(first, namesake),
            code(NAMESAKE, NOW, NOW + 60),
            Reason.REVOKED),
        of("a certificate's exp", Reason.OK, certificate(NOW - 5, NOW)),
        of("a certificate past its exp", Reason.EXPIRED, certificate(NOW - 5, NOW - 1)),
        of(
            "a certificate within the skew",
            Reason.OK,
            CertificateWithoutIat.of(FOREIGN, kid(FOREIGN), NOW + SKEW, NOW + 60)),
        of(
            "a certificate past it",
            Reason.NOT_YET_VALID,
            CertificateWithoutIat.of(FOREIGN, kid(FOREIGN), NOW + SKEW + 1, NOW + 60)),
        new Case(
            "a certificate of the key's usage",
            List.of(usedFor(HcertClaims.VACCINATION)),
            certificate(NOW, NOW + 60),
            Reason.OK),
        new Case(
            "a certificate of another usage",
            List.of(usedFor(HcertClaims.TEST | HcertClaims.RECOVERY)),
            certificate(NOW, NOW + 60),
            Reason.REVOKED));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void allWhoTrustACodeTrustItByTheSameRules(Case each) {
    assertAll(
        () -> assertEquals(each.expected(), scanned(each), "a node's scan"),
        () -> assertEquals(each.expected(), offline(each), "a checkpoint without a network"),
        () -> assertEquals(faultOf(each), translated(each), "the translator"));
  }

  private static Reason scanned(Case each) {
    final Scan scan = new Scan().text(each.code()).atEpochSeconds(Scan.NOW);
    new ScanEvaluator(
            new ScanEvaluator.Context()
                .trust(() -> new TrustList(each.trusted()))
                .engine(BouncyCastleEngine::new)
                .epochSeconds(() -> NOW)
                .clockSkewSeconds(SKEW)
                .batchCapacity(1))
        .evaluate(new Scan[] {scan}, 1);
    return scan.reason();
  }

  private static Reason offline(Case each) throws PackException {
    final SigningKey maker = key("GD", NOW - 600, NOW + 600);
    final OfflineCheckpoint checkpoint =
        new OfflineCheckpoint(new TrustList(List.of(maker.issuerKey())), () -> NOW);
    try (StatusMap map = StatusMap.inMemory(10)) {
      checkpoint.take(
          new PackMaker(map, new TrustList(each.trusted()), RulesetStore.shipped().current())
              .full(new PackMaker.Terms(maker, NOW, 600))
              .orElseThrow());
    }
    final Reason reason =
        checkpoint.judge("metro", each.code().getBytes(StandardCharsets.US_ASCII)).reason();
    // What follows is of the holder: that the code is trusted has been found out.
    return reason.compareTo(Reason.REVOKED) > 0 ? Reason.OK : reason;
  }

  private static TranslationFault translated(Case each) {
    final TranslationTable table =
        new TranslationTable(
            Region.GUANGDONG,
            Region.MACAU,
            1,
            Map.of(Colour.GREEN, Colour.GREEN),
            Set.of(CodeKind.PERSON),
            3_600,
            3_600,
            60,
            3,
            Set.of());
    return new CodeTranslator(
            new CodeTranslator.Context(CodeFormat.MO1, SubjectSecret.generate())
                .trust(() -> new TrustList(each.trusted()))
                .engine(BouncyCastleEngine::new)
                .table(() -> table)
                .clockSkewSeconds(SKEW)
                .batchCapacity(1)
                .holders(new Strangers()))
            .translate(
                List.of(
                    new TranslationRequest(
                        each.code().getBytes(StandardCharsets.US_ASCII), "MO", false)),
                MACAU,
                NOW)[0]
            .fault();
  }

  private static TranslationFault faultOf(Case each) {
    if (each.code().startsWith(CodeFormat.HC1.prefix())) {
      return TranslationFault.UNSUPPORTED_CODE;
    }
    return switch (each.expected()) {
      case UNKNOWN_ISSUER -> TranslationFault.UNKNOWN_CODE_ISSUER;
      case BAD_SIGNATURE -> TranslationFault.BAD_CODE_SIGNATURE;
      case NOT_YET_VALID -> TranslationFault.CODE_NOT_YET_VALID;
      case EXPIRED -> TranslationFault.EXPIRED_CODE;
      case REVOKED -> TranslationFault.REVOKED_CODE;
      case OK -> null;
      default -> throw new IllegalArgumentException(each.expected() + " is not about trust");
    };
  }

  /** Holders of whom the region that translates knows nothing. */
  private static final class Strangers implements CodeTranslator.Holders {
    @Override
    public byte[] linked(byte[] buffer, int offset) {
      return null;
    }

    @Override
    public long newestSource(byte[] subject) {
      return 0;
    }
  }
}
