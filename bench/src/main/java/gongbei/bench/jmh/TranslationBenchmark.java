package gongbei.bench.jmh;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.CodeSigner;
import gongbei.codec.signature.FixedBaseEngine;
import gongbei.codec.signature.KeyTables;
import gongbei.codec.signature.SignatureBatch;
import gongbei.codec.signature.SignatureEngine;
import gongbei.codec.signature.SigningBatch;
import gongbei.codec.translate.CodeTranslator;
import gongbei.codec.translate.Translation;
import gongbei.codec.translate.TranslationRequest;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TrustList;
import gongbei.verifier.translate.TranslationTables;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Signer;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Translations a second of one thread, from text to text, beside what they can't do without: one
 * verification by the other region's key and one signature by this one's, over the same codes, by
 * Gongbei and by Bouncy Castle. One operation is one code.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class TranslationBenchmark {
  private static final int BATCH = 64;
  private static final int BATCHES = 16;
  private static final int CODES = BATCH * BATCHES;
  private static final int DAY_SECONDS = 86_400;

  /** The region whose codes are made. */
  @Param({"MO1", "GD1"})
  CodeFormat target;

  private long now;
  private List<List<TranslationRequest>> requests;
  private CodeTranslator translator;
  private SigningKey key;
  private SigningBatch signing;
  private SigningKey otherKey;
  private SignatureEngine engine;
  private SignatureEngine library;
  private Signer librarySigner;
  private SignatureBatch batch;
  private SignedCodes sources;
  private byte[][] toSign;
  private int next;

  /** Makes both regions' keys and distinct codes of the other one. */
  @Setup(Level.Trial)
  public void setUp() {
    final CodeFormat source = target == CodeFormat.GD1 ? CodeFormat.MO1 : CodeFormat.GD1;
    final Instant from = Instant.now().minus(Duration.ofDays(1));
    final Instant until = from.plus(Duration.ofDays(10));
    now = Instant.now().getEpochSecond();
    otherKey = new KeyGeneration().generate(source.issuer(), from, until);
    key = new KeyGeneration().generate(target.issuer(), from, until);
    signing = new CodeSigner(key).batch(BATCH);
    final TrustList trust = new TrustList(List.of(otherKey.issuerKey()));
    final KeyTables tables = KeyTables.of(trust);
    engine = new FixedBaseEngine(tables);
    library = new BouncyCastleEngine();
    librarySigner = MintingBenchmark.librarySigner(target, key.privateKey(), new SecureRandom());
    batch = new SignatureBatch(BATCH);
    final TranslationTables table = TranslationTables.shipped(target);
    translator =
        new CodeTranslator(
            new CodeTranslator.Context(target, SubjectSecret.generate())
                .trust(() -> trust)
                .engine(() -> new FixedBaseEngine(tables))
                .table(table::current)
                .batchCapacity(BATCH)
                .holders(new Strangers()));
    requests = new ArrayList<>();
    final byte[][] texts = new byte[CODES][];
    toSign = new byte[CODES][];
    final CodeIssuer issuer = new CodeIssuer(source, otherKey);
    final SplittableRandom random = new SplittableRandom(1);
    final HealthCode decoded = new HealthCode();
    for (int i = 0; i < CODES; i++) {
      if (i % BATCH == 0) {
        requests.add(new ArrayList<>());
      }
      texts[i] = issuer.issue(claims(random)).getBytes(StandardCharsets.US_ASCII);
      requests.get(i / BATCH).add(new TranslationRequest(texts[i], target.issuer(), false));
    }
    sources = SignedCodes.of(otherKey, texts);
    for (int i = 0; i < BATCHES; i++) {
      final Translation[] translations = translator.translate(requests.get(i), key, now);
      for (int j = 0; j < BATCH; j++) {
        if (!translations[j].isTranslated()) {
          throw new IllegalStateException("a code is not translated: " + translations[j].field());
        }
        final byte[] text = translations[j].code().getBytes(StandardCharsets.US_ASCII);
        decoded.wrap(text, 0, text.length);
        toSign[i * BATCH + j] =
            Arrays.copyOf(decoded.cose().signed(), decoded.cose().signedLength());
      }
    }
  }

  private CodeClaims claims(SplittableRandom random) {
    final byte[] subject = new byte[CodeLimits.SUBJECT_BYTES];
    final byte[] serial = new byte[CodeLimits.SERIAL_BYTES];
    random.nextBytes(subject);
    random.nextBytes(serial);
    return CodeClaims.of(CodeKind.PERSON, subject)
        .colour(Colour.GREEN)
        .test(TestResult.NEGATIVE, (int) (now / 60) - 60)
        .doses(2)
        .serial(serial)
        .validity(now, now + DAY_SECONDS)
        .build();
  }

  private int nextBatch() {
    next = (next + 1) % BATCHES;
    return next;
  }

  /** From text to text. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Translation[] translate() {
    return translator.translate(requests.get(nextBatch()), key, now);
  }

  /** The least that translations need: verifies the sources' signatures, signs the targets. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int verifyAndSign() {
    final int first = nextBatch() * BATCH;
    return verify(engine, first) + sign(first);
  }

  /** The same by Bouncy Castle, on its optimised curves, its keys ready. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int verifyAndSignBouncyCastle() throws CryptoException {
    final int first = nextBatch() * BATCH;
    int bytes = verify(library, first);
    for (int i = first; i < first + BATCH; i++) {
      librarySigner.update(toSign[i], 0, toSign[i].length);
      bytes += librarySigner.generateSignature().length;
    }
    return bytes;
  }

  /** Verifies the sources' signatures alone. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int verify() {
    return verify(engine, nextBatch() * BATCH);
  }

  /** Signs the targets alone. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int sign() {
    return sign(nextBatch() * BATCH);
  }

  private int sign(int first) {
    signing.clear();
    for (int i = first; i < first + BATCH; i++) {
      signing.add(toSign[i], 0, toSign[i].length);
    }
    signing.sign();
    return signing.signatureLength(0);
  }

  private int verify(SignatureEngine verifier, int first) {
    final int valid = sources.verify(verifier, batch, first, BATCH);
    if (valid != BATCH) {
      throw new IllegalStateException("a signature is not valid");
    }
    return valid;
  }

  /** Nobody is linked, and nobody known. */
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
