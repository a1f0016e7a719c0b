package gongbei.bench.jmh;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.CodeBatch;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanEvaluator;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Minting in-process on one thread, from claims to text: one by one and {@value #BATCH} together;
 * beside the bare signatures of Bouncy Castle and of the Java that runs it (which has ES256 alone)
 * over the same claims' bytes, and beside the whole scan of such codes. One operation is one code.
 * Run with {@code -prof gc}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MintingBenchmark {
  private static final int BATCH = 64;
  private static final int BATCHES = 16;
  private static final int RESIDENTS = 1_000_000;
  private static final int LIFE_SECONDS = 60;
  private static final byte[] SM2_USER_ID = "1234567812345678".getBytes(StandardCharsets.US_ASCII);

  @Param({"GD1", "MO1"})
  CodeFormat format;

  private final byte[][] subjects = new byte[BATCH * BATCHES][];
  private final byte[][] signed = new byte[BATCH * BATCHES][];
  private final Scan[][] scans = new Scan[BATCHES][BATCH];
  private final byte[] serial = new byte[8];
  private final SecureRandom random = new SecureRandom();
  private StatusMap map;
  private Residents residents;
  private CodeIssuer issuer;
  private CodeBatch codes;
  private final CodeClaims.Builder claims = new CodeClaims.Builder();
  private ScanEvaluator evaluator;
  private Signer library;
  private Signature java;
  private int next;

  /** Fills a map, makes codes, and readies every signer. */
  @Setup(Level.Trial)
  public void setUp() throws GeneralSecurityException {
    residents = new Residents(format, RESIDENTS);
    map = StatusMap.inMemory(RESIDENTS);
    residents.putInto(map);
    issuer = new CodeIssuer(format, residents.key());
    codes = new CodeBatch(format, residents.key(), BATCH);
    final byte[][] texts = residents.codes(BATCH * BATCHES);
    final Ruleset metro = RulesetStore.shipped().current().find("metro");
    final HealthCode decoded = new HealthCode();
    for (int i = 0; i < texts.length; i++) {
      decoded.wrap(texts[i], 0, texts[i].length);
      subjects[i] =
          Arrays.copyOfRange(
              decoded.buffer(),
              decoded.region().subjectOffset(),
              decoded.region().subjectOffset() + Subject.BYTES);
      signed[i] = Arrays.copyOf(decoded.cose().signed(), decoded.cose().signedLength());
      scans[i / BATCH][i % BATCH] =
          new Scan().text(texts[i], 0, texts[i].length).ruleset(metro).atEpochSeconds(Scan.NOW);
    }
    evaluator = residents.evaluator(map, BATCH);
    for (final Scan scan : scan()) {
      if (scan.reason() != Reason.OK) {
        throw new IllegalStateException("a scan is " + scan.reason());
      }
    }
    library = librarySigner(format, residents.key().privateKey(), random);
    java =
        javaSigner(
            (format == CodeFormat.MO1 ? residents : new Residents(CodeFormat.MO1, 1))
                .key()
                .privateKey());
  }

  /** Bouncy Castle's signer of a format's codes, its key ready. */
  static Signer librarySigner(CodeFormat format, AsymmetricKeyParameter key, SecureRandom random) {
    final Signer signer;
    if (format == CodeFormat.GD1) {
      signer = new SM2Signer(PlainDSAEncoding.INSTANCE, new SM3Digest());
      signer.init(true, new ParametersWithID(new ParametersWithRandom(key, random), SM2_USER_ID));
    } else {
      signer =
          new DSADigestSigner(
              new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest())),
              new SHA256Digest(),
              PlainDSAEncoding.INSTANCE);
      signer.init(true, key);
    }
    return signer;
  }

  private static Signature javaSigner(AsymmetricKeyParameter key) throws GeneralSecurityException {
    final BigInteger d = ((ECPrivateKeyParameters) key).getD();
    final AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
    curve.init(new ECGenParameterSpec("secp256r1"));
    final PrivateKey secret =
        KeyFactory.getInstance("EC")
            .generatePrivate(
                new ECPrivateKeySpec(d, curve.getParameterSpec(ECParameterSpec.class)));
    final Signature signer = Signature.getInstance("SHA256withECDSAinP1363Format");
    signer.initSign(secret);
    return signer;
  }

  /** Frees the map. */
  @TearDown(Level.Trial)
  public void tearDown() {
    map.close();
  }

  private int nextBatch() {
    next = (next + 1) % BATCHES;
    return next;
  }

  /** From claims to text, one by one. */
  @Benchmark
  public String mintOne() {
    next = (next + 1) % subjects.length;
    final long now = Instant.now().getEpochSecond();
    return issuer.issue(
        CodeClaims.of(CodeKind.PERSON, subjects[next])
            .colour(Colour.GREEN)
            .test(TestResult.NEGATIVE, residents.sampleEpochMinutes())
            .doses(2)
            .serial(serial)
            .validity(now, now + LIFE_SECONDS)
            .build());
  }

  /** From claims to text, {@value #BATCH} together. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public byte[] mintBatch() {
    final int first = nextBatch() * BATCH;
    final long now = System.currentTimeMillis() / 1_000;
    codes.clear();
    for (int i = first; i < first + BATCH; i++) {
      codes.add(
          claims
              .kind(CodeKind.PERSON)
              .subject(subjects[i], 0)
              .colour(Colour.GREEN)
              .test(TestResult.NEGATIVE, residents.sampleEpochMinutes())
              .doses(2)
              .serial(serial, 0)
              .validity(now, now + LIFE_SECONDS));
    }
    codes.sign();
    return codes.texts();
  }

  /** The library's signature alone. */
  @Benchmark
  public byte[] signBouncyCastle() throws CryptoException {
    next = (next + 1) % subjects.length;
    library.update(signed[next], 0, signed[next].length);
    return library.generateSignature();
  }

  /** The signature of the Java that runs this, alone: ES256, for it has no SM2. */
  @Benchmark
  public byte[] signJava() throws GeneralSecurityException {
    next = (next + 1) % subjects.length;
    java.update(signed[next]);
    return java.sign();
  }

  /** From text to verdict. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Scan[] scan() {
    final Scan[] batch = scans[nextBatch()];
    evaluator.evaluate(batch, BATCH);
    return batch;
  }
}
