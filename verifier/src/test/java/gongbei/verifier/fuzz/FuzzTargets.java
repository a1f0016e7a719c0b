package gongbei.verifier.fuzz;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.upokecenter.cbor.CBOREncodeOptions;
import com.upokecenter.cbor.CBORException;
import com.upokecenter.cbor.CBORObject;
import gongbei.codec.cbor.CborReader;
import gongbei.codec.cbor.CborValidator;
import gongbei.codec.cbor.CborWriter;
import gongbei.codec.code.Base45;
import gongbei.codec.code.ClaimsJson;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.ForeignFacts;
import gongbei.codec.code.HealthCode;
import gongbei.codec.code.TestKind;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.Region;
import gongbei.codec.model.TestResult;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.CodeSigner;
import gongbei.codec.trust.Certificates;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustList;
import gongbei.codec.trust.TrustStore;
import gongbei.codec.trust.published.ListFormat;
import gongbei.replication.ReplicationInputs;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.machine.StatusStateMachine;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.verifier.ForeignCertificates;
import gongbei.verifier.audit.AuditCheck;
import gongbei.verifier.audit.AuditException;
import gongbei.verifier.audit.AuditLog;
import gongbei.verifier.audit.Receipt;
import gongbei.verifier.cli.code.VerifyInputs;
import gongbei.verifier.cli.load.ResidentInputs;
import gongbei.verifier.cli.revocation.RevocationInputs;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.http.HttpInputs;
import gongbei.verifier.offline.OfflinePack;
import gongbei.verifier.offline.PackException;
import gongbei.verifier.pack.PackMaker;
import gongbei.verifier.protocol.HelloEncoder;
import gongbei.verifier.protocol.MessageHeaderEncoder;
import gongbei.verifier.protocol.PingEncoder;
import gongbei.verifier.protocol.ScanBatchEncoder;
import gongbei.verifier.protocol.ScanEncoder;
import gongbei.verifier.revocation.RevocationException;
import gongbei.verifier.revocation.RevocationList;
import gongbei.verifier.revocation.RevocationSet;
import gongbei.verifier.rules.ForeignLaw;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.RulesetException;
import gongbei.verifier.rules.RulesetReader;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.rules.Rulesets;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanEvaluator;
import gongbei.verifier.tcp.DeviceInputs;
import gongbei.verifier.translate.TableException;
import gongbei.verifier.translate.TranslationTables;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.agrona.ExpandableArrayBuffer;

/**
 * Every parser that reads what others wrote, each with what must hold whatever it is given, and
 * with inputs to begin from. A parser may refuse by the exception it declares, and by no other.
 */
final class FuzzTargets implements AutoCloseable {
  private static final long NOW = 1_767_225_600L;
  private static final SigningKey GUANGDONG = key("GD");
  private static final SigningKey MACAU = key("MO");
  private static final SigningKey FOREIGN = key("XX");
  private static final SigningKey AUTHORITY =
      new KeyGeneration()
          .generateAuthority(
              "Test", Instant.ofEpochSecond(NOW - 10), Instant.ofEpochSecond(NOW + 10));
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final CBOREncodeOptions STRICT =
      new CBOREncodeOptions("allowduplicatekeys=false;resolvereferences=false");
  private static final int MAX_SIGNED_PACK_BYTES = 1 << 20;

  private final Map<String, Maker> makers = new LinkedHashMap<>();
  private final List<HttpInputs> opened = new ArrayList<>();

  /** Takes one input. */
  interface Parser {
    void take(byte[] input) throws IOException;
  }

  /** A parser and what to begin from. */
  record Target(Parser parser, List<byte[]> seeds) {}

  private interface Maker {
    Target make() throws IOException;
  }

  FuzzTargets() {
    makers.put("base45", () -> new Target(FuzzTargets::base45, List.of(ascii("BB8"), ascii("X"))));
    makers.put("cbor", () -> new Target(new CborPeer()::take, List.of(payload(GUANGDONG))));
    makers.put("code", () -> new Target(new Codes()::text, codes()));
    makers.put("cose", () -> new Target(new Codes()::cose, List.of(cose(), hcertCose())));
    makers.put("json-text", () -> new Target(new ForeignInputs()::json, ForeignInputs.texts()));
    makers.put("seal", () -> new Target(new ForeignInputs()::seal, ForeignInputs.seals()));
    makers.put("card", () -> new Target(new ForeignInputs()::card, ForeignInputs.cards()));
    makers.put(
        "card-text", () -> new Target(new ForeignInputs()::cardText, ForeignInputs.cardTexts()));
    makers.put(
        "who-certificate",
        () -> new Target(new ForeignInputs()::certificate, ForeignInputs.certificates()));
    makers.put(
        "trust-list", () -> new Target(ForeignInputs::trustList, ForeignInputs.lists(FOREIGN)));
    for (final ListFormat format : ListFormat.values()) {
      makers.put(
          "list-" + format.wireName(),
          () ->
              new Target(
                  input -> ForeignInputs.published(format, input),
                  ForeignInputs.published(format, FOREIGN)));
    }
    makers.put("hcert", () -> new Target(new HcertInputs()::take, HcertInputs.seeds()));
    makers.put("device", () -> new Target(new DeviceInputs()::connection, frames()));
    makers.put("http", () -> new Target(http()::connection, requests()));
    makers.put("json", () -> new Target(HttpInputs::body, List.of(ascii("{\"code\":\"GD1:\"}"))));
    makers.put("request-signature", () -> new Target(http()::signature, signatures()));
    makers.put(
        "command",
        () -> new Target(new ReplicationInputs()::message, ReplicationInputs.someMessages()));
    makers.put(
        "snapshot",
        () ->
            new Target(new ReplicationInputs()::snapshot, List.of(ReplicationInputs.aSnapshot())));
    makers.put(
        "stamp", () -> new Target(ReplicationInputs::stamp, List.of(ReplicationInputs.aStamp())));
    makers.put("pack", () -> new Target(FuzzTargets::pack, packs()));
    makers.put("audit", FuzzTargets::audit);
    makers.put("ruleset", () -> new Target(FuzzTargets::ruleset, resources("rulesets/metro.yaml")));
    makers.put(
        "certlogic",
        () ->
            new Target(new NationalInputs(FOREIGN, NOW)::expression, NationalInputs.expressions()));
    makers.put(
        "national-rules",
        () -> new Target(new NationalInputs(FOREIGN, NOW)::document, NationalInputs.documents()));
    makers.put(
        "national-log", () -> new Target(NationalInputs::logged, NationalInputs.loggedDocuments()));
    makers.put(
        "revocation-batch", () -> new Target(RevocationInputs::batch, RevocationInputs.batches()));
    makers.put(
        "revocation-partition",
        () -> new Target(RevocationInputs::partition, RevocationInputs.partitions()));
    makers.put(
        "revocation-slice", () -> new Target(RevocationInputs::slice, RevocationInputs.slices()));
    makers.put(
        "revocation-archive",
        () -> new Target(RevocationInputs::archive, RevocationInputs.archives()));
    makers.put(
        "revocation-cards",
        () -> new Target(RevocationInputs::cards, RevocationInputs.cardLists()));
    makers.put(
        "revocation-denylist",
        () -> new Target(RevocationInputs::denied, RevocationInputs.denylists()));
    makers.put("revocation-kept", FuzzTargets::keptRevocations);
    makers.put(
        "table", () -> new Target(FuzzTargets::table, resources("translations/gd-to-mo.yaml")));
    makers.put("config", FuzzTargets::config);
    makers.put("verify-line", () -> new Target(new VerifyInputs()::line, lines()));
    makers.put("residents", FuzzTargets::residents);
    makers.put("certificate", () -> new Target(FuzzTargets::certificate, certificates()));
    makers.put("pem", FuzzTargets::pem);
  }

  Iterable<String> names() {
    return makers.keySet();
  }

  Target of(String name) {
    final Maker maker = makers.get(name);
    if (maker == null) {
      throw new IllegalArgumentException("there is no " + name + " to fuzz");
    }
    try {
      return maker.make();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SigningKey key(String issuer) {
    return new KeyGeneration()
        .generate(issuer, Instant.ofEpochSecond(NOW - 10), Instant.ofEpochSecond(NOW + 10));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  private static List<byte[]> resources(String name) throws IOException {
    try (InputStream in = RulesetStore.class.getResourceAsStream("/gongbei/" + name)) {
      return List.of(in.readAllBytes());
    }
  }

  private static Path temporary(String name) throws IOException {
    final Path memory = Path.of("/dev/shm");
    final Path made =
        Files.isWritable(memory)
            ? Files.createTempDirectory(memory, "gongbei-fuzz")
            : Files.createTempDirectory("gongbei-fuzz");
    made.toFile().deleteOnExit();
    final Path file = made.resolve(name);
    Files.createFile(file);
    file.toFile().deleteOnExit();
    return file;
  }

  // Codes

  private static void base45(byte[] input) {
    final byte[] decoded = new byte[input.length];
    final int length = Base45.decode(input, 0, input.length, decoded, 0);
    if (length >= 0) {
      require(
          Arrays.equals(ascii(Base45.encode(decoded, 0, length)), input),
          "Base45 is read as what is written otherwise");
    }
    final byte[] text = ascii(Base45.encode(input, 0, input.length));
    final byte[] again = new byte[input.length + 1];
    require(
        Base45.decode(text, 0, text.length, again, 0) == input.length
            && Arrays.equals(input, 0, input.length, again, 0, input.length),
        "what is written in Base45 is not read as it was");
  }

  /** CBOR, beside another library's. */
  private static final class CborPeer {
    private final CborValidator validator =
        new CborValidator(CodeLimits.MAX_CBOR_DEPTH, CodeLimits.MAX_CBOR_MAP_PAIRS);
    private byte[] bytes;
    private boolean hasTags;

    private void take(byte[] input) {
      final String fault = validator.examine(input, 0, input.length, false);
      final String peer = peerFault(input);
      if (fault == null) {
        bytes = input;
        hasTags = false;
        final byte[] copy = new byte[9 * input.length + 9];
        final CborWriter writer = new CborWriter(copy);
        final CborReader reader = new CborReader().wrap(input, 0);
        if (rewrite(reader, writer) && validator.examine(input, 0, input.length, true) == null) {
          require(
              Arrays.equals(writer.toByteArray(), input),
              "deterministic CBOR is written another way");
        }
        require(reader.position() == input.length, "the reader ends elsewhere");
        // It takes floats of different lengths for one key.
        final boolean isOfKeys =
            peer != null && peer.toLowerCase(Locale.ROOT).contains("duplicate");
        require(hasTags || isOfKeys || peer == null, "taken, while the other library says " + peer);
      } else {
        final boolean isBound = fault.contains("too deep") || fault.contains("too many pairs");
        // Keys that the other library tells apart, and whoever passes over tags does not.
        final boolean isOfTags = fault.contains("differ in their tags");
        require(isBound || isOfTags || peer != null, "the other library takes what " + fault);
        require(
            validator.examine(input, 0, input.length, true) != null,
            "what is not valid is deterministic");
      }
    }

    private static String peerFault(byte[] input) {
      try {
        CBORObject.DecodeFromBytes(input, STRICT);
        return null;
      } catch (CBORException | IllegalArgumentException | IllegalStateException e) {
        return String.valueOf(e.getMessage());
      }
    }

    /** Writes the item again; false where the writer has no such item. */
    private boolean rewrite(CborReader reader, CborWriter writer) {
      final int start = reader.position();
      reader.next();
      switch (reader.major()) {
        case CborReader.UNSIGNED, CborReader.NEGATIVE -> {
          if (!reader.isInt()) {
            return false;
          }
          writer.writeInt(reader.intValue());
          return true;
        }
        case CborReader.TAG -> {
          hasTags = true;
          writer.writeTag(reader.argument());
          return rewrite(reader, writer);
        }
        case CborReader.ARRAY, CborReader.MAP -> {
          final int each = reader.major() == CborReader.MAP ? 2 : 1;
          long left = reader.count();
          boolean isWhole = left >= 0;
          if (each == 2) {
            writer.writeMapHeader((int) Math.max(0, left));
          } else {
            writer.writeArrayHeader((int) Math.max(0, left));
          }
          for (; reader.hasMore(left); left--) {
            for (int i = 0; i < each; i++) {
              isWhole &= rewrite(reader, writer);
            }
          }
          return isWhole;
        }
        default -> {
          final int major = reader.major();
          final int length = (int) reader.argument();
          final int at = reader.position();
          final boolean isBytes = reader.isDefinite(CborReader.BYTES);
          final boolean isText = reader.isDefinite(CborReader.TEXT);
          reader.position(start);
          reader.skip();
          if (isBytes) {
            writer.writeBytes(bytes, at, length);
          } else if (isText) {
            writer.writeText(new String(bytes, at, length, StandardCharsets.UTF_8));
          }
          return isBytes || isText || rewriteSimple(major, length, writer);
        }
      }
    }

    private static boolean rewriteSimple(int major, int value, CborWriter writer) {
      if (major != CborReader.SIMPLE) {
        return false;
      }
      switch (value) {
        case CborReader.TRUE -> writer.writeBoolean(true);
        case CborReader.FALSE -> writer.writeBoolean(false);
        case CborReader.NULL -> writer.writeNull();
        default -> {
          return false;
        }
      }
      return true;
    }
  }

  /** Codes, from text to verdict. */
  private static final class Codes {
    private final HealthCode code = new HealthCode();
    private final TrustList trust =
        new TrustList(List.of(GUANGDONG.issuerKey(), MACAU.issuerKey(), FOREIGN.issuerKey()));
    private final ScanEvaluator evaluator =
        new ScanEvaluator(
            new ScanEvaluator.Context()
                .trust(() -> trust)
                .engine(BouncyCastleEngine::new)
                .epochSeconds(() -> NOW)
                .batchCapacity(1));
    private final Scan[] scans = {new Scan()};
    private final FastDeflater zlib = new FastDeflater(false);

    private void text(byte[] input) {
      if (input.length <= CodeLimits.MAX_TEXT_CHARACTERS && code.wrap(input, 0, input.length)) {
        check(code);
      } else if (input.length <= CodeLimits.MAX_TEXT_CHARACTERS) {
        require(code.field() != null && code.explanation() != null, "a refusal says nothing");
      }
      scans[0].text(input, 0, input.length).ruleset(null).atEpochSeconds(Scan.NOW);
      evaluator.evaluate(scans, 1);
      require(
          scans[0].reason() != Reason.BUSY && scans[0].verdict() != null, "there is no verdict");
      if (scans[0].verdict() == Verdict.PASS) {
        require(isKnown(input), "a code passes that nobody has issued");
      }
    }

    private static boolean isKnown(byte[] input) {
      return codes().stream().anyMatch(each -> hasSamePayload(each, input));
    }

    /** What passes differs from what was issued at most in what is not signed. */
    private static boolean hasSamePayload(byte[] one, byte[] other) {
      final HealthCode left = new HealthCode();
      final HealthCode right = new HealthCode();
      return left.wrap(one, 0, one.length)
          && right.wrap(other, 0, other.length)
          && Arrays.equals(
              left.cose().signed(),
              0,
              left.cose().signedLength(),
              right.cose().signed(),
              0,
              right.cose().signedLength());
    }

    private void check(HealthCode read) {
      require(
          read.cose().signedLength() > 0 && read.cose().signatureLength() > 0, "nothing is signed");
      require(
          read.cose().signatureOffset() + read.cose().signatureLength() <= read.buffer().length,
          "the signature lies outside");
      if (read.format() != CodeFormat.HC1) {
        require(read.region().colour() != null, "a colour that is none");
        require(
            read.region().doses() >= 0 && read.region().doses() <= CodeLimits.MAX_DOSES,
            "too many doses");
        require(
            read.region().subjectOffset() >= 0
                && read.region().subjectOffset() + CodeLimits.SUBJECT_BYTES <= read.buffer().length,
            "the subject lies outside");
      }
      require(ClaimsJson.of(read) != null, "there are no claims");
    }

    /** The bytes of a COSE_Sign1, as text of each format. */
    private void cose(byte[] input) throws IOException {
      if (input.length > CodeLimits.MAX_DECODED_BYTES - 8) {
        return;
      }
      final String plain = Base45.encode(input, 0, input.length);
      text(ascii("GD1:" + plain));
      text(ascii("MO1:" + plain));
      final byte[] packed = zlib.deflate(input);
      text(ascii("HC1:" + Base45.encode(packed, 0, packed.length)));
    }
  }

  /** Certificates, which mean what they do as another library writes them again. */
  private static final class HcertInputs {
    private static final byte[] HEADER =
        new CborWriter(new byte[16]).writeMapHeader(1).writeInt(1).writeInt(-7).toByteArray();

    private final HealthCode code = new HealthCode();
    private final HealthCode again = new HealthCode();
    private final FastDeflater zlib = new FastDeflater(false);

    static List<byte[]> seeds() {
      return Stream.of(
              ForeignCertificates.vaccination(3),
              ForeignCertificates.test("LP6464-4", "260415000", "2025-12-31T20:00:00+08:00"),
              ForeignCertificates.of("'r':[{'tg':'840539006','fr':'2025-12-01'}],'t':null"))
          .map(each -> CBORObject.FromJSONString(each).EncodeToBytes())
          .toList();
    }

    private void take(byte[] input) throws IOException {
      if (!wrap(code, input)) {
        require(code.field() != null && code.explanation() != null, "a refusal says nothing");
        return;
      }
      require(Integer.bitCount(code.facts().types()) == 1, "it certifies more than one thing");
      require(ClaimsJson.of(code) != null, "there are no claims");
      final byte[] rewritten = rewritten(input);
      if (rewritten == null) {
        return;
      }
      final boolean isTaken = wrap(again, rewritten);
      if (isTaken) {
        require(meaning(code).equals(meaning(again)), "another form means something else");
      } else {
        require(again.field().equals("code"), "another form is refused for " + again.field());
      }
    }

    private static byte[] rewritten(byte[] input) {
      try {
        return CBORObject.DecodeFromBytes(input, STRICT).EncodeToBytes();
      } catch (CBORException | IllegalArgumentException | IllegalStateException e) {
        return null;
      }
    }

    private static List<Object> meaning(HealthCode read) {
      final ForeignFacts claims = read.facts();
      return List.of(
          claims.types(),
          claims.isOfThisDisease(),
          String.valueOf(claims.fieldOutsideValueSets()),
          claims.isPositive(),
          claims.isOfKnownKind(),
          claims.negativeSampleEpochMinutes(TestKind.NAAT),
          claims.negativeSampleEpochMinutes(TestKind.RAT),
          claims.doses(),
          String.valueOf(claims.fieldAfter(NOW)));
    }

    private boolean wrap(HealthCode code, byte[] certificate) {
      final byte[] payload =
          new CborWriter(new byte[32])
              .writeMapHeader(2)
              .writeInt(4)
              .writeInt(NOW)
              .writeInt(-260)
              .writeMapHeader(1)
              .writeInt(1)
              .toByteArray();
      final byte[] claims = Arrays.copyOf(payload, payload.length + certificate.length);
      System.arraycopy(certificate, 0, claims, payload.length, certificate.length);
      final byte[] cose =
          new CborWriter(new byte[claims.length + 128])
              .writeArrayHeader(4)
              .writeBytes(HEADER)
              .writeMapHeader(0)
              .writeBytes(claims)
              .writeBytes(new byte[64])
              .toByteArray();
      final byte[] packed = zlib.deflate(cose);
      final byte[] text = ascii("HC1:" + Base45.encode(packed, 0, packed.length));
      return code.wrap(text, 0, text.length);
    }
  }

  private static final List<byte[]> CODES = issued();

  private static List<byte[]> codes() {
    return CODES;
  }

  private static List<byte[]> issued() {
    try {
      return List.of(
          issue(CodeFormat.GD1, GUANGDONG),
          issue(CodeFormat.MO1, MACAU),
          ascii(
              new HcertIssuer(FOREIGN)
                  .issue(
                      JSON.readTree(
                          "{\"ver\":\"1.3.0\",\"dob\":\"1970-01-01\",\"nam\":{\"fnt\":\"A\"},\"t\":"
                              + "[{\"tg\":\"840539006\",\"tt\":\"LP6464-4\",\"tr\":\"260415000\","
                              + "\"sc\":\"2025-12-31T20:00:00+08:00\"}]}"),
                      NOW - 5,
                      NOW + 5)));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] issue(CodeFormat format, SigningKey key) {
    return ascii(
        new CodeIssuer(format, key)
            .issue(
                CodeClaims.of(CodeKind.PERSON, new byte[16])
                    .colour(Colour.YELLOW)
                    .test(TestResult.NEGATIVE, 29_453_000)
                    .doses(3)
                    .serial(new byte[8])
                    .validity(NOW - 5, NOW + 5)
                    .build()));
  }

  private static byte[] cose() {
    final byte[] text = CODES.get(0);
    final byte[] bytes = new byte[text.length];
    return Arrays.copyOf(bytes, Base45.decode(text, 4, text.length - 4, bytes, 0));
  }

  private static byte[] hcertCose() {
    final byte[] text = CODES.get(2);
    final HealthCode code = new HealthCode();
    require(code.wrap(text, 0, text.length), "a code can't be read");
    return Arrays.copyOf(
        code.buffer(), code.cose().signatureOffset() + code.cose().signatureLength());
  }

  private static byte[] payload(SigningKey key) {
    final HealthCode code = new HealthCode();
    final byte[] text = issue(CodeFormat.GD1, key);
    require(code.wrap(text, 0, text.length), "a code can't be read");
    return Arrays.copyOf(code.cose().signed(), code.cose().signedLength());
  }

  // Devices and HTTP

  private static List<byte[]> frames() {
    final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    final MessageHeaderEncoder header = new MessageHeaderEncoder();
    final HelloEncoder hello =
        new HelloEncoder()
            .wrapAndApplyHeader(buffer, 0, header)
            .deviceId("gate")
            .putCredential(new byte[4], 0, 4);
    final byte[] first = message(buffer, hello.encodedLength());
    final byte[] text = CODES.get(0);
    final ScanEncoder scan =
        new ScanEncoder()
            .wrapAndApplyHeader(buffer, 0, header)
            .correlationId(1)
            .atEpochSeconds(0)
            .checkpoint("metro/1")
            .putCode(text, 0, text.length);
    final byte[] second = message(buffer, scan.encodedLength());
    final ScanBatchEncoder batch =
        new ScanBatchEncoder().wrapAndApplyHeader(buffer, 0, header).atEpochSeconds(0);
    batch.scansCount(1).next().correlationId(2).putCode(text, 0, text.length);
    batch.checkpoint("metro/1");
    final byte[] third = message(buffer, batch.encodedLength());
    final byte[] fourth =
        message(buffer, new PingEncoder().wrapAndApplyHeader(buffer, 0, header).encodedLength());
    return List.of(first, concat(first, second), concat(first, third), concat(first, fourth));
  }

  private static byte[] message(ExpandableArrayBuffer buffer, int length) {
    return DeviceInputs.framed(
        Arrays.copyOf(buffer.byteArray(), MessageHeaderEncoder.ENCODED_LENGTH + length));
  }

  private static byte[] concat(byte[] one, byte[] other) {
    final byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private HttpInputs http() {
    final HttpInputs inputs =
        new HttpInputs(
            TrustStore.of(new TrustList(List.of(AUTHORITY.issuerKey()))),
            new SigningKeys(List.of(GUANGDONG)));
    opened.add(inputs);
    return inputs;
  }

  @Override
  public void close() {
    opened.forEach(HttpInputs::close);
  }

  private static List<byte[]> requests() {
    final String scan = "{\"code\":\"GD1:\",\"checkpoint\":\"metro\"}";
    return List.of(
        ascii("GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ascii("GET /v1/rulesets HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n"),
        ascii(
            "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: "
                + scan.length()
                + "\r\n\r\n"
                + scan),
        ascii(
            "POST /v1/codes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
                + "2\r\n{}\r\n0\r\n\r\n"),
        ascii(
            "PUT /v1/subjects/00000000000000010000000000000001/status HTTP/1.1\r\n"
                + "Host: localhost\r\n"
                + "Content-Length: 2\r\n\r\n"
                + "{}"),
        HttpInputs.http2(scan));
  }

  private static List<byte[]> signatures() {
    return List.of(
        ascii(
            "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\n\n"
                + "sig1=(\"@method\" \"@path\" \"content-digest\");created="
                + NOW
                + ";keyid=\""
                + AUTHORITY.issuerKey().kidHex()
                + "\";nonce=\"aaaaaaaaaaaaaaaa\";tag=\"gongbei:GD:main\"\n\n"
                + "sig1=:"
                + Base64.getEncoder().encodeToString(new byte[64])
                + ":\n\n"));
  }

  // Files

  /** A pack as it comes, and the same signed by the region. */
  private static void pack(byte[] input) {
    final TrustList anchors = new TrustList(List.of(GUANGDONG.issuerKey()));
    readPack(input, anchors);
    if (input.length < MAX_SIGNED_PACK_BYTES) {
      final byte[] signature = new CodeSigner(GUANGDONG).sign(input, 0, input.length);
      readPack(concat(input, signature), anchors);
    }
  }

  private static void readPack(byte[] pack, TrustList anchors) {
    try {
      final OfflinePack read = OfflinePack.read(pack, anchors, NOW);
      require(read.bytes() == pack.length, "a pack is of another length");
    } catch (PackException e) {
      require(e.getMessage() != null, "a refusal says nothing");
    }
  }

  /** A full pack and a delta, without their signatures. */
  private static List<byte[]> packs() {
    try (StatusMap map = StatusMap.inMemory(100)) {
      final StatusStateMachine machine = new StatusStateMachine(map);
      for (int i = 0; i < 20; i++) {
        machine.apply(
            StatusCommand.SetStatus.of(new Subject(0x9E3779B97F4A7C15L * i, i))
                .colour(Colour.ofNumber(i % 3))
                .build());
      }
      final TrustList trust = new TrustList(List.of(GUANGDONG.issuerKey(), MACAU.issuerKey()));
      final var rulesets = RulesetStore.shipped().current();
      final byte[] full =
          new PackMaker(map, trust, rulesets)
              .full(new PackMaker.Terms(GUANGDONG, NOW, 60))
              .orElseThrow();
      final byte[] delta =
          new PackMaker(map, trust, rulesets)
              .delta(5, new PackMaker.Terms(GUANGDONG, NOW, 60))
              .orElseThrow();
      final byte[] revoking =
          new PackMaker(map, trust, withRevoked(rulesets))
              .full(new PackMaker.Terms(GUANGDONG, NOW, 60))
              .orElseThrow();
      return List.of(
          full,
          Arrays.copyOf(full, full.length - 64),
          Arrays.copyOf(delta, delta.length - 64),
          Arrays.copyOf(revoking, revoking.length - 64));
    } catch (RevocationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Rulesets withRevoked(Rulesets rulesets) throws RevocationException {
    return new Rulesets(
        rulesets.all(),
        ForeignLaw.NONE.with(
            RevocationSet.of(
                List.of(RevocationList.read("eu.a", RevocationInputs.keptLists().get(0))),
                List.of())));
  }

  private static Target audit() throws IOException {
    final Path written = temporary("written.jsonl");
    Files.delete(written);
    try (AuditLog log = AuditLog.ofFile(written, Region.GUANGDONG)) {
      log.append(
          List.of(
              new Receipt(
                  Region.GUANGDONG,
                  Region.MACAU,
                  new byte[32],
                  new byte[32],
                  "gd-to-mo@1",
                  Receipt.TRANSLATED)),
          GUANGDONG,
          NOW);
    } catch (AuditException e) {
      throw new IllegalStateException(e);
    }
    final byte[] whole = Files.readAllBytes(written);
    final Path file = temporary("audit.jsonl");
    final TrustList trust = new TrustList(List.of(GUANGDONG.issuerKey()));
    return new Target(
        input -> {
          Files.write(file, input);
          try {
            final AuditCheck.Summary summary = AuditCheck.check(file, trust, false, null);
            require(
                summary.isEmpty() || (summary.receipts() == 1 && summary.heads() == 1),
                "a log is whole that nobody has signed");
          } catch (AuditException e) {
            require(e.getMessage() != null, "a refusal says nothing");
          }
        },
        List.of(whole));
  }

  private static void ruleset(byte[] input) {
    try {
      final var read = RulesetReader.read("fuzz", new ByteArrayInputStream(input));
      require(read.version() > 0 && !read.name().isEmpty(), "a ruleset without name or version");
    } catch (RulesetException e) {
      require(e.getMessage() != null, "a refusal says nothing");
    }
  }

  private static Target keptRevocations() {
    try {
      return new Target(RevocationInputs::kept, RevocationInputs.keptLists());
    } catch (RevocationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void table(byte[] input) {
    try {
      require(TranslationTables.read("fuzz", input, CodeFormat.MO1) != null, "no table");
    } catch (TableException e) {
      require(e.getMessage() != null, "a refusal says nothing");
    }
  }

  private static Target config() throws IOException {
    final Path file = temporary("gongbei.yaml");
    return new Target(
        input -> {
          Files.write(file, input);
          try {
            require(NodeConfig.read(file) != null, "no configuration");
          } catch (ConfigException e) {
            require(e.getMessage() != null, "a refusal says nothing");
          }
        },
        List.of(
            ascii("role: single\nregion: GD\nmaxSubjects: 1000\nhttp:\n  port: 0\n"),
            ascii(
                "role: member\ndataDirectory: data\nreplication:\n  members:\n"
                    + "    - {host: 10.0.0.1, basePort: 9800}\n  memberId: 0\n")));
  }

  private static List<byte[]> lines() {
    return List.of(
        ascii(
            "{\"code\":\"GD1:\",\"at\":\"2026-01-01T00:00:00+08:00\",\"certificate\":\""
                + Base64.getEncoder().encodeToString(MACAU.certificate())
                + "\"}"),
        ascii("{\"code\":\"HC1:\"}"));
  }

  private static Target residents() throws IOException {
    final Path file = temporary("residents.csv");
    return new Target(
        input -> ResidentInputs.residents(file, input),
        List.of(
            ascii(
                "subject,colour,result,sampleTime,doses,lastDoseDate,flags\n"
                    + "00000000000000010000000000000001,green,negative,2026-01-01T00:00:00Z,2,"
                    + "2021-05-01,visitor\n")));
  }

  private static List<byte[]> certificates() {
    return List.of(GUANGDONG.certificate(), MACAU.certificate(), FOREIGN.certificate());
  }

  private static void certificate(byte[] input) {
    try {
      final IssuerKey key = Certificates.issuerKey("fuzz", input);
      require(!key.formats().isEmpty() && key.issuer() != null, "a key that signs nothing");
      require(Certificates.anchor("fuzz", input).kid() == key.kid(), "another key as an anchor");
    } catch (TrustException e) {
      require(e.getMessage() != null, "a refusal says nothing");
    }
  }

  private static Target pem() throws IOException {
    final Path file = temporary("key.pem");
    final String certificate =
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(MACAU.certificate())
            + "\n-----END CERTIFICATE-----\n";
    final List<byte[]> seeds = new ArrayList<>();
    seeds.add(ascii(certificate));
    seeds.add(ascii(certificate + certificate.replace("CERTIFICATE", "PRIVATE KEY")));
    return new Target(
        input -> {
          Files.write(file, input);
          try {
            require(TrustStore.ofDirectory(file.getParent()) != null, "no trust");
          } catch (TrustException e) {
            require(e.getMessage() != null, "a refusal says nothing");
          }
          try {
            require(SigningKeys.ofDirectory(file.getParent()) != null, "no keys");
          } catch (TrustException e) {
            require(e.getMessage() != null, "a refusal says nothing");
          }
        },
        seeds);
  }
}
