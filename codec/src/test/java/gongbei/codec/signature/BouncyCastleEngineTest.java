package gongbei.codec.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.trust.Curves;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.jcajce.spec.SM2ParameterSpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;

final class BouncyCastleEngineTest {
  private static final byte[] USER_ID = "1234567812345678".getBytes(StandardCharsets.US_ASCII);

  private final BouncyCastleEngine engine = new BouncyCastleEngine();
  private final SecureRandom random = new SecureRandom();

  private static IssuerKey key(SignatureAlgorithm algorithm, AsymmetricKeyParameter publicKey) {
    return new IssuerKey(
        "??", 0, algorithm, publicKey, Set.of(CodeFormat.values()), 7, 0, Long.MAX_VALUE);
  }

  private boolean verify(IssuerKey key, byte[] message, byte[] signature) {
    return engine.verify(key, message, 0, message.length, signature, 0, signature.length);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  /** GB/T 32918.5-2017 appendix A.2, the sample of a signature over "message digest". */
  @Test
  void verifiesTheStandardsOwnSm2Sample() {
    final byte[] point =
        hex(
            "04"
                + "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
                + "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13");
    final IssuerKey key =
        key(
            SignatureAlgorithm.SM2,
            new ECPublicKeyParameters(Curves.SM2.getCurve().decodePoint(point), Curves.SM2));
    final byte[] message = "message digest".getBytes(StandardCharsets.US_ASCII);
    final byte[] signature =
        hex(
            "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
                + "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA");
    assertTrue(verify(key, message, signature));
    assertTrue(verify(key, message, signature), "again, with what was prepared");
    signature[63] ^= 1;
    assertFalse(verify(key, message, signature));
    signature[63] ^= 1;
    message[0] ^= 1;
    assertFalse(verify(key, message, signature));
  }

  /** A key as another provider has it. */
  private static PrivateKey secretOf(SigningKey own, KeyFactory keys) throws Exception {
    return keys.generatePrivate(
        new PKCS8EncodedKeySpec(
            PrivateKeyInfoFactory.createPrivateKeyInfo(own.privateKey()).getEncoded()));
  }

  private static PublicKey openOf(SigningKey own, KeyFactory keys) throws Exception {
    return keys.generatePublic(
        new X509EncodedKeySpec(
            SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(own.issuerKey().publicKey())
                .getEncoded()));
  }

  @Test
  void sm2AgreesWithTheProviderBothWaysOnRandomKeys() throws Exception {
    final BouncyCastleProvider provider = new BouncyCastleProvider();
    final KeyFactory keys = KeyFactory.getInstance("EC", provider);
    for (int i = 0; i < 20; i++) {
      final SigningKey own =
          new KeyGeneration().generate("GD", Instant.EPOCH, Instant.ofEpochSecond(9_999_999_999L));
      final PrivateKey secret = secretOf(own, keys);
      final PublicKey open = openOf(own, keys);
      final byte[] message = new byte[i * 13];
      random.nextBytes(message);
      final Signature theirs = Signature.getInstance("SM3WITHSM2", provider);
      theirs.setParameter(new SM2ParameterSpec(USER_ID));
      theirs.initSign(secret);
      theirs.update(message);
      assertTrue(verify(own.issuerKey(), message, rawOf(theirs.sign())));

      final byte[] ours = new CodeSigner(own).sign(message, 0, message.length);
      assertEquals(64, ours.length);
      theirs.initVerify(open);
      theirs.update(message);
      assertTrue(theirs.verify(derOf(ours)));
      assertTrue(verify(own.issuerKey(), message, ours));
    }
  }

  @Test
  void es256AgreesWithTheJdkBothWaysOnRandomKeys() throws Exception {
    final KeyFactory keys = KeyFactory.getInstance("EC");
    for (int i = 0; i < 20; i++) {
      final SigningKey own =
          new KeyGeneration().generate("MO", Instant.EPOCH, Instant.ofEpochSecond(9_999_999_999L));
      final PrivateKey secret = secretOf(own, keys);
      final PublicKey open = openOf(own, keys);
      final byte[] message = new byte[i * 13];
      random.nextBytes(message);
      final Signature theirs = Signature.getInstance("SHA256withECDSAinP1363Format");
      theirs.initSign(secret);
      theirs.update(message);
      assertTrue(verify(own.issuerKey(), message, theirs.sign()));

      final byte[] ours = new CodeSigner(own).sign(message, 0, message.length);
      theirs.initVerify(open);
      theirs.update(message);
      assertTrue(theirs.verify(ours));
    }
  }

  @Test
  void ps256AgreesWithTheJdk() throws Exception {
    final KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    final KeyPair pair = generator.generateKeyPair();
    final RSAPublicKey open = (RSAPublicKey) pair.getPublic();
    final IssuerKey key =
        key(
            SignatureAlgorithm.PS256,
            new RSAKeyParameters(false, open.getModulus(), open.getPublicExponent()));
    final byte[] message = {1, 2, 3};
    final Signature theirs = Signature.getInstance("RSASSA-PSS");
    theirs.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    theirs.initSign(pair.getPrivate());
    theirs.update(message);
    final byte[] signature = theirs.sign();
    assertTrue(verify(key, message, signature));
    assertFalse(verify(key, message, Arrays.copyOf(signature, 255)));
    signature[0] ^= 1;
    assertFalse(verify(key, message, signature));
    Arrays.fill(signature, (byte) 0xFF);
    assertFalse(verify(key, message, signature), "a block over the modulus");
  }

  @Test
  void signaturesOutOfRangeAreFalseNotFailures() {
    for (final String issuer : new String[] {"GD", "MO"}) {
      final SigningKey own =
          new KeyGeneration()
              .generate(issuer, Instant.EPOCH, Instant.ofEpochSecond(9_999_999_999L));
      final byte[] message = {1};
      final byte[] good = new CodeSigner(own).sign(message, 0, 1);
      final byte[] order = unsigned(issuer.equals("GD") ? Curves.SM2.getN() : Curves.P256.getN());
      for (final byte[] part : new byte[][] {new byte[32], order, filled(0xFF)}) {
        final byte[] badR = good.clone();
        System.arraycopy(part, 0, badR, 0, 32);
        assertFalse(verify(own.issuerKey(), message, badR));
        final byte[] badS = good.clone();
        System.arraycopy(part, 0, badS, 32, 32);
        assertFalse(verify(own.issuerKey(), message, badS));
      }
      assertFalse(verify(own.issuerKey(), message, new byte[0]));
      assertFalse(verify(own.issuerKey(), message, Arrays.copyOf(good, 63)));
      assertFalse(verify(own.issuerKey(), message, Arrays.copyOf(good, 65)));
      assertTrue(verify(own.issuerKey(), message, good), "after all these the engine is sound");
    }
  }

  @Test
  void oneBadSignatureInABatchLeavesItsNeighboursAlone() {
    final SigningKey own =
        new KeyGeneration().generate("GD", Instant.EPOCH, Instant.ofEpochSecond(9_999_999_999L));
    final SignatureBatch batch = new SignatureBatch(8);
    for (int i = 0; i < 8; i++) {
      final byte[] message = {(byte) i};
      final byte[] signature = new CodeSigner(own).sign(message, 0, 1);
      signature[5] ^= (byte) (i % 3 == 0 ? 1 : 0);
      assertEquals(i, batch.add(own.issuerKey(), message, 0, 1, signature, 0, 64));
    }
    engine.verify(batch);
    for (int i = 0; i < 8; i++) {
      assertEquals(i % 3 != 0, batch.outcome(i));
    }
  }

  private static byte[] filled(int value) {
    final byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static byte[] unsigned(BigInteger value) {
    final byte[] bytes = value.toByteArray();
    return Arrays.copyOfRange(bytes, bytes.length - 32, bytes.length);
  }

  private static byte[] derOf(byte[] raw) throws Exception {
    return StandardDSAEncoding.INSTANCE.encode(
        Curves.SM2.getN(),
        new BigInteger(1, Arrays.copyOf(raw, 32)),
        new BigInteger(1, Arrays.copyOfRange(raw, 32, 64)));
  }

  private static byte[] rawOf(byte[] der) throws Exception {
    final BigInteger[] rs = StandardDSAEncoding.INSTANCE.decode(Curves.SM2.getN(), der);
    return PlainDSAEncoding.INSTANCE.encode(Curves.SM2.getN(), rs[0], rs[1]);
  }
}
