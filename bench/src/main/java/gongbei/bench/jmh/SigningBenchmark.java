package gongbei.bench.jmh;

import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.signature.CodeSigner;
import gongbei.codec.signature.SigningBatch;
import gongbei.codec.signature.Sm3;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.params.ParametersWithRandom;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Signatures a second of one thread, as codes are minted, beside Bouncy Castle's on its optimised
 * curves; and hashes SM3 a second over the same {@value #CODES} messages, beside Bouncy Castle's.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SigningBenchmark {
  private static final int CODES = 1_024;
  private static final int BATCH = 64;
  private static final int FEW = 8;
  private static final String SM2_USER_ID = "1234567812345678";

  /** A key and what it is to sign. */
  @State(Scope.Thread)
  public static class Minting {
    @Param({"SM2", "ES256"})
    SignatureAlgorithm algorithm;

    private SignedCodes codes;
    private CodeSigner signer;
    private SigningBatch batch;
    private final byte[] signature = new byte[64];
    private final SecureRandom random = new SecureRandom();
    private int next;

    /** Makes the key and the messages. */
    @Setup(Level.Trial)
    public void setUp() {
      codes = SignedCodes.of(algorithm, CODES);
      signer = new CodeSigner(codes.key());
      batch = signer.batch(BATCH);
    }

    final byte[] nextMessage() {
      next = (next + 1) % CODES;
      return codes.message(next);
    }

    final byte[] signNext(int count) {
      batch.clear();
      for (int i = 0; i < count; i++) {
        final byte[] message = nextMessage();
        batch.add(message, 0, message.length);
      }
      batch.sign();
      batch.signature(0, signature, 0);
      return signature;
    }
  }

  /** Signs as Gongbei does. */
  @Benchmark
  public byte[] sign(Minting state) {
    final byte[] message = state.nextMessage();
    return state.signer.sign(message, 0, message.length);
  }

  /** Signs {@value #BATCH} messages together. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public byte[] signBatch(Minting state) {
    return state.signNext(BATCH);
  }

  /** Signs {@value #FEW} messages together, too few for lanes. */
  @Benchmark
  @OperationsPerInvocation(FEW)
  public byte[] signFew(Minting state) {
    return state.signNext(FEW);
  }

  /** Signs by the library; SM2 with random nonces, ES256 with those of RFC 6979. */
  @Benchmark
  public Object signBouncyCastle(Minting state) throws CryptoException {
    final byte[] message = state.nextMessage();
    final AsymmetricKeyParameter key = state.codes.key().privateKey();
    if (state.algorithm == SignatureAlgorithm.SM2) {
      final SM2Signer signer = new SM2Signer(PlainDSAEncoding.INSTANCE, new SM3Digest());
      signer.init(
          true,
          new ParametersWithID(
              new ParametersWithRandom(key, state.random),
              SM2_USER_ID.getBytes(StandardCharsets.US_ASCII)));
      signer.update(message, 0, message.length);
      return signer.generateSignature();
    }
    final SHA256Digest sha256 = new SHA256Digest();
    sha256.update(message, 0, message.length);
    final byte[] hash = new byte[sha256.getDigestSize()];
    sha256.doFinal(hash, 0);
    final ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, key);
    final BigInteger[] rs = signer.generateSignature(hash);
    return rs;
  }

  /** What is to be hashed. */
  @State(Scope.Thread)
  public static class Hashing {
    private final SignedCodes codes = SignedCodes.of(SignatureAlgorithm.SM2, CODES);
    private final Sm3 sm3 = new Sm3();
    private final SM3Digest library = new SM3Digest();
    private final byte[] hash = new byte[Sm3.DIGEST_BYTES];
    private int next;

    final byte[] nextMessage() {
      next = (next + 1) % CODES;
      return codes.message(next);
    }
  }

  /** Hashes as Gongbei does. */
  @Benchmark
  public byte[] sm3(Hashing state) {
    final byte[] message = state.nextMessage();
    state.sm3.update(message, 0, message.length);
    state.sm3.digest(state.hash, 0);
    return state.hash;
  }

  /** Hashes by the library. */
  @Benchmark
  public byte[] sm3BouncyCastle(Hashing state) {
    final byte[] message = state.nextMessage();
    state.library.update(message, 0, message.length);
    state.library.doFinal(state.hash, 0);
    return state.hash;
  }
}
