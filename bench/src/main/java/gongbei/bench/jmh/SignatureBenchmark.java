package gongbei.bench.jmh;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import com.tencent.kona.crypto.KonaCryptoNativeProvider;
import com.tencent.kona.crypto.spec.SM2PublicKeySpec;
import com.tencent.kona.crypto.spec.SM2SignatureParameterSpec;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.FixedBaseEngine;
import gongbei.codec.signature.KeyTables;
import gongbei.codec.signature.SignatureBatch;
import gongbei.codec.signature.SignatureEngine;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.gm.GMNamedCurves;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * Verifications a second of one thread: Gongbei's own engine, whose batch size is a parameter,
 * beside Bouncy Castle, the JDK, Amazon's Corretto provider, Tencent's Kona and OpenSSL, over the
 * same {@value #CODES} distinct codes (OpenSSL measures itself: see {@link OpenSslSpeed}, and read
 * its {@code verifications}).
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SignatureBenchmark {
  private static final int CODES = 1_024;
  private static final int SLICE = 64;
  private static final String SM2_USER_ID = "1234567812345678";

  /** Goes round the codes, and requires every signature of a slice to be found valid. */
  abstract static class Codes {
    SignedCodes codes;
    private int next;

    final IssuerKey issuerKey() {
      return codes.key().issuerKey();
    }

    final int nextSlice() {
      next = (next + SLICE) % CODES;
      return next;
    }

    final int verifySlice(SignatureEngine engine, IssuerKey key) {
      final int first = nextSlice();
      int valid = 0;
      for (int i = first; i < first + SLICE; i++) {
        final byte[] message = codes.message(i);
        final byte[] signature = codes.signature(i);
        if (engine.verify(key, message, 0, message.length, signature, 0, signature.length)) {
          valid++;
        }
      }
      return requireAll(valid);
    }

    static int requireAll(int valid) {
      if (valid != SLICE) {
        throw new IllegalStateException("a signature is not found valid");
      }
      return valid;
    }
  }

  /** Both engines, and codes of either algorithm. */
  @State(Scope.Thread)
  public static class Engines extends Codes {
    @Param({"SM2", "ES256"})
    SignatureAlgorithm algorithm;

    SignatureEngine fixedBase;
    SignatureEngine bouncyCastle;

    /** Issues the codes and prepares the issuer's key. */
    @Setup(Level.Trial)
    public void setUp() {
      codes = SignedCodes.of(algorithm, CODES);
      fixedBase = new FixedBaseEngine(KeyTables.of(new TrustList(List.of(issuerKey()))));
      bouncyCastle = new BouncyCastleEngine();
    }
  }

  /** How many signatures are verified together. */
  @State(Scope.Thread)
  public static class Batching {
    @Param({"1", "2", "4", "8", "16", "32", "64"})
    int batch;

    private final SignatureBatch signatures = new SignatureBatch(SLICE);
  }

  /** In batches. */
  @Benchmark
  @OperationsPerInvocation(SLICE)
  public int fixedBaseBatched(Engines state, Batching batching) {
    final SignatureBatch signatures = batching.signatures;
    final IssuerKey key = state.issuerKey();
    final int first = state.nextSlice();
    int valid = 0;
    for (int start = first; start < first + SLICE; start += batching.batch) {
      signatures.clear();
      for (int i = start; i < start + batching.batch; i++) {
        final byte[] message = state.codes.message(i);
        final byte[] signature = state.codes.signature(i);
        signatures.add(key, message, 0, message.length, signature, 0, signature.length);
      }
      state.fixedBase.verify(signatures);
      for (int i = 0; i < batching.batch; i++) {
        if (signatures.outcome(i)) {
          valid++;
        }
      }
    }
    return Codes.requireAll(valid);
  }

  /** One by one. */
  @Benchmark
  @OperationsPerInvocation(SLICE)
  public int fixedBaseSingle(Engines state) {
    return state.verifySlice(state.fixedBase, state.issuerKey());
  }

  /** On the library's optimised curves. */
  @Benchmark
  @OperationsPerInvocation(SLICE)
  public int bouncyCastle(Engines state) {
    return state.verifySlice(state.bouncyCastle, state.issuerKey());
  }

  /** The library as a provider has it for SM2: on its generic field. */
  @State(Scope.Thread)
  public static class StockField extends Codes {
    private final SignatureEngine engine = new BouncyCastleEngine();
    private IssuerKey key;

    /** Issues the codes and moves the issuer's key to the generic curve. */
    @Setup(Level.Trial)
    public void setUp() {
      codes = SignedCodes.of(SignatureAlgorithm.SM2, CODES);
      final X9ECParameters resources = GMNamedCurves.getByName("sm2p256v1");
      final ECPublicKeyParameters optimised = (ECPublicKeyParameters) issuerKey().publicKey();
      key =
          new IssuerKey(
              issuerKey().issuer(),
              issuerKey().kid(),
              SignatureAlgorithm.SM2,
              new ECPublicKeyParameters(
                  resources.getCurve().decodePoint(optimised.getQ().getEncoded(false)),
                  new ECNamedDomainParameters(GMObjectIdentifiers.sm2p256v1, resources)),
              issuerKey().formats(),
              issuerKey().hcertTypes(),
              issuerKey().notBeforeEpochSeconds(),
              issuerKey().notAfterEpochSeconds());
    }
  }

  /** On the library's generic field. */
  @Benchmark
  @OperationsPerInvocation(SLICE)
  public int sm2BouncyCastleStockField(StockField state) {
    return state.verifySlice(state.engine, state.key);
  }

  /** A signature of a provider of the JCA, made ready for the key. */
  abstract static class Peer extends Codes {
    private Signature signature;
    private byte[][] signatures;

    final void prepare(SignatureAlgorithm algorithm) {
      codes = SignedCodes.of(algorithm, CODES);
    }

    final PublicKey publicKey(String keyAlgorithm, Provider provider)
        throws GeneralSecurityException, IOException {
      final KeyFactory factory =
          provider == null
              ? KeyFactory.getInstance(keyAlgorithm)
              : KeyFactory.getInstance(keyAlgorithm, provider);
      return factory.generatePublic(
          new X509EncodedKeySpec(
              SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(issuerKey().publicKey())
                  .getEncoded()));
    }

    final void prepare(Signature initialized, byte[][] encoded) {
      signature = initialized;
      signatures = encoded;
    }

    final int verifySlice() throws GeneralSecurityException {
      final int first = nextSlice();
      int valid = 0;
      for (int i = first; i < first + SLICE; i++) {
        signature.update(codes.message(i));
        if (signature.verify(signatures[i])) {
          valid++;
        }
      }
      return requireAll(valid);
    }
  }

  /** Tencent Kona's native provider. */
  @State(Scope.Thread)
  public static class Kona extends Peer {
    /** Issues the codes and loads the native code. */
    @Setup(Level.Trial)
    public void setUp() throws GeneralSecurityException, IOException {
      prepare(SignatureAlgorithm.SM2);
      final Provider provider = new KonaCryptoNativeProvider();
      final byte[] point =
          ((ECPublicKeyParameters) issuerKey().publicKey()).getQ().getEncoded(false);
      final PublicKey key =
          KeyFactory.getInstance("SM2", provider).generatePublic(new SM2PublicKeySpec(point));
      final Signature signature = Signature.getInstance("SM2", provider);
      signature.setParameter(
          new SM2SignatureParameterSpec(
              SM2_USER_ID.getBytes(StandardCharsets.US_ASCII), (ECPublicKey) key));
      signature.initVerify(key);
      prepare(signature, codes.derSignatures());
    }
  }

  /** Tencent Kona on its own OpenSSL. */
  @Benchmark
  @OperationsPerInvocation(SLICE)
  public int sm2Kona(Kona state) throws GeneralSecurityException {
    return state.verifySlice();
  }

  /** The JDK's own provider. */
  @State(Scope.Thread)
  public static class Jdk extends Peer {
    /** Issues the codes. */
    @Setup(Level.Trial)
    public void setUp() throws GeneralSecurityException, IOException {
      prepare(SignatureAlgorithm.ES256);
      final Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format", "SunEC");
      signature.initVerify(publicKey("EC", null));
      final byte[][] raw = new byte[CODES][];
      for (int i = 0; i < CODES; i++) {
        raw[i] = codes.signature(i);
      }
      prepare(signature, raw);
    }
  }

  /** The JDK. */
  @Benchmark
  @OperationsPerInvocation(SLICE)
  public int es256Jdk(Jdk state) throws GeneralSecurityException {
    return state.verifySlice();
  }

  /** Amazon's Corretto provider. */
  @State(Scope.Thread)
  public static class Corretto extends Peer {
    /** Issues the codes and loads the native code. */
    @Setup(Level.Trial)
    public void setUp() throws GeneralSecurityException, IOException {
      prepare(SignatureAlgorithm.ES256);
      final AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
      provider.assertHealthy();
      final Signature signature = Signature.getInstance("SHA256withECDSA", provider);
      signature.initVerify(publicKey("EC", provider));
      prepare(signature, codes.derSignatures());
    }
  }

  /** Amazon's AWS-LC. */
  @Benchmark
  @OperationsPerInvocation(SLICE)
  public int es256Corretto(Corretto state) throws GeneralSecurityException {
    return state.verifySlice();
  }

  /** What OpenSSL says of itself. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class OpenSsl {
    /** Verifications in the time that the benchmark took: their rate is what is reported. */
    public double verifications;

    /** Looks for OpenSSL. */
    @Setup(Level.Trial)
    public void setUp() {
      OpenSslSpeed.requirePresent();
    }

    /** Starts the iteration's count. */
    @Setup(Level.Iteration)
    public void clear() {
      verifications = 0;
    }

    final double measure(String algorithm) {
      final long start = System.nanoTime();
      final double rate = OpenSslSpeed.verificationsPerSecond(algorithm);
      verifications += rate * (System.nanoTime() - start) / TimeUnit.SECONDS.toNanos(1);
      return rate;
    }
  }

  /** The system's OpenSSL: read {@code verifications}. */
  @Benchmark
  @Warmup(iterations = 0)
  public double sm2OpenSsl(OpenSsl state) {
    return state.measure("sm2");
  }

  /** The system's OpenSSL: read {@code verifications}. */
  @Benchmark
  @Warmup(iterations = 0)
  public double es256OpenSsl(OpenSsl state) {
    return state.measure("ecdsap256");
  }
}
